// What is armed, by cookie, and how its hits are handled.
import { present } from '../../base/assert.js';
import { type Evaluate, evaluator } from '../../conditions/index.js';
import { type ArmOrder, u64OfLinear } from '../../facility/index.js';
import type { Handling } from '../handling.js';

/** A handling, ready for use, with the value that each process's memory held last. */
export interface Prepared {
  readonly handling: Handling;
  readonly holds: Evaluate | null;
  readonly last: Map<number, Uint8Array>;
}

/** One piece; its order changes when it is moved. */
export interface Piece {
  readonly cookie: number;
  order: ArmOrder;
  prepared: Prepared | null;
  paused: boolean;
  /** What is read at each hit; `length` 0: nothing. */
  range: { readonly address: bigint; readonly length: number };
}

export class Pieces {
  readonly #prepared = new Map<number, Prepared>();
  readonly #pieces = new Map<number, Piece>();

  prepare(number: number, handling: Handling): void {
    const holds = handling.condition === null ? null : evaluator(handling.condition);
    this.#prepared.set(number, { handling, holds, last: new Map() });
  }

  get(cookie: number): Piece | undefined {
    return this.#pieces.get(cookie);
  }

  /** A piece that is about to be armed. `pid`: whose memory the handling's start is of. */
  make(order: ArmOrder, pid: number): Piece {
    const piece: Piece = { cookie: order.cookie, order, prepared: null, paused: false, range: { address: 0n, length: 0 } };
    this.setOrder(piece, order);
    const start = piece.prepared?.handling.start ?? null;
    if (piece.prepared !== null && start !== null) piece.prepared.last.set(pid, start);
    return piece;
  }

  setOrder(piece: Piece, order: ArmOrder): void {
    piece.order = order;
    piece.prepared = order.handling === 0 ? null : present(this.#prepared.get(order.handling), 'a prepared handling');
    const { address, length, access } = order;
    const own = { address: u64OfLinear(address), length: access === 'execute' ? 0 : length };
    piece.range = piece.prepared?.handling.range ?? own;
  }

  add(piece: Piece): void {
    this.#pieces.set(piece.cookie, piece);
  }

  delete(cookie: number): void {
    this.#pieces.delete(cookie);
  }

  /** Another program runs in process `pid`: what its memory held means nothing any more. */
  forgetProcess(pid: number): void {
    for (const { last } of this.#prepared.values()) last.delete(pid);
  }
}
