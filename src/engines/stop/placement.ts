// On which CPU the tracing thread runs: where one thread hits again and again, beside it on its own CPU if that turns out to be faster, else anywhere.
//
// Waking a thread on another CPU costs an interrupt there and back, which on some machines is most of a stop's price; on others the two run in turns
// on one CPU while another idles. So both are tried, by the time that hits take, again and again:
//
//   free --window--> pinned (trial) --window--> the faster of both for EPOCH windows --> the other (trial) ...
//
// Several threads that hit in one window, or seldom hits: free.

/** Hits of one measurement. */
const WINDOW = 256;
/** Windows between two trials of what was slower. */
const EPOCH = 64;
/** ns between two hits from which on it does not matter. */
const SELDOM = 500_000;

type Mode = 'free' | 'pinned';

/** What it works with. */
export interface PlacementParts {
  /** CLOCK_MONOTONIC, ns. */
  now(): number;
  /** Confines the tracing thread to one CPU; null: to those it may be on. */
  confine(cpu: number | null): void;
}

export class Placement {
  readonly #parts: PlacementParts;
  #mode: Mode = 'free';
  #cpu = -1;
  /** ns a hit, as last measured. */
  readonly #costs: Record<Mode, number> = { free: Number.POSITIVE_INFINITY, pinned: Number.POSITIVE_INFINITY };
  #hits = 0;
  #began = 0;
  #tid = 0;
  #isMixed = false;
  #windows = 0;

  constructor(parts: PlacementParts) {
    this.#parts = parts;
  }

  /** Thread `tid` was hit on `cpu`. */
  note(tid: number, cpu: number): void {
    if (this.#hits === 0) this.#begin(tid);
    else if (tid !== this.#tid) this.#isMixed = true;
    if (++this.#hits < WINDOW) return;
    this.#hits = 0;
    const cost = (this.#parts.now() - this.#began) / WINDOW;
    if (this.#isMixed || cost > SELDOM) this.#giveUp();
    else this.#decide(cost, cpu);
  }

  #begin(tid: number): void {
    this.#began = this.#parts.now();
    this.#tid = tid;
    this.#isMixed = false;
  }

  #giveUp(): void {
    this.#go('free', -1);
    this.#costs.free = Number.POSITIVE_INFINITY;
    this.#costs.pinned = Number.POSITIVE_INFINITY;
    this.#windows = 0;
  }

  #decide(cost: number, cpu: number): void {
    const mode = this.#mode;
    this.#costs[mode] = cost;
    const other: Mode = mode === 'free' ? 'pinned' : 'free';
    const isTrial = ++this.#windows % EPOCH === 1;
    const next = isTrial || this.#costs[other] < cost ? other : mode;
    // A thread that has moved is followed.
    this.#go(next, next === 'pinned' ? cpu : -1);
  }

  #go(mode: Mode, cpu: number): void {
    if (mode === this.#mode && cpu === this.#cpu) return;
    this.#mode = mode;
    this.#cpu = cpu;
    this.#parts.confine(cpu < 0 ? null : cpu);
  }
}
