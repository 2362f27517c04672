// Turns one ring record into one call on the sink.
import { joinU64 } from '../../base/u64.js';
import { REGISTER_WORDS } from '../../instructions/registers.js';
import type { EngineSink, RawHit } from '../contract.js';
import type { DuplicateFilter } from './duplicates.js';
import type { EventTable } from './event-table.js';
import { AT, MISC, RECORD, recordSize, recordTime, TRAILER_WORDS, taskOf } from './layout.js';

/** Decodes records of one session. Reuses one RawHit for all hits. */
export class RecordReader {
  readonly #events: EventTable;
  readonly #duplicates: DuplicateFilter;
  readonly #ended: (tid: number) => void;
  readonly #hit: RawHit;
  /** Per CPU, the last record about a thread: a thread with two trackers writes everything twice, back to back. */
  readonly #lastTask = new Map<number, { readonly text: string; readonly time: number }>();
  readonly #decoder = new TextDecoder();
  /** Samples read, duplicates included. */
  samples = 0;

  /** `ended`: told of every thread that has ended, before the sink is. */
  constructor(events: EventTable, duplicates: DuplicateFilter, ended: (tid: number) => void) {
    this.#events = events;
    this.#duplicates = duplicates;
    this.#ended = ended;
    this.#hit = {
      cookie: 0,
      pid: 0,
      tid: 0,
      cpu: 0,
      timeLo: 0,
      timeHi: 0,
      ipLo: 0,
      ipHi: 0,
      kernel: false,
      registers: new Uint32Array(0),
      registersAt: 0,
      stack: null,
      after: null,
      exact: false,
      before: null,
      origin: null,
    };
  }

  /** Reads the record at word `at`. */
  read(words: Uint32Array, at: number, cpu: number, sink: EngineSink): void {
    switch (words[at]) {
      case RECORD.SAMPLE:
        this.#sample(words, at, cpu, sink);
        return;
      case RECORD.FORK:
      case RECORD.EXIT:
      case RECORD.COMM:
        if (!this.#isRepeated(words, at, cpu)) this.#task(words, at, sink);
        return;
      case RECORD.LOST:
        sink.lost({ kind: 'lost', count: words[at + 4] ?? 0, time: timeOf(words, at) });
        return;
      case RECORD.THROTTLE:
        // Linux throttles no event that samples each of its hits; should one do so, it is said. The clock events of arming may be throttled.
        if (this.#events.find(words[at + 4] ?? 0, words[at + 5] ?? 0) !== undefined)
          sink.lost({ kind: 'throttled', count: 1, time: timeOf(words, at) });
        return;
      default:
        // The end of a throttling: nothing to report.
        return;
    }
  }

  /** The bodies of two records of one event are the same; what comes after them differs. */
  #isRepeated(words: Uint32Array, at: number, cpu: number): boolean {
    const comparable = words[at] === RECORD.COMM ? words.subarray(at, endOf(words, at) - TRAILER_WORDS) : words.subarray(at, at + 6);
    const text = comparable.join();
    const time = recordTime(words, at);
    const last = this.#lastTask.get(cpu);
    this.#lastTask.set(cpu, { text, time });
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
    this.#duplicates.forget(task.tid);
    this.#ended(task.tid);
    sink.threadEnded(task);
  }

  #sample(words: Uint32Array, at: number, cpu: number, sink: EngineSink): void {
    const armed = this.#events.find(words[at + AT.IDENTIFIER] ?? 0, words[at + AT.IDENTIFIER + 1] ?? 0);
    if (armed === undefined) return;
    this.samples++;
    const hit = this.#hit;
    hit.tid = words[at + AT.TID] ?? 0;
    hit.ipLo = words[at + AT.IP] ?? 0;
    hit.ipHi = words[at + AT.IP + 1] ?? 0;
    hit.cookie = armed.cookie;
    if (this.#duplicates.active && this.#duplicates.isDuplicate(hit.tid, armed)) return;
    hit.pid = words[at + AT.PID] ?? 0;
    hit.cpu = cpu;
    hit.timeLo = words[at + AT.TIME] ?? 0;
    hit.timeHi = words[at + AT.TIME + 1] ?? 0;
    hit.kernel = ((words[at + 1] ?? 0) & MISC.CPUMODE) === MISC.KERNEL;
    this.#locateRegisters(words, at);
    sink.hit(hit);
  }

  /** Registers are last in a sample; a call chain, where there is one, lies between them and the time. */
  #locateRegisters(words: Uint32Array, at: number): void {
    const hit = this.#hit;
    hit.registers = words;
    // Without registers the block is a lone abi word of 0; such samples do not come from the attributes that layout.ts packs.
    const registers = endOf(words, at) - REGISTER_BLOCK_WORDS + 2;
    hit.registersAt = registers;
    const chain = at + AT.AFTER_TIME;
    const chainEnd = registers - 2;
    hit.stack = chain < chainEnd ? words.subarray(chain + 2, chainEnd) : null;
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

/** abi and 17 registers, two words each. */
const REGISTER_BLOCK_WORDS = 2 + REGISTER_WORDS;

/** Two records of one event are written within this time (ns). */
const TWICE_WINDOW = 1_000_000;

function endOf(words: Uint32Array, at: number): number {
  return at + recordSize(words, at) / 4;
}

function timeOf(words: Uint32Array, at: number): bigint {
  const position = at + recordSize(words, at) / 4 - 4;
  return joinU64(words[position] ?? 0, words[position + 1] ?? 0);
}
