// Takes records out of the ring: hits go to the sink, questions about instructions are answered.
import type { StoreLookup } from '../../instructions/index.js';
import { type EngineSink, newRawHit, type RawHit } from '../reports.js';
import type { Pieces } from './pieces.js';
import { FLAG, WORD } from './records.js';
import type { Tables } from './tables.js';

/** How hits are read. */
export interface Reading {
  /** Hits up to here (ns); later ones stay in the ring. */
  readonly horizon: number;
  /** Told before each hit, with its time (ns): what else happened until then is to be told first. */
  readonly before: (time: number) => void;
  /** Which hits are to be passed over. */
  readonly drops: (hit: RawHit) => boolean;
}

export class HitReader {
  readonly #tables: Tables;
  readonly #pieces: Pieces;
  readonly #hit = newRawHit();
  #lookup: StoreLookup | null = null;
  /** Questions that nobody can answer yet. */
  #asked: (readonly [number, number])[] = [];
  delivered = 0;

  constructor(tables: Tables, pieces: Pieces) {
    this.#tables = tables;
    this.#pieces = pieces;
  }

  useStores(lookup: StoreLookup): void {
    if (this.#lookup !== null) this.#tables.stores.forget();
    this.#lookup = lookup;
    const asked = this.#asked;
    this.#asked = [];
    for (const [ipLo, ipHi] of asked) this.#answer(ipLo, ipHi);
  }

  /** Delivers hits in the order of the ring. */
  read(sink: EngineSink, { horizon, before, drops }: Reading): void {
    const hit = this.#hit;
    this.#tables.ring.read((words, at) => {
      const flags = words[at] ?? 0;
      if ((flags & FLAG.asks) !== 0) {
        this.#answer(words[at + WORD.ip] ?? 0, words[at + WORD.ip + 1] ?? 0);
        return true;
      }
      const time = (words[at + WORD.time + 1] ?? 0) * 0x1_0000_0000 + (words[at + WORD.time] ?? 0);
      if (time > horizon) return false;
      const piece = this.#pieces.inBlock(words[at + WORD.block] ?? 0);
      if (piece === undefined || time < piece.since) return true;
      before(time);
      piece.decoder.read(words, at, hit);
      if (drops(hit)) return true;
      this.delivered++;
      sink.hit(hit);
      return true;
    });
  }

  #answer(ipLo: number, ipHi: number): void {
    if (this.#lookup === null) {
      this.#asked.push([ipLo, ipHi]);
      return;
    }
    const form = this.#lookup(ipLo, ipHi);
    if (form !== null) this.#tables.stores.learn(ipLo, ipHi, form);
  }

  /** Tells of hits that found no room since the last call. `now` in ns. */
  tellLost(sink: EngineSink, now: number): void {
    for (const piece of this.#pieces.all()) {
      const { full, uncounted } = this.#pieces.outcomesOf(piece);
      const lost = full + uncounted;
      if (lost === piece.toldLost) continue;
      sink.lost({ kind: 'lost', count: lost - piece.toldLost, time: BigInt(Math.round(now)) });
      piece.toldLost = lost;
    }
  }
}
