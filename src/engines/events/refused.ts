// Whether this process gets breakpoint events at all.
import { isErrno, LinuxError } from '../../linux/errno.js';
import { placeholderAttributes } from './layout.js';
import { openEvent } from './open-event.js';

/** Any address that a breakpoint may have. */
const SOMEWHERE = 0x1000;

/** Why this process gets no breakpoint event, not even on itself: a filter of system calls, or kernel.perf_event_paranoid above 2. Null where it does. */
export function perfRefusal(): LinuxError | null {
  try {
    const block = placeholderAttributes({ address: SOMEWHERE, length: 8, access: 'write' });
    openEvent(block, { tid: 0, cpu: -1 }, { output: undefined, patient: false })?.[Symbol.dispose]();
    return null;
  } catch (error) {
    if (error instanceof LinuxError && isErrno(error, 'EPERM', 'EACCES', 'ENOSYS')) return error;
    return null;
  }
}
