// The door of BPF.
export { Assembler, AssemblyError } from './assembler.js';
export { HELPER, R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10 } from './instructions.js';
export { BpfMap, SharedArray } from './map.js';
export { BpfProgram, VerifierError } from './program.js';
export { BpfRing } from './ring.js';
