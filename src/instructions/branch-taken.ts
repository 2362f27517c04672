// Whether a conditional jump will be taken, from the flags and the counter before it.
import type { Instruction } from 'iced-x86';
import type { Iced } from './decoder.js';
import { conditionHolds } from './flags.js';
import { FLAG } from './registers.js';
import { userWord } from './user-registers.js';

/** Bits of the counter that `jecxz`, and `loop` with an address-size prefix, look at. */
const LOWER_HALF = 0xffff_ffffn;

/** True where the jump is taken. `instruction`: one with FlowControl.ConditionalBranch; `registers`: 27 words. */
export function isTaken(
  { iced, instruction }: { readonly iced: Iced; readonly instruction: Instruction },
  registers: BigUint64Array,
): boolean {
  const { ConditionCode, Code } = iced;
  const flags = Number(BigInt.asUintN(32, userWord(registers, 'eflags')));
  const { code, conditionCode } = instruction;
  const counter = userWord(registers, 'rcx');
  if (instruction.isJcxShort) return (code === Code.Jecxz_rel8_64 ? counter & LOWER_HALF : counter) === 0n;
  const ends = isLastRound(counter, isNarrowLoop(iced, code));
  if (instruction.isLoop) return !ends;
  if (instruction.isLoopcc) return !ends && ((flags & FLAG.zero) !== 0) === (conditionCode === ConditionCode.e);
  return conditionHolds(conditionCode - 1, flags);
}

function isNarrowLoop({ Code }: Iced, code: number): boolean {
  return code === Code.Loop_rel8_64_ECX || code === Code.Loope_rel8_64_ECX || code === Code.Loopne_rel8_64_ECX;
}

/** A loop counts down first, and goes on while something is left. */
function isLastRound(counter: bigint, narrow: boolean): boolean {
  return (narrow ? counter & LOWER_HALF : counter) === 1n;
}
