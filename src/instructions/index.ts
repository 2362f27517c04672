// The room's door: what engines and sessions use to turn samples of registers into accesses to memory.
export { type CodeSource, codeFromBytes, type FunctionStart } from './code-source.js';
export { type InstructionDecoder, loadDecoder } from './decoder.js';
export type { FlowInstruction } from './flow.js';
export type { InstructionText } from './instruction-text.js';
export { loadNextAddress, type NextAddressFinder } from './next-address.js';
export { PreviousInstructionFinder, type PreviousInstructions } from './previous-instruction.js';
export { AccessRebuilder } from './rebuild.js';
export {
  PERF_REGISTER_MASK,
  REGISTER,
  REGISTER_COUNT,
  REGISTER_NAMES,
  REGISTER_WORDS,
  type RegisterName,
  registersFrom,
  registerValue,
} from './registers.js';
export { type AccessSample, newAccessSample, newRebuiltAccess, type RebuiltAccess } from './sample.js';
export type { NextAddress, StoppedThread } from './stopped-thread.js';
export type { StoreForm, StoreLookup } from './store-form.js';
export { USER_WORD, type UserWord, userWord } from './user-registers.js';
