// Reads, while threads are being armed, what the rings tell of threads; the records stay where they are and are delivered later as ever.
import { RECORD, recordSize, recordTime, taskOf } from './layout.js';
import type { ThreadNews } from './lineage.js';
import type { CpuRecords } from './merge.js';

/** Follows the copied records of all CPUs from where they are when it is made. Nothing may consume them meanwhile. */
export class NewsReader {
  readonly #sources: readonly CpuRecords[];
  /** Byte position per CPU up to which records have been read. */
  readonly #read = new Map<number, number>();
  /** Ids of pulse events, and the threads they are on. */
  readonly #pulses = new Map<number, number>();
  readonly #awake = new Set<number>();

  constructor(sources: readonly CpuRecords[]) {
    this.#sources = sources;
    for (const { cpu, buffer } of sources) this.#read.set(cpu, buffer.length);
  }

  /** Samples with this event id show that thread `tid` runs code of its own. */
  expectPulse(id: number, tid: number): void {
    this.#pulses.set(id, tid);
  }

  /** Whether {@link read} has come upon a pulse of the thread. */
  hasPulse(tid: number): boolean {
    return this.#awake.has(tid);
  }

  /** What is new since the last call, in order of time. */
  read(): ThreadNews[] {
    const news: ThreadNews[] = [];
    for (const { cpu, buffer } of this.#sources) {
      let at = this.#read.get(cpu) ?? 0;
      for (; at < buffer.length; at += recordSize(buffer.words, at >> 2)) this.#record(buffer.words, at >> 2, news);
      this.#read.set(cpu, at);
    }
    return news.sort((a, b) => a.time - b.time).filter((item, at) => !isRepeated(news[at - 1], item));
  }

  #record(words: Uint32Array, at: number, news: ThreadNews[]): void {
    const time = recordTime(words, at);
    switch (words[at]) {
      case RECORD.FORK:
        news.push({ kind: 'born', ...taskOf(words, at), time });
        return;
      case RECORD.EXIT:
        news.push({ kind: 'ended', tid: taskOf(words, at).tid, time });
        return;
      case RECORD.SAMPLE: {
        const tid = this.#pulses.get((words[at + 3] ?? 0) * 0x1_0000_0000 + (words[at + 2] ?? 0));
        if (tid !== undefined) this.#awake.add(tid);
        return;
      }
      default:
        return;
    }
  }
}

/** A thread with two trackers reports everything twice. */
function isRepeated(previous: ThreadNews | undefined, item: ThreadNews): boolean {
  return previous?.kind === item.kind && previous.tid === item.tid;
}
