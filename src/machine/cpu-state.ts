// One processor's state as plain numbers: what the debug registers hold and what the instruction boundary still owes.

/** Physical registers of one CPU. */
export interface Cpu {
  /** DR0-DR3 as unsigned 32-bit halves: [lo0, hi0, lo1, hi1, lo2, hi2, lo3, hi3]. */
  readonly dr: number[];
  /** Lower halves, signed 32-bit; the upper halves are always 0. */
  dr6: number;
  dr7: number;
  /** CR4.DE: I/O breakpoints exist, DR4 and DR5 do not. */
  de: boolean;
  /** Index of the thread it runs; -1: idle. */
  thread: number;
}

/** A thread's registers, as far as the machine models them. */
export interface Context {
  /** Linear address of the next instruction. */
  pc: number;
  tf: boolean;
  rf: boolean;
  /** An SS load holds exceptions back until the next instruction has ended. */
  shadow: boolean;
  /** DR6 bits (positive polarity) held back by the shadow. */
  held: number;
  /** Iterations done of the REP instruction at `pc`; 0 outside one. */
  rep: number;
  /** Passes of the `loop` instruction under way. */
  passes: number;
  /** Return addresses, innermost last. */
  calls: readonly number[];
}

/** What ends the execution of one instruction. */
export type Outcome =
  /** Completed; `dr6`: positive bits of traps it raised (data, I/O, step), 0 for none. */
  | { readonly kind: 'done'; readonly dr6: number }
  /** An iteration of a REP instruction ended and more follow: `pc` is still on it. */
  | { readonly kind: 'repeating'; readonly dr6: number }
  /** Not executed: an instruction breakpoint, or general detect. */
  | { readonly kind: 'fault'; readonly dr6: number }
  /** Not executed: another exception than #DB. */
  | { readonly kind: 'exception'; readonly vector: 'gp' | 'pf' | 'ud' }
  /** INT3 or INT n completed into the kernel; `dr6`: what a shadow had held back arrives there. */
  | { readonly kind: 'interrupt'; readonly vector: number; readonly dr6: number }
  /** ICEBP: a #DB without a reason. */
  | { readonly kind: 'icebp'; readonly dr6: number }
  /** SYSCALL: the thread is in the kernel now; TF and shadow are settled. */
  | { readonly kind: 'syscall'; readonly dr6: number };
