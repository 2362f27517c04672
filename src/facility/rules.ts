// What one kernel does differently from another, as data: the facility and the machine read it, and nothing else of a kernel is code.
//
// A value of `Rules` says everything that the requirements let a kernel vary. A mutant of a rule is one changed line of such a value; a
// scenario that is about the rule must fail under it.
import type { Linear } from './linear.js';

/** The kernels whose rules there are (DESIGN.md section 2). */
export type KernelName = 'hwbkpt' | 'linux-2.6.20' | 'linux' | 'netbsd-2016' | 'netbsd' | 'freebsd';

/** An error by its real name. */
export type Errno = 'EINVAL' | 'ENOSPC' | 'ESRCH' | 'EPERM' | 'EBUSY' | 'EIO' | 'ENOENT' | 'ENOSYS' | 'EFAULT' | 'EACCES' | 'EOPNOTSUPP';

/** How users share the four slots. */
export type Sharing =
  /** Kernel and threads compete by priority; losers wait. */
  | 'priority'
  /** Admitted by count, never evicted. */
  | 'charges'
  /** The kernel takes whole registers from DR3 down, threads use the others by number. */
  | 'kwatch'
  /** A thread's register i is the processor's register i; a kernel user takes all of them. */
  | 'index';

/** When a processor gets a thread's registers. */
export type Loading =
  /** At every switch; a thread without any leaves none armed. */
  | 'switch'
  /** At a switch to a thread that has some; others keep what is there. */
  | 'lazy'
  /** At the end of the way back to user mode. */
  | 'return-to-user';

/** What a thread's raw registers accept. */
export interface RawRules {
  /**
   * `requests`: each enabled register is a request among others. `stubs`: each register ever written is one, enabled or not.
   * `words`: four words that are loaded as they are.
   */
  readonly storage: 'requests' | 'stubs' | 'words';
  /** Every address at or above is refused ... */
  readonly userEnd: Linear;
  /** ... also in a register that is not enabled. */
  readonly checksDisabledAddress: boolean;
  readonly checksAlignment: boolean;
  /** Whether access and length bits are looked at in a register that is not enabled. */
  readonly checksDisabledFields: boolean;
  /** Bit n set: the four bits LEN<<2|R/W of value n are refused (R-221 names the mask). */
  readonly refusedFields: number;
  /** Error for a bad address or DR7. */
  readonly badValue: Errno;
  /** Error where no slot is free. */
  readonly noSlot: Errno;
  /** DR7 bits that are cleared before they are looked at, low half. */
  readonly ignoredDr7: number;
  /** What DR7 reads back as. */
  readonly dr7ReadsBack: 'as-written' | 'as-used';
  /** When a thread counts as one that has registers to load: when one is enabled (TIF_DEBUG, R-205), or once anybody touched them. */
  readonly marksUse: 'enabled' | 'any-access';
  /** What DR7 and DR6 read in a thread that never used them; signed 32-bit. */
  readonly freshDr7: number;
  readonly freshDr6: number;
  /** Whether GD and bits 32 to 63 of DR6 and DR7 are errors. */
  readonly refusesGeneralDetect: boolean;
  readonly refusesUpperHalf: boolean;
}

/** What becomes of registers when a thread makes another or becomes another program. */
export interface LifeRules {
  /** `copy`: the child is armed too. `read-back`: only DR6 and DR7 are copied, and nothing is armed. */
  readonly fork: 'nothing' | 'copy' | 'read-back';
  /** Whether exec disarms. */
  readonly exec: 'drop' | 'keep';
}

/** What happens at a debug exception. */
export interface TrapRules {
  /**
   * The thread's virtual DR6. `gathered`: bits of all exceptions since the last report. `last`: of the last one.
   * `hardware`: the processor's own, which nobody clears but the tracer.
   */
  readonly dr6: 'gathered' | 'last' | 'hardware';
  /** Whether the handler puts DR6 back to its reset value. */
  readonly resetsDr6: boolean;
  /** DR6 when registers are loaded: left alone, its B bits cleared, or the thread's own (R-615; B bits cleared where it has none). */
  readonly dr6AtLoad: 'kept' | 'hits-cleared' | 'own';
  /** Whether what virtual DR6 shows is cleared when the thread goes on from its report. */
  readonly clearsDr6AfterReport: boolean;
  /** A thread's data breakpoint hit while the kernel runs for it: reported on the way back to user mode, or not at all. */
  readonly inKernel: 'reported' | 'ignored';
  /** While callbacks run: all registers are off, or one that met its own breakpoint is not called again, or nothing is done. */
  readonly callbacks: 'registers-off' | 'once-at-a-time' | 'open';
  /** `until-signal`: the thread's breakpoints are off from the exception to the delivery of its signal. */
  readonly dr7: 'kept' | 'until-signal' | 'each-until-signal';
  /** Whether the thread passes an instruction breakpoint by RF, set by the kernel. */
  readonly executeSetsRf: boolean;
  /** Whether an exception that the thread's own DR7 does not explain ends the stale registers' stay (R-123). */
  readonly dropsStale: boolean;
  /** Whether data breakpoints are loaded for a thread that is being stepped. */
  readonly watchesWhileStepping: boolean;
  /** A single step whose instruction also met an instruction breakpoint: step first, the breakpoint at the next. */
  readonly stepHidesExecute: boolean;
  /** BS in virtual DR6 stays until the tracer clears it, or goes with the next exception. */
  readonly stepBit: 'sticky' | 'last';
  /** What a SIGTRAP is for that reports a step and a breakpoint in one. */
  readonly stepWithHit: 'step' | 'hit';
  /** Whether blocking or ignoring SIGTRAP is overridden. */
  readonly forcesSignal: boolean;
  /** Whether a thread that is stepped stops at the first instruction of its handler. */
  readonly stopsAtHandler: boolean;
  /** Whether a second step in a row takes TF for the thread's own where the first went over a POPF (measured on Linux 6.18). */
  readonly mistakesTf: boolean;
}

/** si_code of the SIGTRAP that reports a debug exception. */
export interface SignalCodes {
  readonly data: SigCode;
  readonly execute: SigCode;
  readonly step: SigCode;
  readonly icebp: SigCode;
  readonly int3: SigCode;
  /** A step over a system call, which is no debug exception: DR6 stays as it is. */
  readonly callStep: SigCode;
  /** The SIGTRAP at exec where the tracer asked for no event; null: a signal like any other, without a code of its own. */
  readonly exec: SigCode | null;
}

/** si_code values of SIGTRAP, SIGSEGV and SIGIO by name. */
export type SigCode =
  | 'TRAP_BRKPT'
  | 'TRAP_TRACE'
  | 'TRAP_HWBKPT'
  | 'TRAP_PERF'
  | 'TRAP_DBREG'
  | 'TRAP_HWWPT'
  | 'TRAP_EXEC'
  | 'SI_KERNEL'
  | 'SEGV_MAPERR'
  | 'POLL_IN';

/** One kernel. */
export interface Rules {
  readonly kernel: KernelName;
  readonly sharing: Sharing;
  readonly loading: Loading;
  /** `addresses-first`: between the writes a new address is armed under the old control register. */
  readonly loadOrder: 'disable-first' | 'addresses-first';
  readonly raw: RawRules;
  readonly life: LifeRules;
  readonly trap: TrapRules;
  readonly codes: SignalCodes;
  /** Whether the tracer may see and set more than a thread's own registers: the thread itself reads them from its machine context. */
  readonly registersInContext: boolean;
}
