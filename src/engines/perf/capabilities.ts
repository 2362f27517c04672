// What the perf engine can do with the privilege this process has.
import type { Privileges } from '../../linux/procfs/privileges.js';
import { mayWatchKernelMode } from '../../linux/procfs/privileges.js';
import type { Capabilities } from '../contract.js';

export function perfCapabilities(privileges: Privileges): Capabilities {
  return {
    name: 'perf',
    stopsTarget: false,
    kernelWrites: mayWatchKernelMode(privileges),
    slots: 4,
    values: 'rebuilt',
    accesses: ['write', 'readwrite', 'execute'],
    inherits: ['none', 'threads', 'children'],
    targets: ['process'],
    handles: [],
    pauses: true,
    blindTo: ['process-vm-writev', 'other-mapping', 'dma'],
  };
}
