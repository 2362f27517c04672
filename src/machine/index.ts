// The simulated machine: processors, threads and memory under the rules of one of six kernels. Public subpath `hwbkpt/machine`.
export type { KernelName, Rules } from '../facility/rules.js';
export * as interfaces from '../interfaces/index.js';
export type { MachineEvent, Stop } from './events.js';
export { hostOf } from './kernel/host.js';
export { KERNELS, LINUX_2_6_20_IA64 } from './kernels/index.js';
export { Machine, type MachineSetup } from './machine.js';
export type { MemoryLayout, Region } from './memory.js';
export { INSTRUCTION_BYTES, type Instruction, type KernelAction, type Program, type SystemCall } from './program.js';
export { hashState, pack, sameState } from './snapshot.js';
export { copyState, type MachineState, type Thread } from './state.js';
export { type SlotWish, Tracer } from './tracer.js';
