// The room's door: what a stopped thread shows.
export { afterPrologue, functionAddress, type LinePlace, linePlace } from './code-places.js';
export { type Disassembled, disassemble } from './disassembly.js';
export { evaluate, type FrameContext, NoValueError, registersOf } from './evaluate.js';
export { type Frame, framesOf } from './frames.js';
export { type Item, typeText, valueTypeOfItem } from './item.js';
export { itemText } from './item-text.js';
export { localsOf, staticsOf } from './locals.js';
export { itemWith, newBytes } from './new-value.js';
export { type PartCounts, partCounts, partsOf, type WantedParts } from './parts.js';
export { ProcessView } from './process-view.js';
export { isVector, type ThreadRegisters, threadRegisters, withRegister, withVector } from './registers.js';
export { calleeMove, isStepDone, lineMove, type StepMove, type StepStart, stepStart } from './step-plan.js';
export { ThreadBlocks } from './thread-blocks.js';
