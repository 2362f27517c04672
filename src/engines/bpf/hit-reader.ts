// Takes records out of the ring: hits go to the sink, questions about instructions are answered.
import type { StoreLookup } from '../../instructions/index.js';
import type { BpfRing } from '../../linux/bpf/index.js';
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

  /** Delivers hits in order of time, those of one ring in the order of that. */
  read(sink: EngineSink, reading: Reading): void {
    const { rings } = this.#tables;
    if (rings.length === 1) for (const ring of rings) this.#readRing(ring, sink, reading);
    else while (this.#readEarliest(rings, sink, reading));
  }

  /** Reads the ring that has the oldest record, up to where another one has an older; false where there is nothing. */
  #readEarliest(rings: readonly BpfRing[], sink: EngineSink, reading: Reading): boolean {
    const [first, second] = rings.map((ring) => ({ ring, time: headTime(ring) })).sort((a, b) => a.time - b.time);
    if (first === undefined || first.time > reading.horizon || first.time === Number.POSITIVE_INFINITY) return false;
    this.#readRing(first.ring, sink, { ...reading, horizon: Math.min(reading.horizon, second?.time ?? reading.horizon) });
    return true;
  }

  #readRing(ring: BpfRing, sink: EngineSink, { horizon, before, drops }: Reading): void {
    const hit = this.#hit;
    ring.read((words, at) => {
      const flags = words[at] ?? 0;
      if ((flags & FLAG.asks) !== 0) {
        this.#answer(words[at + WORD.ip] ?? 0, words[at + WORD.ip + 1] ?? 0);
        return true;
      }
      const time = timeAt(words, at);
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

/** When the oldest record of `ring` was written, in ns: before everything for a question, Infinity where there is none. */
function headTime(ring: BpfRing): number {
  let time = Number.POSITIVE_INFINITY;
  ring.read((words, at) => {
    time = ((words[at] ?? 0) & FLAG.asks) !== 0 ? 0 : timeAt(words, at);
    return false;
  });
  return time;
}

function timeAt(words: Uint32Array, at: number): number {
  return (words[at + WORD.time + 1] ?? 0) * 0x1_0000_0000 + (words[at + WORD.time] ?? 0);
}
