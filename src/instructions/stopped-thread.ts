// What the rules for the next address are given of a stopped thread, and what they answer.

/** A stopped thread as the rules see it. */
export interface StoppedThread {
  /** 27 words (user-registers.ts). */
  readonly registers: BigUint64Array;
  /**
   * It stands at an event in the middle of a system call (clone, fork, vfork): what comes next is the way back from it. Not to be set at other
   * stops; an interrupted call that will be begun again is told by the registers.
   */
  readonly isInSystemCall: boolean;
  /** Where its struct rseq lies (PTRACE_GET_RSEQ_CONFIGURATION); null: it has none, or nobody knows. */
  readonly restartable: bigint | null;
  /** `length` bytes from `address` on, fewer where what is mapped ends; null where nothing is. */
  readMemory(address: bigint, length: number): Uint8Array | null;
}

/** Where the next instruction of a thread leads, unless a signal, a fault or its end comes first. */
export type NextAddress =
  /**
   * One address; two only for xbegin, whose transaction may fail. `overItself`: it is where the thread stands, and the instruction there must be
   * executed before a breakpoint on it counts (the resume flag, bit 16 of eflags, does that).
   */
  | { readonly kind: 'at'; readonly addresses: readonly bigint[]; readonly overItself: boolean }
  /** The thread ends in it. */
  | { readonly kind: 'ends' }
  /** It cannot be said; `reason` is for people. */
  | { readonly kind: 'cannot-decode'; readonly reason: string };
