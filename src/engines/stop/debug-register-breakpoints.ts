// Breakpoints of single threads in their own debug registers (u_debugreg), for where perf_event_open is refused. Unlike perf events they outlive
// their tracer, and their signal is SIGTRAP: a thread that is let go of while one is armed, or that stands for it, dies of it (N-8, N-10). So they
// are made by a process that survives the tool: guardian.ts.
import { type ArmOrder, u64OfLinear } from '../../facility/index.js';
import { pokeDebugRegister } from '../../linux/debug-registers.js';
import { ERRNO, isErrno, LinuxError } from '../../linux/errno.js';
import { signalMasks } from '../../linux/procfs/signals.js';
import { peekDebugRegister } from '../../linux/ptrace.js';
import { DR6_RESET, isSlotLength } from '../../registers/index.js';
import { ArmError } from '../errors.js';
import type { BreakpointMaker, ThreadBreakpoint } from './breakpoints.js';
import { DebugRegisterFile, NoRegisterError, type RegisterPiece, type RegisterPort } from './debug-register-file.js';
import { sleep } from './sleep.js';
import type { Tracee } from './tracee.js';

const SIGTRAP = 5;
/** si_code of a debug exception by a register, and where siginfo_t has it, in words. */
const TRAP_HWBKPT = 4;
const CODE_WORD = 2;
const DR6 = 6;
/** ms before a register that a thread just gone may have had is asked for again (N-9): a new thread may lie where one lay whose are not given back yet. */
const RETRY_PAUSES = [1, 2, 4, 8, 16];

/** The only caller of PTRACE_POKEUSER for u_debugreg in this engine. */
class TracePort implements RegisterPort {
  readonly #tid: number;

  constructor(tid: number) {
    this.#tid = tid;
  }

  write(index: number, value: bigint): void {
    for (const pause of RETRY_PAUSES) {
      try {
        pokeDebugRegister(this.#tid, index, value);
        return;
      } catch (error) {
        if (!isErrno(error, 'ENOSPC')) throw error;
        sleep(pause);
      }
    }
    pokeDebugRegister(this.#tid, index, value);
  }

  readStatus(): bigint {
    return peekDebugRegister(this.#tid, DR6);
  }
}

/** A thread's registers with what of their hits nobody has looked at yet. */
class ThreadRegisters {
  readonly tracee: Tracee;
  readonly file: DebugRegisterFile;
  readonly #port: TracePort;
  readonly #hits = new Map<number, number>();

  constructor(tracee: Tracee) {
    this.tracee = tracee;
    this.#port = new TracePort(tracee.tid);
    this.file = new DebugRegisterFile(this.#port);
    // A thread just born shows its maker's (N-3).
    this.#clearStatus();
  }

  /** Takes in what the last debug exception was for; whether there was one. A thread that runs, or is gone, shows nothing. */
  look(): boolean {
    try {
      const hits = this.file.hits();
      for (const handle of hits) this.#hits.set(handle, this.unseen(handle) + 1);
      if (hits.length > 0) this.#clearStatus();
      return hits.length > 0;
    } catch (error) {
      if (!isErrno(error, 'ESRCH')) throw error;
      return false;
    }
  }

  unseen(handle: number): number {
    return this.#hits.get(handle) ?? 0;
  }

  /** They have been looked at. */
  forgetHits(handle: number): void {
    this.#hits.delete(handle);
  }

  /** So that another stop of the thread does not tell them again. */
  #clearStatus(): void {
    this.#port.write(DR6, DR6_RESET);
  }
}

class DebugRegisterBreakpoint implements ThreadBreakpoint {
  readonly #registers: ThreadRegisters;
  readonly #handle: number;
  #counted = 0;

  constructor(registers: ThreadRegisters, handle: number) {
    this.#registers = registers;
    this.#handle = handle;
  }

  rise(): number {
    this.#registers.look();
    const rise = this.#registers.unseen(this.#handle);
    this.#registers.forgetHits(this.#handle);
    this.#counted += rise;
    return rise;
  }

  get isAhead(): boolean {
    return this.#registers.unseen(this.#handle) > 0;
  }

  count(): number {
    this.#registers.look();
    return this.#counted + this.#registers.unseen(this.#handle);
  }

  enable(): void {
    unlessGone(() => this.#registers.file.pause(this.#handle, false));
  }

  disable(): void {
    this.#registers.look();
    unlessGone(() => this.#registers.file.pause(this.#handle, true));
  }

  move(order: ArmOrder, disabled: boolean): void {
    this.#registers.look();
    this.#registers.file.move(this.#handle, pieceOf(order));
    this.#registers.file.pause(this.#handle, disabled);
  }

  [Symbol.dispose](): void {
    unlessGone(() => this.#registers.file.disarm(this.#handle));
    this.#registers.forgetHits(this.#handle);
  }
}

export class DebugRegisterBreakpoints implements BreakpointMaker {
  readonly needsStanding = true;
  readonly #threads = new Map<number, ThreadRegisters>();
  #handles = 0;

  signalFor(): number {
    return SIGTRAP;
  }

  open(order: ArmOrder, tracee: Tracee, disabled: boolean): ThreadBreakpoint | null {
    try {
      checkSignal(tracee);
      const registers = this.#registersOf(tracee);
      const handle = ++this.#handles;
      registers.file.arm(handle, pieceOf(order), disabled);
      return new DebugRegisterBreakpoint(registers, handle);
    } catch (error) {
      if (error instanceof NoRegisterError) throw new LinuxError('ptrace', ERRNO.ENOSPC, `thread ${tracee.tid}`);
      if (isErrno(error, 'ESRCH')) return null;
      throw error;
    }
  }

  /** An exception by a register that is not ours would be one that the program's own tracer has armed, and there can be but one tracer. */
  isOwn(info: Uint32Array): boolean {
    return info[CODE_WORD] === TRAP_HWBKPT;
  }

  owes({ tid }: Tracee): boolean {
    return this.#threads.get(tid)?.look() ?? false;
  }

  /** Those that were ours before: trying others would charge them to the thread for good (N-2). */
  room(tid: number, most: number): number | null {
    const registers = this.#threads.get(tid);
    return registers === undefined ? most : Math.min(most, registers.file.freeAgain);
  }

  /** Ids come again: a thread is told from an earlier one by what the tracer knows it as. */
  #registersOf(tracee: Tracee): ThreadRegisters {
    const known = this.#threads.get(tracee.tid);
    if (known?.tracee === tracee) return known;
    const fresh = new ThreadRegisters(tracee);
    this.#threads.set(tracee.tid, fresh);
    return fresh;
  }
}

function pieceOf({ address, length, access }: ArmOrder): RegisterPiece {
  const bytes = access === 'execute' ? 1 : length;
  if (!isSlotLength(bytes)) throw new LinuxError('ptrace', ERRNO.EINVAL, `${bytes} bytes`);
  return { address: u64OfLinear(address), length: bytes, access };
}

/**
 * The kernel forces the signal of a debug exception: that a program ignores it is over then, which the program could notice. So is a
 * handler that it has for SIGTRAP where a hit comes while it blocks it; but every thread blocks all signals for a moment when it is born.
 */
function checkSignal({ tid, process }: Tracee): void {
  const ignored = signalMasks(tid)?.ignored ?? 0n;
  if ((ignored >> BigInt(SIGTRAP - 1)) % 2n === 0n) return;
  const hint = 'Allow perf_event_open(2): breakpoints are then armed in a way that leaves its signals alone.';
  throw new ArmError('unsupported', process.pid, new Error('it ignores SIGTRAP, which arming its debug registers would change'), hint);
}

function unlessGone(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}
