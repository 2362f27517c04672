// Moves an armed piece to other bytes, in every thread and on every CPU, without closing it: all its events, or none.
import type { ArmedEvent } from './event-table.js';

/**
 * Changes the address, length and access of `events` from those in the attributes `from` to those in `to` (R-569: with all that inherited them;
 * each is off for the moment of its change). Throws LinuxError; they are then where they were.
 */
export function moveEvents(events: readonly ArmedEvent[], from: Uint8Array, to: Uint8Array): void {
  const moved: ArmedEvent[] = [];
  try {
    for (const armed of events) {
      armed.event.modify(to);
      moved.push(armed);
    }
  } catch (error) {
    for (const { event } of moved.reverse()) event.modify(from);
    throw error;
  }
}
