// The maps that all programs of a session share, made when they are first needed.
import { BpfMap, BpfRing, type MapSpec } from '../../linux/bpf/index.js';
import { isErrno } from '../../linux/errno.js';
import type { Handling } from '../handling.js';
import { Blocks } from './blocks.js';
import { COUNT, COUNT_KEY } from './count-code.js';
import { LAST_VALUES } from './old-value-code.js';
import { StoreTable } from './stores.js';

/** Bytes: with 3.2 us a hit, 16 MB hold what one processor writes in 0.2 s. Halved where memory is short. */
const RING_BYTES = 1 << 24;
const SMALLEST_RING = 1 << 18;
/** A hit with a stack takes 8.6 KB: this holds 3,900 of them. Reading the symbols of a big program for the first one takes that long. */
const STACK_RING_BYTES = 1 << 25;
/** Enough for what is reported beside counts. */
const SMALL_RING_BYTES = 1 << 20;
/** Threads and places told apart; more are said to be uncounted. */
const COUNTS = 1 << 14;
const STACKS = 1 << 14;
const PROCESSES = 1 << 12;

export class Tables implements Disposable {
  readonly blocks = new Blocks();
  #ring: BpfRing | null = null;
  #smallRing: BpfRing | null = null;
  #stackRing: BpfRing | null = null;
  #stores: StoreTable | null = null;
  #counts: BpfMap | null = null;
  #lastValues: BpfMap | null = null;
  /** By depth: a map holds call chains of one. */
  readonly #stacks = new Map<number, BpfMap>();

  /** The ring for a piece that reports each hit, or only what it does not count. Throws LinuxError. */
  ringFor(keep: Handling['keep'], withStacks: boolean): BpfRing {
    if (withStacks) {
      this.#stackRing ??= openRing(STACK_RING_BYTES);
      return this.#stackRing;
    }
    if (keep === 'each') this.#ring ??= openRing();
    if (this.#ring !== null) return this.#ring;
    // A big one takes memory twice: what it holds is mapped two times over.
    this.#smallRing ??= new BpfRing('hwbkpt_hits', SMALL_RING_BYTES);
    return this.#smallRing;
  }

  /** Those that programs write to. */
  get rings(): BpfRing[] {
    return [this.#ring, this.#smallRing, this.#stackRing].filter((ring) => ring !== null);
  }

  /** Which instructions are plain stores. */
  get stores(): StoreTable {
    this.#stores ??= new StoreTable();
    return this.#stores;
  }

  get counts(): BpfMap {
    const { bytes: keySize } = COUNT_KEY;
    this.#counts ??= new BpfMap({ type: 'hash', name: 'hwbkpt_counts', keySize, valueSize: COUNT.bytes, entries: COUNTS });
    return this.#counts;
  }

  get lastValues(): BpfMap {
    this.#lastValues ??= new BpfMap({ type: 'hash', name: 'hwbkpt_last', ...LAST_VALUES, entries: PROCESSES });
    return this.#lastValues;
  }

  stacks(depth: number): BpfMap {
    let map = this.#stacks.get(depth);
    if (map === undefined) {
      const spec: MapSpec = { type: 'stackTrace', name: 'hwbkpt_stacks', keySize: 4, valueSize: 8 * depth, entries: STACKS };
      map = new BpfMap(spec);
      this.#stacks.set(depth, map);
    }
    return map;
  }

  [Symbol.dispose](): void {
    for (const table of [...this.rings, this.blocks, this.#stores, this.#counts, this.#lastValues, ...this.#stacks.values()])
      table?.[Symbol.dispose]();
    this.#stacks.clear();
  }
}

/** Before Linux 5.11 EPERM is said where the limit of locked memory is reached, and where there is no privilege. */
function openRing(most = RING_BYTES): BpfRing {
  for (let size = most; ; size /= 2) {
    try {
      return new BpfRing('hwbkpt_hits', size);
    } catch (error) {
      if (!isErrno(error, 'EPERM', 'ENOMEM') || size <= SMALLEST_RING) throw error;
    }
  }
}
