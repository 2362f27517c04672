// Looks through memory for a value: every place in the given spans that holds it, chunk by chunk, with what could not be read counted.
import { TooManyPlacesError } from './errors.js';
import type { MemorySource, Monitor, Span } from './memory-source.js';
import type { Block, Places } from './places.js';
import { type Search, type Step, searchFor } from './search.js';

/** Kept at most: 4 bytes each, and their values when these differ. */
const MOST_PLACES = 64 * 1024 * 1024;
/** The unit in which memory is or is not readable. */
const PAGE = 4096;
/** How long (ms) a search works before others get a turn: signals, and the monitor. */
const TURN_MS = 25;

/** What was found, and how much was looked at. */
export interface Scanned {
  readonly places: Places;
  /** Bytes. */
  readonly read: number;
  /** Bytes of the spans that could not be read. */
  readonly unreadable: number;
}

/** Throws TooManyPlacesError, and what source and monitor throw. */
export async function scan(
  source: MemorySource,
  spans: readonly Span[],
  what: { readonly pattern: Uint8Array; readonly step: Step; readonly most?: number },
  monitor: Monitor,
): Promise<Scanned> {
  const scanner = new Scanner(source, what.pattern, what.step, what.most ?? MOST_PLACES);
  const total = spans.reduce((sum, { length }) => sum + length, 0);
  let turn = performance.now();
  let before = 0;
  for (const span of spans) {
    for (let done = 0; done < span.length; ) {
      done += scanner.chunk(span, done);
      if (performance.now() - turn < TURN_MS) continue;
      await monitor.progress(before + done, total);
      turn = performance.now();
    }
    before += span.length;
  }
  return { places: scanner.places(), read: scanner.read, unreadable: scanner.unreadable };
}

class Scanner {
  read = 0;
  unreadable = 0;
  readonly #source: MemorySource;
  readonly #pattern: Uint8Array;
  readonly #search: Search;
  readonly #most: number;
  readonly #out: Uint32Array;
  /** A value at any address may begin in one chunk and end in the next: bytes that are read twice, rounded so that chunks stay aligned. */
  readonly #overlap: number;
  readonly #blocks: Block[] = [];
  #count = 0;

  constructor(source: MemorySource, pattern: Uint8Array, step: Step, most: number) {
    this.#source = source;
    this.#pattern = pattern;
    this.#search = searchFor(pattern, step);
    this.#most = most;
    this.#overlap = step === pattern.length ? 0 : (pattern.length - 1 + 7) & ~7;
    this.#out = new Uint32Array(Math.ceil(source.chunkBytes / step));
  }

  /** Looks at one chunk of `span` from `done` on; returns how far that brings us. */
  chunk(span: Span, done: number): number {
    const base = span.start + BigInt(done);
    const left = span.length - done;
    const length = Math.min(left, this.#source.chunkBytes);
    const step = length < left ? length - this.#overlap : length;
    const got = this.#source.visit(base, length, (bytes) => this.#look(base, bytes, bytes.length === length ? step : bytes.length));
    if (got === length) {
      this.read += step;
      return step;
    }
    const skipped = Math.min(left - got, PAGE - Number((base + BigInt(got)) & BigInt(PAGE - 1)));
    this.read += got;
    this.unreadable += skipped;
    return got + skipped;
  }

  places(): Places {
    return { size: this.#pattern.length, blocks: this.#blocks, common: this.#pattern };
  }

  /** Those that begin at `end` or behind it are the next chunk's. */
  #look(base: bigint, bytes: Uint8Array, end: number): void {
    let count = this.#search(bytes, this.#out);
    while (count > 0 && (this.#out[count - 1] ?? 0) >= end && end < bytes.length) count--;
    if (count === 0) return;
    this.#count += count;
    if (this.#count > this.#most) throw new TooManyPlacesError(this.#most);
    this.#blocks.push({ base, offsets: this.#out.slice(0, count), values: null });
  }
}
