// What no caller may say, found out when it is said: also while effects are under way, and the event itself has to wait.
import { FacilityError } from './errors.js';
import type { FacilityEvent } from './events.js';
import { type PieceSpec, PRIORITY, type RequestId } from './request.js';
import { type Facility, requestOf, SLOTS, samePiece } from './state.js';

/** Throws FacilityError. */
export function checkEvent(state: Facility, event: FacilityEvent): void {
  if (state.inCallback) throw new FacilityError('in-callback', 'a triggered callback may not register, change or unregister');
  switch (event.type) {
    case 'request':
      if (isKnown(state, event.request.id)) throw new FacilityError('known-request', `request ${event.request.id} is registered already`);
      checkPriority(event.request.id, event.request.priority);
      checkPieces(event.request.id, event.request.pieces);
      return;
    case 'change':
      checkKnown(state, event.id);
      checkPieces(event.id, event.pieces);
      return;
    case 'withdraw':
      checkKnown(state, event.id);
      return;
    default:
      return;
  }
}

/** Whether there is such a request, or will be when what waits has been taken in. */
function isKnown(state: Facility, id: RequestId): boolean {
  let known = requestOf(state, id) !== null;
  for (const event of state.queue) {
    if (event.type === 'request' && event.request.id === id) known = true;
    if (event.type === 'withdraw' && event.id === id) known = false;
  }
  return known;
}

function checkKnown(state: Facility, id: RequestId): void {
  if (!isKnown(state, id)) throw new FacilityError('unknown-request', `there is no request ${id}`);
}

function checkPriority(id: RequestId, priority: number): void {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 255) return;
  const hint = `Take 0 to 255; ${PRIORITY.normal} is usual.`;
  throw new FacilityError('bad-request', `request ${id} has priority ${priority}`, hint);
}

function checkPieces(id: RequestId, pieces: readonly PieceSpec[]): void {
  if (pieces.length < 1 || pieces.length > SLOTS)
    throw new FacilityError('bad-request', `request ${id} has ${pieces.length} pieces`, `A request has 1 to ${SLOTS}.`);
  if (pieces.length > 1 && pieces.some((piece, at) => pieces.findIndex((other) => samePiece(piece, other)) !== at))
    throw new FacilityError('bad-request', `request ${id} has a piece twice`);
}
