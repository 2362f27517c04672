// What a session watches: a process, whose threads are followed, or the kernel, on all CPUs.
import { KernelMemory } from '../../linux/bpf/kernel-memory.js';
import { raisePriority } from '../../linux/scheduling.js';
import type { Capabilities, EngineSession, EngineTarget } from '../contract.js';
import type { BatchArmer } from '../events/batch.js';
import { CpuArmer } from '../events/cpu-armer.js';
import { FollowedProcess } from '../events/followed-process.js';
import { recordTime } from '../events/layout.js';
import { visitInOrder } from '../events/merge.js';
import { ProcessArmer } from '../events/process-armer.js';
import { TaskReader } from '../events/task-records.js';
import type { EngineSink } from '../reports.js';
import { KERNEL_CAPABILITIES, PROCESS_CAPABILITIES } from './capabilities.js';
import type { RepeatFilter } from './repeats.js';

/** An event for all CPUs. */
const ANY_CPU = -1;
/** Data pages of the rings that bring births, ends and execs. */
const TASK_RING_PAGES = 1024;

export interface Watched extends Disposable {
  readonly target: EngineSession['target'];
  readonly capabilities: Capabilities;
  readonly memory: 'user' | 'kernel';
  readonly armer: BatchArmer;
  readMemory(pid: number, address: bigint, length: number): Uint8Array | null;
  /** Takes over what there is to tell of threads. */
  drain(): void;
  /** When the first of it happened, in ns; Infinity where there is nothing. */
  readonly nextNews: number;
  /** Tells what happened until `horizon` (ns). */
  tell(sink: EngineSink, horizon: number): void;
}

export class WatchedProcess implements Watched {
  readonly target: EngineTarget;
  readonly capabilities = PROCESS_CAPABILITIES;
  readonly memory = 'user';
  readonly armer: BatchArmer;
  readonly #process: FollowedProcess;
  readonly #tasks: TaskReader;
  nextNews = Number.POSITIVE_INFINITY;

  /** Throws LinuxError and ArmError. */
  constructor(target: EngineTarget, repeats: RepeatFilter, patience?: number) {
    const process = new FollowedProcess(target, TASK_RING_PAGES);
    this.target = target;
    this.#process = process;
    this.#tasks = new TaskReader((tid) => process.trackers.forget(tid));
    this.armer = new ProcessArmer({ process, places: [ANY_CPU], slots: this.capabilities.slots, duplicates: repeats, patience });
  }

  readMemory(pid: number, address: bigint, length: number): Uint8Array | null {
    return this.#process.readMemory(pid, address, length);
  }

  drain(): void {
    this.#process.rings.drain();
    this.#look();
  }

  #look(): void {
    const { records } = this.#process.rings;
    const times = records.map(({ buffer }) => (buffer.length > 0 ? recordTime(buffer.words, 0) : Number.POSITIVE_INFINITY));
    this.nextNews = Math.min(...times);
  }

  tell(sink: EngineSink, horizon: number): void {
    visitInOrder(this.#process.rings.records, horizon, (words, at, cpu) => this.#tasks.read(words, at, cpu, sink));
    this.#look();
  }

  [Symbol.dispose](): void {
    this.#process[Symbol.dispose]();
  }
}

/** Nice value of the reading thread. */
const READER_PRIORITY = -20;

export class WatchedKernel implements Watched {
  readonly target = 'kernel';
  readonly capabilities = KERNEL_CAPABILITIES;
  readonly memory = 'kernel';
  readonly armer = new CpuArmer();
  readonly nextNews = Number.POSITIVE_INFINITY;
  readonly #memory = new KernelMemory();
  readonly #priority = raisePriority(READER_PRIORITY);

  readMemory(_pid: number, address: bigint, length: number): Uint8Array | null {
    return this.#memory.read(address, length);
  }

  drain(): void {}

  tell(): void {}

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
    this.#priority[Symbol.dispose]();
  }
}
