// Armed pieces and the effects that make, move and end them.
import type { ArmOrder, Effect } from './events.js';
import { canShare } from './plan.js';
import type { ArmedPiece, PieceSpec, Request } from './request.js';
import { type Facility, pieceOf, samePiece } from './state.js';

/** Gives `request` its pieces: new ones where nobody has the same armed. */
export function armFor(state: Facility, request: Request, out: Effect[]): void {
  request.cookies = request.pieces.map((wanted) => {
    const piece = (request.hasTwin ? sharedPiece(state, request, wanted) : null) ?? newPiece(state, request, wanted, out);
    piece.users++;
    return piece.cookie;
  });
  state.version++;
}

/** Takes pieces that are armed as `request` wants them, if all are: then nothing need be disarmed to be armed again. */
export function reclaim(state: Facility, request: Request): void {
  // Without anybody who wants the same there is nothing to be had; pieces of its own are there only where it has just lost them.
  if (!request.hasTwin && !request.wasInstalled && request.before === null) return;
  const cookies: number[] = [];
  for (const wanted of request.pieces) {
    const piece = sharedPiece(state, request, wanted);
    if (piece === null) return;
    cookies.push(piece.cookie);
  }
  for (const cookie of cookies) {
    const piece = pieceOf(state, cookie);
    if (piece !== null) piece.users++;
  }
  request.cookies = cookies;
  state.version++;
}

/** `request` has no pieces any more; those that serve nobody now are to be disarmed. */
export function releasePieces(state: Facility, request: Request): void {
  for (const cookie of request.cookies) {
    const piece = pieceOf(state, cookie);
    if (piece !== null && --piece.users === 0) state.unused.push(cookie);
  }
  request.cookies = [];
  state.version++;
}

/** Disarms what serves nobody. */
export function disarmUnused(state: Facility, out: Effect[]): void {
  if (state.unused.length === 0) return;
  for (const cookie of state.unused) {
    const piece = pieceOf(state, cookie);
    if (piece === null || piece.users > 0 || piece.state !== 'armed') continue;
    piece.state = 'disarming';
    out.push({ type: 'disarm', effect: issue(state, cookie), cookie });
  }
  state.unused = [];
}

/** Has an armed piece moved to other bytes. */
export function movePiece(state: Facility, piece: ArmedPiece, out: Effect[]): void {
  piece.state = 'moving';
  out.push({ type: 'move', effect: issue(state, piece.cookie), piece: orderOf(piece) });
}

/** Forgets a piece that the hardware has not, or not any more. */
export function dropPiece(state: Facility, piece: ArmedPiece): void {
  state.armed.splice(state.armed.lastIndexOf(piece), 1);
}

/** A piece that serves others or has just ceased to, and would serve `request`. */
export function sharedPiece(state: Facility, request: Request, wanted: PieceSpec): ArmedPiece | null {
  for (let at = state.armed.length - 1; at >= 0; at--) {
    const piece = state.armed[at];
    if (piece !== undefined && samePiece(piece, wanted) && piece.state !== 'disarming' && canShare(piece, request)) return piece;
  }
  return null;
}

function newPiece(state: Facility, request: Request, { address, length }: PieceSpec, out: Effect[]): ArmedPiece {
  const { access, scope, inherit, inKernel, stackDepth = 0, handling = 0, tids } = request;
  const kind = { access, scope, inherit, inKernel, stackDepth, handling, tids };
  const piece: ArmedPiece = { cookie: state.nextCookie++, address, length, ...kind, state: 'arming', users: 0 };
  state.armed.push(piece);
  out.push({ type: 'arm', effect: issue(state, piece.cookie), piece: orderOf(piece) });
  return piece;
}

function issue(state: Facility, cookie: number): number {
  const effect = state.nextEffect++;
  state.outstanding.push({ effect, cookie });
  return effect;
}

function orderOf({ cookie, address, length, access, scope, inherit, inKernel, stackDepth, handling, tids }: ArmedPiece): ArmOrder {
  return { cookie, address, length, access, scope, inherit, inKernel, stackDepth, handling, tids };
}
