// What the stop engine can do with the privilege this process has.
import { mayWatchKernelMode, type Privileges } from '../../linux/procfs/privileges.js';
import type { Capabilities } from '../contract.js';

export function stopCapabilities(privileges: Privileges): Capabilities {
  return {
    name: 'stop',
    stopsTarget: true,
    kernelWrites: mayWatchKernelMode(privileges),
    slots: 4,
    values: 'read-at-hit',
    accesses: ['write', 'readwrite', 'execute'],
    inherits: ['none', 'threads', 'children'],
    targets: ['process'],
    handles: ['each', 'stops'],
    pauses: true,
    blindTo: ['process-vm-writev', 'other-mapping', 'dma'],
  };
}
