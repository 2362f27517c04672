// The door of BPF.
export { Assembler, AssemblyError, type Label, type Place, type Source } from './assembler.js';
export { HELPER, type Helper, R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, type Register, type Size } from './instructions.js';
export { BpfMap, type MapSpec, SharedArray } from './map.js';
export { BpfProgram, type ProgramSpec, VerifierError } from './program.js';
export { BpfRing, type RingVisitor } from './ring.js';
