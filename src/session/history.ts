// The value of one watch in one process, as the chain of hits tells it; checked against memory whenever the chain is quiet.
//
// Memory is never read "at the hit": by the time a hit is seen the program has gone on. A read counts only when it is certain which hit it
// follows: it becomes a *probe*, and is believed once every hit up to the moment of the read (and a guard after it) is known.
import { sameBytes } from '../model/format-value.js';

/** A hit is stamped after its store is visible, so a hit this long (ns) after a read may still be what the read saw. */
const GUARD = 1_000_000;
/** Two CPUs hitting within this time (ns): the order of their stamps is not the order of their stores (DESIGN.md section 6). */
const RACE_WINDOW = 60_000;

interface Probe {
  readonly bytes: Uint8Array;
  readonly time: number;
}

/** What a believed probe showed. */
export type Settled =
  | { readonly kind: 'nothing' }
  /** The value was not known and now is. */
  | { readonly kind: 'learnt'; readonly bytes: Uint8Array }
  /** Memory had changed without a hit. */
  | { readonly kind: 'unseen'; readonly expected: Uint8Array; readonly found: Uint8Array; readonly time: number };

const NOTHING: Settled = { kind: 'nothing' };

/** Times are ns of CLOCK_MONOTONIC as numbers. */
export class ValueHistory {
  #current: Uint8Array | null;
  #probe: Probe | null = null;
  #raced = false;
  #lastHit = 0;
  #lastCpu = -1;

  constructor(current: Uint8Array | null) {
    this.#current = current;
  }

  /** The value after the last hit; null when it is not known. Never changed in place. */
  get current(): Uint8Array | null {
    return this.#current;
  }

  get lastHit(): number {
    return this.#lastHit;
  }

  /** Takes note of a hit at `time`; settles what a probe before it showed. */
  beforeHit(time: number, cpu: number): Settled {
    const settled = this.#settleProbe(time - GUARD);
    this.#probe = null;
    if (cpu !== this.#lastCpu && time - this.#lastHit < RACE_WINDOW) this.#raced = true;
    this.#lastHit = time;
    this.#lastCpu = cpu;
    return settled;
  }

  /** The hit left this value, or an unknown one (null). */
  afterHit(value: Uint8Array | null): void {
    this.#current = value;
  }

  /** The hit showed what it found in memory. Returns what was expected where that is something else. */
  foundBeforeHit(found: Uint8Array): Uint8Array | null {
    const expected = this.#current;
    this.#current = found;
    if (expected === null || sameBytes(expected, found)) return null;
    return this.#raced ? null : expected;
  }

  /** Memory held `bytes` at `time`, a moment after the last hit that is known. */
  probe(bytes: Uint8Array, time: number): void {
    this.#probe ??= { bytes, time };
  }

  /** All hits up to `horizon` are known: settles a probe that is older. */
  settle(horizon: number): Settled {
    return this.#settleProbe(horizon - GUARD);
  }

  #settleProbe(knownUpTo: number): Settled {
    const probe = this.#probe;
    if (probe === null || probe.time > knownUpTo) return NOTHING;
    this.#probe = null;
    const expected = this.#current;
    this.#current = probe.bytes;
    const raced = this.#raced;
    this.#raced = false;
    if (expected === null) return { kind: 'learnt', bytes: probe.bytes };
    if (sameBytes(expected, probe.bytes) || raced) return NOTHING;
    return { kind: 'unseen', expected, found: probe.bytes, time: probe.time };
  }
}
