// Compiles conditions for the kernel.
import type { Condition } from '../../conditions/index.js';
import type { Assembler, Label, Place } from '../../linux/bpf/index.js';

/** Where a condition finds what it speaks of. */
export interface ConditionEnvironment {
  /** Values as u64, in the frame. */
  readonly old: Place;
  readonly new: Place;
  /** u64: 1 where the old value is known. */
  readonly oldKnown: Place;
  /** u64: bit 0 is set for accesses by the kernel. */
  readonly flags: Place;
  /** Bytes of the frame that may be used: from (inclusive) to (exclusive). */
  readonly scratch: { readonly from: number; readonly to: number };
}

/** Jumps to `whenFalse` where the condition does not hold for sure; else falls through. Uses r0 to r5, r7 and r8; r6 is the context, r9 is kept. */
export function emitCondition(_asm: Assembler, condition: Condition, _environment: ConditionEnvironment, _whenFalse: Label): void {
  throw new Error(`cannot compile ${condition.kind}`);
}
