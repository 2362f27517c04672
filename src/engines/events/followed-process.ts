// A process whose threads are followed: the rings that tell of births, ends and execs, the events that do so, and its memory.
import { MemoryReader } from '../../linux/process-memory.js';
import { threadIds } from '../../linux/procfs/process.js';
import { raisePriority } from '../../linux/scheduling.js';
import type { EngineTarget } from '../contract.js';
import { ArmError } from '../errors.js';
import { Rings } from './rings.js';
import { Trackers } from './trackers.js';

/** Nice value of the reading thread: with every CPU busy hitting, a reader of normal priority loses most of it (DESIGN.md section 6). */
const READER_PRIORITY = -20;

export class FollowedProcess implements Disposable {
  readonly target: EngineTarget;
  readonly rings: Rings;
  readonly trackers: Trackers;
  readonly #memory: MemoryReader;
  readonly #priority: Disposable;

  /** `ringPages`: data pages of a ring at most. Throws LinuxError, NoRingsError, and ArmError where all threads have ended. */
  constructor(target: EngineTarget, ringPages?: number) {
    this.target = target;
    const tids = target.tid === null ? threadIds(target.pid) : [target.tid];
    this.rings = new Rings(ringPages);
    this.trackers = new Trackers(this.rings, target.inherit);
    if (!this.#trackFirst(tids))
      throw new ArmError('no-process', target.pid, new Error(tids.length === 0 ? 'there is no such process' : 'it has ended'));
    this.#memory = new MemoryReader();
    this.#priority = raisePriority(READER_PRIORITY);
  }

  /** Whoever may not watch the target learns it here. False where all threads have ended. */
  #trackFirst(tids: readonly number[]): boolean {
    let done = false;
    try {
      done = tids.some((tid) => this.trackers.add(tid));
      return done;
    } finally {
      if (!done) this.#close();
    }
  }

  /** As the contract's readMemory. */
  readMemory(pid: number, address: bigint, length: number): Uint8Array | null {
    try {
      return this.#memory.read(pid, address, length);
    } catch {
      // Unmapped, ended, or may not be traced: in each case the value is not known.
      return null;
    }
  }

  #close(): void {
    this.trackers[Symbol.dispose]();
    this.rings[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#close();
    this.#memory[Symbol.dispose]();
    this.#priority[Symbol.dispose]();
  }
}
