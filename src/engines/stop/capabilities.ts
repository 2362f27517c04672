// What the stop engine can do with the privilege this process has.
import { mayWatchKernelMode, type Privileges } from '../../linux/procfs/privileges.js';
import type { Capabilities } from '../contract.js';

/** What remains where the registers are armed by a process that survives us. */
const RISK =
  "perf_event_open is refused here, so the target's own debug registers are armed, by a guardian process that clears them whatever happens to " +
  'hwbkpt; only if the guardian itself is killed by SIGKILL does the target die at its next hit';

/** `refused`: perf events are, so that a thread's own debug registers take their place, which see nothing that the kernel does (N-5). */
export function stopCapabilities(privileges: Privileges, refused: boolean): Capabilities {
  return {
    name: 'stop',
    stopsTarget: true,
    kernelWrites: !refused && mayWatchKernelMode(privileges),
    slots: 4,
    values: 'read-at-hit',
    accesses: ['write', 'readwrite', 'execute'],
    inherits: ['none', 'threads', 'children'],
    targets: ['process'],
    handles: ['each', 'stops'],
    pauses: true,
    stampsLate: refused,
    ...(refused ? { risk: RISK } : {}),
    blindTo: ['process-vm-writev', 'other-mapping', 'dma'],
  };
}
