// What a case can ask of a traced thread, be it of a running kernel or of a simulated one. Answers are values: nothing here throws for a refusal.
//
// A subject begins traced and stopped, in a process of its own, with fresh debug registers; its caller disposes of it. Addresses are asked for,
// never assumed. Offsets are those of ptrace's user area: words.ts.
import type { Operation } from './operation.js';

/** An errno's name. */
export type Errno = 'EPERM' | 'ESRCH' | 'EIO' | 'EINVAL' | 'ENOSPC' | 'EBUSY' | `errno ${number}`;

export type SignalName = 'SIGTRAP' | 'SIGSEGV' | 'SIGILL' | 'SIGSTOP' | 'SIGKILL' | `signal ${number}`;

/** si_code, by its name for that signal. */
export type SignalCode = 'TRAP_BRKPT' | 'TRAP_TRACE' | 'TRAP_HWBKPT' | 'SI_KERNEL' | 'SEGV_MAPERR' | `code ${number}`;

/** How a thread stopped, or its process ended. */
export type Stop =
  /** All operations that were loaded are done. */
  { readonly kind: 'checkpoint' } | SignalStop | Ending;

export type Ending = { readonly kind: 'exited'; readonly status: number } | { readonly kind: 'killed'; readonly signal: SignalName };

/** The tracer is told of a signal before the thread gets it. */
export interface SignalStop {
  readonly kind: 'signal';
  readonly signal: SignalName;
  readonly code: SignalCode;
  /** si_addr. */
  readonly address: bigint;
  /** The instruction pointer. */
  readonly ip: bigint;
  /**
   * Index of the operation that goes on from here: of the one that is about to be executed, or is interrupted; the number of operations after
   * the last one. Null: the thread is elsewhere, in its handler for example.
   */
  readonly at: number | null;
  /** What the virtual DR6 reads as. */
  readonly dr6: bigint;
  /** RF and TF in the saved flags. */
  readonly rf: boolean;
  readonly tf: boolean;
  /** Iterations that an interrupted REP instruction still has to do (elements, not bytes); without a meaning elsewhere. */
  readonly remaining: bigint;
}

/** A slot of the thread that another client of the kernel's breakpoints holds: a write watch on 8 bytes of the data. It stops nobody. */
export interface RivalSlot {
  /** Hits so far. */
  count(): number;
  release(): void;
}

export interface PtraceSubject {
  /** Where the data begin: 4096-aligned. */
  readonly dataAddress: bigint;
  /** First instruction of the handler that `sigaction` sets. */
  readonly handlerAddress: bigint;

  /** PTRACE_PEEKUSER. */
  peek(offset: bigint): bigint | Errno;
  /** PTRACE_POKEUSER; null where it succeeded. */
  poke(offset: bigint, value: bigint): Errno | null;
  /** What PTRACE_POKEUSER answers to a thread that does not trace this one. */
  pokeByStranger(offset: bigint, value: bigint): Errno | null;
  /** Clears RF in the saved flags. */
  clearResumeFlag(): void;

  /**
   * Has the thread begin with the first of these operations when it goes on, giving up what it was at. Returns the address of each one's
   * instruction (of a system call: the one that enters the kernel), and where the last one ends. The same operations always lie at the same
   * addresses.
   */
  load(operations: readonly Operation[]): readonly bigint[];
  /** Goes on, with a signal if one is named, to the next stop. What stopped the thread is not delivered by itself. */
  resume(signal?: SignalName): Stop;
  /** Executes one instruction (PTRACE_SINGLESTEP), with a signal if one is named. */
  step(signal?: SignalName): Stop;
  /** Lets it go on and does not wait. */
  go(): void;
  /** Stops it again. */
  interrupt(): void;

  /** Eight bytes of the data, little-endian. */
  readData(at: number): bigint;
  handlerRuns(): number;

  /** The thread makes a new one; both are traced and stopped. After `vfork` this one may not go on while the new one lives. */
  bear(kind: 'fork' | 'vfork' | 'thread'): PtraceSubject;
  /** The process executes the same program again and is stopped before its first instruction. */
  exec(): void;

  takeSlot(at: number): Errno | RivalSlot;
  /** Lets go of the thread, which runs on untraced. */
  detach(): void;
  /** Traces it again, and stops it. */
  attach(): void;
  /** Waits for the end of the process, which nobody traces any more. */
  end(): Ending;
}
