// The one place where events are opened on threads of the target, breakpoints above all.
import { isErrno } from '../../linux/errno.js';
import { type EventTarget, PerfEvent } from '../../linux/perf-event.js';

/** A process's breakpoints may be given back a moment after it is reaped, so one ENOSPC is not believed. */
const SLOT_RETRIES = 3;

/** Opens one event; null when the thread has ended. Throws LinuxError. `patient`: a slot that is lacking may come back in a moment. */
export function openEvent(block: Uint8Array, target: EventTarget, { output, patient }: Opening): PerfEvent | null {
  for (let attempt = 0; ; attempt++) {
    try {
      return PerfEvent.open(block, target, output);
    } catch (error) {
      if (isErrno(error, 'ESRCH')) return null;
      if (!isErrno(error, 'ENOSPC') || !patient || attempt === SLOT_RETRIES) throw error;
      pause(2 ** attempt);
    }
  }
}

/** How an event is opened. */
export interface Opening {
  /** The event whose ring its records go to. */
  readonly output: PerfEvent | undefined;
  readonly patient: boolean;
}

/** Breakpoints that could be opened on the thread and CPU now, up to `most`; null where it has ended. Throws LinuxError. */
export function roomFor(placeholder: Uint8Array, target: EventTarget, most: number): number | null {
  const taken: PerfEvent[] = [];
  try {
    while (taken.length < most) {
      const event = openEvent(placeholder, target, { output: undefined, patient: false });
      if (event === null) return null;
      taken.push(event);
    }
    return most;
  } catch (error) {
    if (isErrno(error, 'ENOSPC')) return taken.length;
    throw error;
  } finally {
    for (const event of taken) event[Symbol.dispose]();
  }
}

const sleepers = new Int32Array(new SharedArrayBuffer(4));

/** Waits, with the whole thread, so many milliseconds. */
export function pause(milliseconds: number): void {
  Atomics.wait(sleepers, 0, 0, milliseconds);
}
