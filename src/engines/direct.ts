// Arms without a facility, on memory that is nobody else's business: for the self-test, and for tests of engines.
import { type ArmOrder, linearOfU64 } from '../facility/index.js';
import type { Access } from '../model/access.js';
import type { Armed, EngineSession } from './contract.js';
import { ArmError } from './errors.js';
import { inheritOf, pidOf, scopeOf } from './target-scope.js';

/** One address register's worth. */
export interface Piece {
  /** Names the piece in hits; never reused within a session. */
  readonly cookie: number;
  readonly address: bigint;
  /** 1, 2, 4 or 8 bytes, aligned; ignored for `execute`. */
  readonly length: number;
  readonly access: Access;
}

/** Arms all pieces, or none: throws ArmError. */
export function armDirectly(session: EngineSession, pieces: readonly Piece[], { stackDepth = 0 } = {}): Armed {
  const events = session.apply(pieces.map((piece) => ({ type: 'arm', effect: piece.cookie, piece: orderOf(session, piece, stackDepth) })));
  for (const event of events) if (event.type === 'failed') throw event.error;
  const done = events.find((event) => event.type === 'done');
  if (done?.type !== 'done' || done.armed === null) throw new ArmError('unsupported', pidOf(session), 'the engine answered no effect');
  return done.armed;
}

/** Takes pieces out. */
export function disarmDirectly(session: EngineSession, cookies: readonly number[]): void {
  session.apply(cookies.map((cookie) => ({ type: 'disarm', effect: cookie, cookie })));
}

/** An order for all that the session watches. */
export function orderOf(session: EngineSession, { cookie, address, length, access }: Piece, stackDepth: number): ArmOrder {
  const scope = scopeOf(session);
  const whom = { scope, tids: scope.kind === 'thread' ? [scope.tid] : [], inherit: inheritOf(session) };
  const spot = { cookie, address: linearOfU64(address), length, access };
  return { ...spot, ...whom, inKernel: session.capabilities.kernelWrites, stackDepth, handling: 0 };
}
