// What a traced thread can be made to do: single instructions, as data, that a processor and a simulation both understand.
//
// `at` and `from` are byte offsets from the subject's data address, 0 to DATA_BYTES - 1, of any alignment; lengths and counts are in bytes
// unless said otherwise. An operation is one instruction; only a system call with arguments may need others before it, which touch no data.

/** Bytes of data that a subject has, all zero at first. */
export const DATA_BYTES = 8192;
/** Eight bytes of the data that no case touches, for breakpoints of others. */
export const UNTOUCHED_AT = DATA_BYTES - 256;

export type Operation =
  | { readonly op: 'nop' }
  | { readonly op: 'load'; readonly at: number; readonly length: AccessLength }
  | { readonly op: 'store'; readonly at: number; readonly length: AccessLength; readonly value: number }
  /** MOVNTI of 8 bytes. */
  | { readonly op: 'store-non-temporal'; readonly at: number }
  /** Adds 1 to 8 bytes. */
  | { readonly op: 'add'; readonly at: number; readonly locked: boolean }
  /** XCHG of 8 bytes. */
  | { readonly op: 'exchange'; readonly at: number }
  /** CMPXCHG of 8 bytes with 1, which the memory does or does not hold as the case says: it holds 0 unless something was stored. */
  | { readonly op: 'compare-exchange'; readonly at: number; readonly expected: number; readonly locked: boolean }
  /** CMP of 8 bytes in memory with a constant. */
  | { readonly op: 'compare'; readonly at: number }
  /** CLFLUSH. */
  | { readonly op: 'flush-line'; readonly at: number }
  | { readonly op: 'no-access'; readonly name: NoAccess; readonly at: number }
  /** REP MOVSB, upwards. */
  | { readonly op: 'repeat-move'; readonly from: number; readonly at: number; readonly count: number }
  /** REP STOSQ: `count` times 8 bytes. */
  | { readonly op: 'repeat-store'; readonly at: number; readonly count: number }
  /** MOV SS from memory, where the subject has put a selector that may be loaded. */
  | { readonly op: 'load-ss'; readonly at: number }
  /** Byte F1. */
  | { readonly op: 'icebp' }
  /** Byte CC behind so many CS prefixes. */
  | { readonly op: 'int3'; readonly prefixes: number }
  /** INT n, two bytes. 128 is a system call that does nothing. */
  | { readonly op: 'int'; readonly vector: 1 | 3 | 4 | 128 }
  | { readonly op: 'cli' }
  /** MOV from DR7. */
  | { readonly op: 'read-debug-register' }
  /** A load from address 0. */
  | { readonly op: 'fault' }
  /** POPF of a word with TF and RF as given. */
  | { readonly op: 'pop-flags'; readonly tf: boolean; readonly rf: boolean }
  /** Jumps to itself. */
  | { readonly op: 'spin' }
  | { readonly op: 'system-call'; readonly call: SystemCall };

/** 16 bytes: MOVUPS. */
export type AccessLength = 1 | 2 | 4 | 8 | 16;

/** Instructions with a memory operand that they do not access. `masked-store` is VMASKMOVPS whose mask is all zero. */
export type NoAccess = 'prefetch' | 'prefetch-for-write' | 'lea' | 'masked-store';

export type SystemCall =
  /** Does nothing with memory. */
  | { readonly name: 'getpid' }
  /** The kernel writes into the data (read) or reads them (write). */
  | { readonly name: 'read' | 'write'; readonly at: number; readonly length: number }
  /** What SIGTRAP shall do. The handler counts its runs. */
  | { readonly name: 'sigaction'; readonly action: 'default' | 'ignore' | 'handler' }
  /** Blocks SIGTRAP. */
  | { readonly name: 'block-sigtrap' }
  /** Ends the process with this status, or with the number of the handler's runs. */
  | { readonly name: 'exit'; readonly status: number | 'handler-runs' };
