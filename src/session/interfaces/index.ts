// The designs' own interfaces over a running process: a live kernel is a host for them, as the simulated machine is one.
export * as interfaces from '../../interfaces/index.js';
export type { Callbacks, LiveEvent, TriggeredHit } from './live-event.js';
export { LiveKernel, type LiveKernelOptions } from './live-kernel.js';
export type { LiveThread } from './live-thread.js';
export { type OpenOptions, openLiveKernel } from './open.js';
