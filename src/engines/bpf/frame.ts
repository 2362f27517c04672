// The stack of a hit program (512 bytes), and which registers it keeps over all its parts.
//
//   r6: the context (struct pt_regs of the hit first)   r9: the piece's block (blocks.ts)   r7: each part's own; r8: unused
//
//    -8  new value   -16 old value   -24 FLAGS of the record   -32 old value is known (1)   -40 instruction pointer
//   -72 .. -40  the range's bytes, 32                     -224 .. -72  registers 17 x u64, then zero, then the immediate of a store
//  -248 .. -224 key of a count, 24                        -296 .. -248 a new count, 48
//  -512 .. -296 free for conditions
import { type Place, R10 } from '../../linux/bpf/index.js';

const at = (offset: number): Place => ({ base: R10, offset });

export const FRAME = {
  newValue: at(-8),
  oldValue: at(-16),
  flags: at(-24),
  oldKnown: at(-32),
  instructionPointer: at(-40),
  range: at(-72),
  registers: at(-224),
  key: at(-248),
  count: at(-296),
} as const;

/** Lowest and highest (exclusive) byte of the part that conditions may use. */
export const SCRATCH = { from: -512, to: -296 } as const;

/** Bytes of {@link FRAME.range}: the widest watch. */
export const RANGE_BYTES = 32;

/** The word of a place, `words` of 8 bytes further. */
export function wordAt({ base, offset }: Place, words: number): Place {
  return { base, offset: offset + 8 * words };
}
