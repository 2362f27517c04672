// The room's door: what a stopped thread shows.
export { afterPrologue, functionAddress, type LinePlace, linePlace } from './code-places.js';
export { type Disassembled, disassemble } from './disassembly.js';
export { BadValueError, encodeValue } from './encode-value.js';
export { evaluate, type FrameContext, NoValueError, numberItem } from './evaluate.js';
export { type Frame, framesOf } from './frames.js';
export { type Item, itemText, typeText, valueTypeOfItem } from './item.js';
export { localsOf, staticsOf } from './locals.js';
export { type PartCounts, partCounts, partsOf } from './parts.js';
export { ProcessView } from './process-view.js';
export { REGISTER_LIST, registerOf, type ThreadRegisters, threadRegisters } from './registers.js';
export { calleeMove, isStepDone, lineMove, type StepMove, type StepStart, stepStart } from './step-plan.js';
