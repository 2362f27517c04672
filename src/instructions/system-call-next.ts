// What becomes of a thread's address in a system call: it is behind the call afterwards, but for those that return elsewhere or not at all.
import type { NextAddress, StoppedThread } from './stopped-thread.js';
import { userWord } from './user-registers.js';

/** Numbers of 64-bit system calls (arch/x86/entry/syscalls/syscall_64.tbl). An exec that succeeds is told as one before any breakpoint. */
const CALL = { rtSigreturn: 15n, exit: 60n, exitGroup: 231n } as const;

/**
 * Offset of the saved rip from the stack pointer at rt_sigreturn, which the handler's return has moved past the first word of struct rt_sigframe
 * (asm/sigframe.h): ucontext uc_flags 0, uc_link 8, uc_stack 16, then sigcontext at 40: r8-r15, di, si, bp, bx, dx, ax, cx, sp, and ip at 40 + 128.
 */
const SAVED_IP = 168n;

/** Results that a thread is shown with while its interrupted call waits to be begun again: -ERESTARTSYS to -ERESTARTNOHAND, and _RESTARTBLOCK. */
const RESTARTS = [-512n, -513n, -514n, -516n];

/**
 * True where the thread was stopped inside a system call: as it is let go on without a signal, the kernel takes it back to the call's instruction,
 * and it is where it seems to stand when the call is over.
 */
export function isRestarted(registers: BigUint64Array): boolean {
  const isInCall = BigInt.asIntN(64, userWord(registers, 'originalRax')) >= 0n;
  return isInCall && RESTARTS.includes(BigInt.asIntN(64, userWord(registers, 'rax')));
}

/** Where a thread goes from a `syscall` instruction; `behind`: the address after it. */
export function systemCallNext(thread: StoppedThread, behind: bigint): NextAddress {
  const number = BigInt.asUintN(32, userWord(thread.registers, 'rax'));
  if (number === CALL.exit || number === CALL.exitGroup) return { kind: 'ends' };
  if (number !== CALL.rtSigreturn) return { kind: 'at', addresses: [behind], overItself: false };
  const stack = userWord(thread.registers, 'rsp');
  const bytes = thread.readMemory(stack + SAVED_IP, 8);
  if (bytes === null || bytes.length < 8) return { kind: 'cannot-decode', reason: 'the signal frame that it returns by cannot be read' };
  return { kind: 'at', addresses: [new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)], overItself: false };
}
