// What is armed, by cookie, and how its hits are handled.
import { present } from '../../base/assert.js';
import { highU32, lowU32 } from '../../base/u64.js';
import { type Evaluate, evaluator, type Mentions, mentions } from '../../conditions/index.js';
import { type ArmOrder, u64OfLinear } from '../../facility/index.js';
import type { HitRange } from '../../linux/hit-memory.js';
import type { KernelFilter } from '../events/kernel-filter.js';
import type { Handling } from '../handling.js';

const NOTHING = { comm: false, memory: false, registers: false };

/** A handling, ready for use, with the value that each process's memory held last. */
export interface Prepared {
  readonly handling: Handling;
  readonly holds: Evaluate | null;
  readonly last: Map<number, Uint8Array>;
  readonly mentioned: Pick<Mentions, 'comm' | 'memory' | 'registers'>;
}

/** One piece; its order changes when it is moved. */
export interface Piece {
  readonly cookie: number;
  order: ArmOrder;
  prepared: Prepared | null;
  paused: boolean;
  /** What the kernel tests; null: nothing, conditions are tested at the stop. */
  filter: KernelFilter | null;
  /** What is read at each hit; `length` 0: nothing. */
  range: HitRange;
}

export class Pieces {
  readonly #prepared = new Map<number, Prepared>();
  readonly #pieces = new Map<number, Piece>();

  prepare(number: number, handling: Handling): void {
    const holds = handling.condition === null ? null : evaluator(handling.condition);
    const mentioned = handling.condition === null ? NOTHING : mentions(handling.condition);
    this.#prepared.set(number, { handling, holds, last: new Map(), mentioned });
  }

  get(cookie: number): Piece | undefined {
    return this.#pieces.get(cookie);
  }

  /** A piece that is about to be armed. `pid`: whose memory the handling's start is of. */
  make(order: ArmOrder, pid: number): Piece {
    const piece: Piece = { cookie: order.cookie, order, prepared: null, paused: false, filter: null, range: { lo: 0, hi: 0, length: 0 } };
    this.setOrder(piece, order);
    const start = piece.prepared?.handling.start ?? null;
    if (piece.prepared !== null && start !== null) piece.prepared.last.set(pid, start.slice());
    return piece;
  }

  setOrder(piece: Piece, order: ArmOrder): void {
    piece.order = order;
    piece.prepared = order.handling === 0 ? null : present(this.#prepared.get(order.handling), 'a prepared handling');
    const { address, length, access } = order;
    const own = { address: u64OfLinear(address), length: access === 'execute' ? 0 : length };
    const range = piece.prepared?.handling.range ?? own;
    piece.range = { lo: lowU32(range.address), hi: highU32(range.address), length: range.length };
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
