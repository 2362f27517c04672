// The x86-64 debug registers as pure bits: DR6 and DR7, what a slot compares, and which slots cover a range.
export { isSlotAccess, type SlotAccess } from './access.js';
export { alignDown, comparedBytes, isAligned, type Piece } from './alignment.js';
export { type Cover, type CoverRequest, planCover } from './cover.js';
export { DR6_RESERVED, DR6_RESET, type Dr6, type Dr6Fields, decodeDr6, dr6OfPositive, encodeDr6, positiveDr6 } from './dr6.js';
export {
  DR7_RESERVED,
  DR7_RESET,
  type Dr7,
  type Dr7Fields,
  type Dr7Slot,
  type Dr7SlotFields,
  decodeDr7,
  encodeDr7,
  type PerSlot,
  perSlot,
} from './dr7.js';
export { coverExact, exactSlots } from './exact-cover.js';
export { type Explanation, explanationLines } from './explain.js';
export { type Dr6Explanation, explainDr6 } from './explain-dr6.js';
export { type Dr7Explanation, type Dr7SlotExplanation, explainDr7 } from './explain-dr7.js';
export { isSlotLength, SLOT_LENGTHS, type SlotLength } from './lengths.js';
export { CoverError, type CoverShortage, InvalidRangeError } from './range-errors.js';
export { RegisterValueError } from './register-value-error.js';
export type { Remark, Severity } from './remarks.js';
export { type CpuAccess, type SlotCondition, slotTriggers, triggeredSlots } from './triggers.js';
export { coverWidened, fewestSlots, SLOT_COUNT } from './widened-cover.js';
