// What a thread that traces needs beside ptrace itself: to wait for its own tracees alone, and to be woken from that wait by another thread.
//
// The wake-up is a real-time signal whose action is `abs` of libc, which does no harm with a signal's number, and no SA_RESTART: wait4 ends with
// EINTR. One that comes just before the wait is in vain, so whoever wakes repeats it until the sleeper has answered.
//
//   struct sigaction (glibc): 0 handler u64 | 8 mask 128 bytes | 136 flags i32 | 144 restorer u64
import { checked, ERRNO, failed, LinuxError } from './errno.js';
import { addressOf, addressOfBytes, dlsymCall, gettidCall, lastErrno, sigactionCall, tgkillCall, wait4Call } from './libc.js';

const WNOHANG = 1;
/** Only tracees and children of the calling thread: libuv's children, and what other threads trace, are left to them. */
const WNOTHREAD = 0x2000_0000;
const WALL = 0x4000_0000;
const SIGACTION_BYTES = 152;
/** One of the middle: the first are libc's, and libraries that take one begin at either end. */
export const WAKE_SIGNAL = 44;

/** What {@link waitForTracee} came to, where that is no thread. */
export const WAITED = { nothing: 0, interrupted: -1, nobody: -2 } as const;

/** The thread id of the caller. */
export function currentThread(): number {
  return gettidCall();
}

const status = new Int32Array(1);
const statusAt = Number(addressOfBytes(new Uint8Array(status.buffer)));

/** The raw status of the thread that the calling thread's last {@link waitForTracee} returned. */
export function waitedStatus(): number {
  return status[0] ?? 0;
}

/**
 * Waits until a tracee or child of the calling thread changes its state, or, with `poll`, asks whether one has. Returns its id, for
 * {@link waitedStatus}; or one of {@link WAITED}: `interrupted` by a wake-up, or there is `nobody` to wait for. Throws LinuxError.
 */
export function waitForTracee(poll: boolean): number {
  const tid = wait4Call(-1, statusAt, WALL | WNOTHREAD | (poll ? WNOHANG : 0), 0);
  if (tid >= 0) return tid;
  const errno = lastErrno();
  if (errno === ERRNO.EINTR) return WAITED.interrupted;
  if (errno === ERRNO.ECHILD) return WAITED.nobody;
  throw new LinuxError('wait4', errno);
}

let isReady = false;

/** Makes {@link wakeThread} harmless for all threads of this process; before the first of them waits. Throws LinuxError. */
export function prepareWakeups(): void {
  if (isReady) return;
  wakeBy(WAKE_SIGNAL);
  isReady = true;
}

/** From now on this signal ends the waits of the thread that gets it, and does nothing else. Throws LinuxError. */
export function wakeBy(signal: number): void {
  const action = new Uint8Array(SIGACTION_BYTES);
  new DataView(action.buffer).setBigUint64(0, addressOf(dlsymCall(null, 'abs')), true);
  checked(sigactionCall(signal, action, null), 'sigaction');
}

/** Ends a wait of thread `tid` of this process. Throws LinuxError (ESRCH: it has ended). */
export function wakeThread(tid: number): void {
  if (!isReady) throw new Error('prepareWakeups comes first');
  checked(tgkillCall(process.pid, tid, WAKE_SIGNAL), 'tgkill', `thread ${tid}`);
}

/** Sends signal number `signal` to thread `tid` of process `pid`; false where it has ended. Throws LinuxError (EPERM). */
export function signalThread(pid: number, tid: number, signal: number): boolean {
  if (tgkillCall(pid, tid, signal) === 0) return true;
  if (lastErrno() === ERRNO.ESRCH) return false;
  throw failed('tgkill', `thread ${tid}`);
}

const SIGCHLD = 17;
const SA_NOCLDSTOP = 1;
const FLAGS_AT = 136;
const current = new Uint8Array(SIGACTION_BYTES);
const currentFlags = new Int32Array(current.buffer, FLAGS_AT, 1);
const currentHandler = new Uint32Array(current.buffer, 0, 2);

/**
 * Has the kernel send this process no SIGCHLD for each stop of a tracee: Node, once it has a child of its own, would look after that at each.
 * Of the ends of children it hears as before. To be repeated, as Node takes the signal up anew. Throws LinuxError.
 */
export function hushStops(): void {
  checked(sigactionCall(SIGCHLD, null, current), 'sigaction');
  const flags = currentFlags[0] ?? 0;
  const isHandled = (currentHandler[0] ?? 0) > 1 || (currentHandler[1] ?? 0) !== 0;
  if (!isHandled || (flags & SA_NOCLDSTOP) !== 0) return;
  currentFlags[0] = flags | SA_NOCLDSTOP;
  checked(sigactionCall(SIGCHLD, current, null), 'sigaction');
}
