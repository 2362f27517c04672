// The rings of one session: one per CPU, each led by an event that also reports the main thread's forks and execs.
import { isErrno } from '../../linux/errno.js';
import { type EventTarget, PerfEvent } from '../../linux/perf-event.js';
import { PerfRing, RecordBuffer } from '../../linux/perf-ring.js';
import { onlineCpus } from '../../linux/procfs/privileges.js';
import type { CpuRecords } from './merge.js';

/** Data pages of a ring at first try: 8 MiB, some 40,000 samples; halved while the locked-memory limit refuses. */
const MOST_PAGES = 2048;
const FEWEST_PAGES = 4;

interface CpuRing extends CpuRecords {
  readonly leader: PerfEvent;
  readonly ring: PerfRing;
}

/** Per-CPU rings, and where their records are copied to. */
export class Rings implements Disposable {
  readonly #rings: CpuRing[] = [];
  /** CPUs on which no ring could be had. */
  readonly missingCpus: number[] = [];

  /** Opens a leader with `attributes` on thread `tid` for every online CPU. Throws LinuxError when no CPU has one. */
  constructor(attributes: Uint8Array, tid: number) {
    const cpus = onlineCpus();
    try {
      for (const cpu of cpus) this.#openCpu(attributes, { tid, cpu });
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #openCpu(attributes: Uint8Array, target: EventTarget): void {
    let leader: PerfEvent;
    try {
      leader = PerfEvent.open(attributes, target);
    } catch (error) {
      // The CPU went offline after it was listed.
      if (!isErrno(error, 'ENODEV', 'EINVAL') || target.cpu === 0) throw error;
      this.missingCpus.push(target.cpu);
      return;
    }
    try {
      this.#rings.push({ cpu: target.cpu, leader, ring: mapLargest(leader.fd), buffer: new RecordBuffer() });
    } catch (error) {
      leader[Symbol.dispose]();
      throw error;
    }
  }

  get cpus(): number[] {
    return this.#rings.map((ring) => ring.cpu);
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
    this.#rings.length = 0;
  }
}

function mapLargest(fd: number): PerfRing {
  for (let pages = MOST_PAGES; ; pages /= 2) {
    try {
      return new PerfRing(fd, pages);
    } catch (error) {
      if (!isErrno(error, 'EPERM', 'ENOMEM') || pages <= FEWEST_PAGES) throw error;
    }
  }
}
