// The value of one watch in one process, as the chain of hits tells it; checked against memory whenever the chain is quiet.
//
// Memory is never read "at the hit": by the time a hit is seen the program has gone on. A read counts only when it is certain which hit it
// follows: it becomes a *probe*, and is believed once every hit up to the moment of the read (and a guard after it) is known.
//
// Nothing is guessed. Hits of two threads on two CPUs that are stamped close together are *contested*: the order of their stamps is not
// the order of their stores (DESIGN.md section 6), so what the chain says around them is forgotten.
import { agreeIn, bytesFrom, putValue, type Value } from './known-bytes.js';
import { type Maker, Race, STAMPED_IN_TRAP, type Stamps } from './race.js';

/** A store is taken for the explanation of what a probe saw even if it is stamped this long (ns) after it: a virtual CPU may be put aside between the two. */
const LATEST_STAMP = 50_000_000;

/** What memory held at a moment when no hit was known to be under way. */
export interface Probe {
  readonly bytes: Uint8Array;
  /** When the read was over, ns. */
  readonly time: number;
}

/** What a believed probe showed. */
export type Settled =
  | 'nothing'
  /** Bytes that were not known now are. */
  | 'learnt'
  /** Memory had changed without a hit; {@link ValueHistory.learn} it. */
  | { readonly unseen: Probe };

/** Times are ns of CLOCK_MONOTONIC as numbers. */
export class ValueHistory {
  readonly #length: number;
  readonly #all: number;
  #bytes: Uint8Array;
  #known: number;
  #probe: Probe | null = null;
  readonly #race: Race;
  readonly #stamps: Stamps;

  /** A range of `length` bytes (1 to 32), which hold `start`, if that is known. */
  constructor(length: number, start: Uint8Array | null, stamps: Stamps = STAMPED_IN_TRAP) {
    this.#stamps = stamps;
    this.#race = new Race(stamps);
    this.#length = length;
    this.#all = bytesFrom(0, length, length);
    this.#bytes = start ?? new Uint8Array(length);
    this.#known = start === null ? 0 : this.#all;
  }

  /** All bytes after the last hit, or null where one is not known. Never changed in place. */
  get whole(): Uint8Array | null {
    return this.#known === this.#all ? this.#bytes : null;
  }

  /** `size` bytes from `offset` on, or null where one is not known. */
  part(offset: number, size: number): Uint8Array | null {
    if (size === this.#length) return this.whole;
    const wanted = bytesFrom(offset, size, this.#length);
    return (wanted & ~this.#known) === 0 ? this.#bytes.subarray(offset, offset + size) : null;
  }

  /** When the last hit was, and by which thread. */
  get last(): { readonly time: number; readonly tid: number } {
    return this.#race.last;
  }

  /** Before {@link arrive}: see Race.mayBeRead. */
  mayBeRead(time: number, maker: Maker): boolean {
    return this.#race.mayBeRead(time, maker);
  }

  /** A hit comes. True where it is contested, as {@link Race.arrive} says. Then all bytes are forgotten. */
  arrive(time: number, maker: Maker): boolean {
    const contested = this.#race.arrive(time, maker);
    if (contested) {
      this.#known = 0;
      this.#probe = null;
    }
    return contested;
  }

  /** Hits up to `time` are missing. */
  blind(time: number): void {
    this.#race.blind(time);
    this.#known = 0;
    this.#probe = null;
  }

  /** Whether what is known agrees with the value at `offset`. */
  holds(value: Value, offset: number, size: number): boolean {
    const place = bytesFrom(offset, size, this.#length) & this.#known;
    if (place === 0) return true;
    const there = this.#bytes.slice();
    putValue(there, value, offset, size);
    return agreeIn(there, this.#bytes, place);
  }

  /** The bytes at `offset` hold the value. */
  put(value: Value, offset: number, size: number): void {
    const bytes = size === this.#length && offset === 0 ? new Uint8Array(size) : this.#bytes.slice();
    putValue(bytes, value, offset, size);
    this.#bytes = bytes;
    this.#known |= bytesFrom(offset, size, this.#length);
  }

  /** All bytes are `bytes`. */
  learn(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#known = this.#all;
  }

  /** The bytes at `offset` may hold anything now. */
  forget(offset = 0, size = this.#length): void {
    this.#known &= ~bytesFrom(offset, size, this.#length);
  }

  /** Whether another probe would be of use. */
  get isProbed(): boolean {
    return this.#probe !== null;
  }

  /** Memory held `bytes` at `time`, a moment after the last hit that is known. */
  probe(bytes: Uint8Array, time: number): void {
    this.#probe ??= { bytes, time };
  }

  /** Memory is another's from `time` on: a look at it later shows nothing. */
  discardProbeAfter(time: number): void {
    if (this.#probe !== null && this.#probe.time > time) this.#probe = null;
  }

  /** For a hit at `time` that was not contested: the probe that was before it, if there is one; see {@link isCertain}. No probe is left. */
  takeProbe(time: number): Probe | null {
    const probe = this.#probe;
    if (probe === null) return null;
    this.#probe = null;
    return time - probe.time < this.#stamps.window ? null : probe;
  }

  /** Whether what was stored by a hit at `time` cannot be what `probe` saw, whatever it was; else that depends on what the hit shows. */
  isCertain(probe: Probe, time: number): boolean {
    return time - probe.time >= this.#stamps.guard;
  }

  /** Whether `probe` says nothing against what is known. */
  agrees({ bytes }: Probe): boolean {
    return agreeIn(bytes, this.#bytes, this.#known);
  }

  /** Whether the store of `access`, if it was made before `probe`, explains all of what that shows. */
  explains({ bytes }: Probe, access: Value & { readonly offset: number; readonly size: number }): boolean {
    const after = this.#bytes.slice();
    putValue(after, access, access.offset, access.size);
    return agreeIn(after, bytes, this.#known | bytesFrom(access.offset, access.size, this.#length));
  }

  /** All hits up to `horizon` are known: settles a probe that is old enough. `final`: there will be no more hits to explain what it saw. */
  settle(horizon: number, final = false): Settled {
    const probe = this.#probe;
    if (probe === null || probe.time + this.#stamps.guard > horizon) return 'nothing';
    if (this.agrees(probe)) {
      this.#probe = null;
      if (this.whole !== null) return 'nothing';
      this.learn(probe.bytes);
      return 'learnt';
    }
    // A change that nobody reported is told only once no late report can explain it.
    if (!final && probe.time + LATEST_STAMP > horizon) return 'nothing';
    this.#probe = null;
    return { unseen: probe };
  }
}

/** Whether a store stamped at `time` may have been made before `probe`, if the probe shows just what it stored. */
export function mayBeLate(probe: Probe, time: number): boolean {
  return time - probe.time < LATEST_STAMP;
}
