// Local variables: what is asked of the frame that they live in, and where in it they are.
import type { FileAddress } from '../base/brand.js';
import type { Type } from './types.js';

/** One frame of a stopped thread, as far as it is known. Numbers of registers are DWARF's for x86-64: 0 RAX, 1 RDX, 2 RCX, 3 RBX, 4 RSI, 5 RDI, 6 RBP, 7 RSP, 8-15, 16 RIP. */
export interface FrameAccess {
  /** The instruction that the frame is at; for a caller's frame the return address minus 1. */
  readonly pc: FileAddress;
  /** What to add to an address of the file. */
  readonly bias: bigint;
  /** A register's 64 bits in this frame; null where they are not known. */
  readonly register: (number: number) => bigint | null;
  /** The frame's canonical address (RSP before the call that made it); null where unwinding does not tell it. */
  readonly cfa: () => bigint | null;
  /** Memory of the process; null where it cannot be read. */
  readonly read: (address: bigint, size: number) => Uint8Array | null;
  /** What a register held when this frame's function was called; null or missing where nobody knows: see DebugInfo.argumentOf. */
  readonly entryValue?: (number: number) => bigint | null;
  /** Where the module's thread-local block of this thread starts; null where nobody knows. */
  readonly threadBlock?: () => bigint | null;
}

/** A call, of which the arguments are asked. */
export interface CallMade {
  /** The address that it returns to. */
  readonly returnAddress: FileAddress;
  /** The function that was called, as DebugInfo.functionAt calls it. */
  readonly callee: string;
  /** The caller's frame. */
  readonly frame: FrameAccess;
}

/** Part of a value that is in several places. */
export interface LocalPiece {
  readonly place: LocalPlace;
  readonly bits: number;
  /** Bits to pass over in the place. */
  readonly bitOffset: number;
}

/**
 * Where a local variable is. `value`: nowhere, but this is what it is, low bytes first (at least 8, or all of it).
 * `none`: `optimised-away` throughout, `not-here`: not at this instruction; `unknown`: this frame does not tell (a register or memory
 * that is not known, or the value that a caller's register had).
 */
export type LocalPlace =
  | { readonly kind: 'memory'; readonly address: bigint }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'value'; readonly bytes: Uint8Array }
  | { readonly kind: 'pieces'; readonly pieces: readonly LocalPiece[] }
  | {
      readonly kind: 'none';
      readonly why: 'optimised-away' | 'not-here' | 'unknown';
      /** A pointer that is nowhere, though what it points to is known (DW_OP_implicit_pointer). */
      readonly pointee?: Pointee;
    };

/** What a pointer points to that was optimised away: so many bytes into a variable that is there, if only in registers. */
export interface Pointee {
  readonly place: LocalPlace;
  readonly offset: bigint;
}

/** A parameter or local variable of the function (or of one inlined into it) that contains an address. */
export interface LocalVariable {
  readonly name: string;
  readonly isParameter: boolean;
  /** The function that declares it, which may be inlined here. */
  readonly function: string | null;
  type(): Type | null;
  /** Never throws; what is broken is `unknown`, with a problem noted. */
  place(frame: FrameAccess): LocalPlace;
}
