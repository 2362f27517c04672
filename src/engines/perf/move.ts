// Moves an armed piece to other bytes, in every thread and on every CPU, without closing it: all its events, or none.
import type { ArmOrder } from '../../facility/index.js';
import type { ArmedEvent } from './event-table.js';
import { breakpointAttributes } from './layout.js';

/**
 * Changes the address, length and access of `events`, which all are piece `from` (R-569: with all that inherited them; each is off for the
 * moment of its change). Throws LinuxError; they are then where they were.
 */
export function moveEvents(events: readonly ArmedEvent[], from: ArmOrder, to: ArmOrder): void {
  const block = breakpointAttributes(to);
  const moved: ArmedEvent[] = [];
  try {
    for (const armed of events) {
      armed.event.modify(block);
      moved.push(armed);
    }
  } catch (error) {
    const back = breakpointAttributes(from);
    for (const { event } of moved.reverse()) event.modify(back);
    throw error;
  }
}
