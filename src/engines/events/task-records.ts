// Turns one record about a thread, or about lost records, into one call on the sink.
import { joinU64 } from '../../base/u64.js';
import type { EngineSink } from '../contract.js';
import { MISC, RECORD, recordSize, recordTime, TRAILER_WORDS, taskOf } from './layout.js';

/** Two records of one event are written within this time (ns). */
const TWICE_WINDOW = 1_000_000;

export class TaskReader {
  readonly #ended: (tid: number) => void;
  /** Per CPU, the last record about a thread: a thread with two trackers writes everything twice, back to back. */
  readonly #last = new Map<number, { readonly text: string; readonly time: number }>();
  readonly #decoder = new TextDecoder();

  /** `ended`: told of every thread that has ended, before the sink is. */
  constructor(ended: (tid: number) => void) {
    this.#ended = ended;
  }

  /** Reads the record at word `at`, whatever it is: of samples and throttling it takes no notice. */
  read(words: Uint32Array, at: number, cpu: number, sink: EngineSink): void {
    switch (words[at]) {
      case RECORD.FORK:
      case RECORD.EXIT:
      case RECORD.COMM:
        if (!this.#isRepeated(words, at, cpu)) this.#task(words, at, sink);
        return;
      case RECORD.LOST:
        sink.lost({ kind: 'lost', count: words[at + 4] ?? 0, time: timeOf(words, at) });
        return;
      default:
        return;
    }
  }

  /** The bodies of two records of one event are the same; what comes after them differs. */
  #isRepeated(words: Uint32Array, at: number, cpu: number): boolean {
    const comparable = words[at] === RECORD.COMM ? words.subarray(at, endOf(words, at) - TRAILER_WORDS) : words.subarray(at, at + 6);
    const text = comparable.join();
    const time = recordTime(words, at);
    const last = this.#last.get(cpu);
    this.#last.set(cpu, { text, time });
    return last !== undefined && last.text === text && time - last.time < TWICE_WINDOW;
  }

  #task(words: Uint32Array, at: number, sink: EngineSink): void {
    if (words[at] === RECORD.COMM) {
      this.#comm(words, at, sink);
      return;
    }
    const task = taskOf(words, at);
    if (words[at] === RECORD.FORK) {
      sink.threadStarted({ ...task, time: timeOf(words, at) });
      return;
    }
    this.#ended(task.tid);
    sink.threadEnded(task);
  }

  #comm(words: Uint32Array, at: number, sink: EngineSink): void {
    const end = endOf(words, at) - TRAILER_WORDS;
    const bytes = new Uint8Array(words.buffer, (at + 4) * 4, (end - at - 4) * 4);
    const length = bytes.indexOf(0);
    sink.renamed({
      pid: words[at + 2] ?? 0,
      tid: words[at + 3] ?? 0,
      comm: this.#decoder.decode(bytes.slice(0, length < 0 ? bytes.length : length)),
      exec: ((words[at + 1] ?? 0) & MISC.COMM_EXEC) !== 0,
      time: timeOf(words, at),
    });
  }
}

function endOf(words: Uint32Array, at: number): number {
  return at + recordSize(words, at) / 4;
}

/** The exact time of a record that is no sample, in ns. */
export function timeOf(words: Uint32Array, at: number): bigint {
  const position = endOf(words, at) - 4;
  return joinU64(words[position] ?? 0, words[position + 1] ?? 0);
}
