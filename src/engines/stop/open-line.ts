// Where the tracing thread lives: in this process where the kernel gives perf events, which vanish with it; else in a guardian that survives it.
import { isErrno } from '../../linux/errno.js';
import { placeholderAttributes } from '../events/layout.js';
import { openEvent } from '../events/open-event.js';
import { GuardianLine } from './guardian-line.js';
import { type TracerLine, TracerLink } from './tracer-link.js';

/** Any address that a breakpoint may have. */
const SOMEWHERE = 0x1000;

/** Whether this process gets no breakpoint event at all, not even on itself: a filter of system calls, or kernel.perf_event_paranoid above 2. */
export function perfIsRefused(): boolean {
  try {
    const block = placeholderAttributes({ address: SOMEWHERE, length: 8, access: 'write' });
    openEvent(block, { tid: 0, cpu: -1 }, { output: undefined, patient: false })?.[Symbol.dispose]();
    return false;
  } catch (error) {
    return isErrno(error, 'EPERM', 'EACCES', 'ENOSYS');
  }
}

/** `refused`: what {@link perfIsRefused} says; `starts`: it is to start a program, which belongs to our terminal. */
export function openLine(refused: boolean, { starts }: { readonly starts: boolean }): TracerLine {
  return refused ? new GuardianLine({ apart: !starts }) : new TracerLink();
}
