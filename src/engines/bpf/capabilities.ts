// What the bpf engine can do; it works only where a program may be loaded, and then everything may be watched.
import type { Capabilities } from '../contract.js';

const COMMON = {
  name: 'bpf',
  stopsTarget: false,
  kernelWrites: true,
  slots: 4,
  values: 'read-at-hit',
  accesses: ['write', 'readwrite', 'execute'],
  targets: ['process', 'kernel'],
  handles: ['each', 'counts'],
  pauses: true,
} as const;

/** For processes. */
export const PROCESS_CAPABILITIES: Capabilities = {
  ...COMMON,
  inherits: ['none', 'threads', 'children'],
  blindTo: ['process-vm-writev', 'other-mapping', 'dma'],
};

/** For the kernel: nobody inherits, and breakpoints are off in NMI handlers and in the debug exception itself. */
export const KERNEL_CAPABILITIES: Capabilities = { ...COMMON, inherits: ['none'], blindTo: ['nmi', 'other-mapping', 'dma'] };
