// The rings of one session: one per CPU, led by an event on this very thread, because events of a thread that has ended lead nobody any more.
import { present } from '../../base/assert.js';
import { isErrno } from '../../linux/errno.js';
import { PAGE_SIZE } from '../../linux/mapping.js';
import { PerfEvent } from '../../linux/perf-event.js';
import { PerfRing, RecordBuffer } from '../../linux/perf-ring.js';
import { onlineCpus } from '../../linux/procfs/privileges.js';
import { leaderAttributes } from './layout.js';
import type { CpuRecords } from './merge.js';
import { NoRingsError } from './resources.js';

/** Data pages of a ring at most: 8 MiB, some 45,000 samples. */
const MOST_PAGES = 2048;
/** Data pages of all rings at most: 64 MiB. */
const MOST_PAGES_IN_ALL = 16_384;
/** Fewer pages would not hold the samples of one round of collecting. */
const FEWEST_PAGES = 4;

interface CpuRing extends CpuRecords {
  readonly leader: PerfEvent;
  readonly ring: PerfRing;
}

/** Per-CPU rings of one size, and where their records are copied to. */
export class Rings implements Disposable {
  readonly #rings: readonly CpuRing[];

  /** Makes a ring of at most `mostPages` for every online CPU. Throws LinuxError, and NoRingsError where locked memory does not suffice. */
  constructor(mostPages = MOST_PAGES) {
    const leaders = openLeaders();
    const rings = mapAll(leaders, mostPages);
    this.#rings = leaders.map(({ cpu, leader }, at) => ({ cpu, leader, ring: present(rings[at], 'a ring'), buffer: new RecordBuffer() }));
  }

  get cpus(): number[] {
    return this.#rings.map((ring) => ring.cpu);
  }

  /** Bytes for records in each ring. */
  get size(): number {
    return this.#rings[0]?.ring.size ?? 0;
  }

  /** What {@link drain} has copied, per CPU. */
  get records(): readonly CpuRecords[] {
    return this.#rings;
  }

  /** Copies all rings out. Returns the number of bytes. */
  drain(): number {
    let bytes = 0;
    for (const { ring, buffer } of this.#rings) bytes += ring.drain(buffer);
    return bytes;
  }

  /** The event that owns the ring of `cpu`. */
  leader(cpu: number): PerfEvent | undefined {
    return this.#rings.find((ring) => ring.cpu === cpu)?.leader;
  }

  [Symbol.dispose](): void {
    for (const { ring, leader } of this.#rings) {
      ring[Symbol.dispose]();
      leader[Symbol.dispose]();
    }
  }
}

interface Leader {
  readonly cpu: number;
  readonly leader: PerfEvent;
}

function openLeaders(): Leader[] {
  const leaders: Leader[] = [];
  const attributes = leaderAttributes();
  try {
    for (const cpu of onlineCpus()) leaders.push({ cpu, leader: PerfEvent.open(attributes, { tid: 0, cpu }) });
    return leaders;
  } catch (error) {
    closeLeaders(leaders);
    throw error;
  }
}

function closeLeaders(leaders: readonly Leader[]): void {
  for (const { leader } of leaders) leader[Symbol.dispose]();
}

/** Maps rings of one size, the largest that locked memory allows for all: EPERM beyond the limit of a user without privilege. */
function mapAll(leaders: readonly Leader[], mostPages: number): PerfRing[] {
  const most = Math.min(mostPages, 2 ** Math.floor(Math.log2(MOST_PAGES_IN_ALL / Math.max(1, leaders.length))));
  for (let pages = most; ; pages /= 2) {
    const rings: PerfRing[] = [];
    try {
      for (const { leader } of leaders) rings.push(new PerfRing(leader.fd, pages));
      return rings;
    } catch (error) {
      for (const ring of rings) ring[Symbol.dispose]();
      const tooLarge = isErrno(error, 'EPERM', 'ENOMEM');
      if (tooLarge && pages > FEWEST_PAGES) continue;
      closeLeaders(leaders);
      throw tooLarge ? new NoRingsError(leaders.length, (FEWEST_PAGES + 1) * PAGE_SIZE) : error;
    }
  }
}
