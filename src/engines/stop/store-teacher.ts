// The session's part in KnownStores: it knows the program's code, and tells the tracing thread of the instructions that hits come from.
import type { StoreLookup } from '../../instructions/index.js';
import type { RawHit } from '../reports.js';
import type { TracerLine } from './tracer-line.js';

const WORD = 0x1_0000_0000;
/** Instructions that are looked up. */
const MOST_PLACES = 1024;

export class StoreTeacher {
  readonly #line: TracerLine;
  readonly #asked = new Set<number>();
  #lookup: StoreLookup | null = null;

  constructor(line: TracerLine) {
    this.#line = line;
  }

  /** What has been taught does not hold any more. */
  use(lookup: StoreLookup): void {
    if (this.#asked.size > 0) this.#line.call('forgetStores');
    this.#asked.clear();
    this.#lookup = lookup;
  }

  /** A hit has been reported. */
  met({ ipLo, ipHi, kernel, exact }: RawHit): void {
    // What is exact has been taught.
    if (this.#lookup === null || kernel || exact) return;
    const place = ipHi * WORD + ipLo;
    if (this.#asked.has(place) || this.#asked.size >= MOST_PLACES) return;
    this.#asked.add(place);
    const form = this.#lookup(ipLo, ipHi);
    if (form !== null) this.#line.call('learnStore', ipLo, ipHi, form);
  }
}
