// Arms without a facility, on memory that is nobody else's business: for the self-test, and for tests of engines.
import { type ArmOrder, linearOfU64 } from '../facility/index.js';
import type { Access } from '../model/access.js';
import type { Armed, EngineSession } from './contract.js';
import { ArmError } from './errors.js';

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
  if (done?.type !== 'done' || done.armed === null) throw new ArmError('unsupported', session.target.pid, 'the engine answered no effect');
  return done.armed;
}

/** Takes pieces out. */
export function disarmDirectly(session: EngineSession, cookies: readonly number[]): void {
  session.apply(cookies.map((cookie) => ({ type: 'disarm', effect: cookie, cookie })));
}

/** An order for all that the session watches. */
export function orderOf({ target, capabilities }: EngineSession, { cookie, address, length, access }: Piece, stackDepth: number): ArmOrder {
  const { pid, tid, inherit } = target;
  const whom =
    tid === null ? { scope: { kind: 'process', pid } as const, tids: [] } : { scope: { kind: 'thread', pid, tid } as const, tids: [tid] };
  return { cookie, address: linearOfU64(address), length, access, ...whom, inherit, inKernel: capabilities.kernelWrites, stackDepth };
}
