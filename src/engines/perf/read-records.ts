// Turns one ring record into one call on the sink: a sample into a hit, and all else that is told.
import { REGISTER_WORDS } from '../../instructions/registers.js';
import type { DuplicateFilter } from '../events/duplicates.js';
import type { EventTable } from '../events/event-table.js';
import { AT, MISC, RECORD, recordSize } from '../events/layout.js';
import { TaskReader, timeOf } from '../events/task-records.js';
import { type EngineSink, newRawHit } from '../reports.js';
import { newUserStack, readUserStack } from './user-stack.js';

/** Decodes records of one session. Reuses one RawHit for all hits. */
export class RecordReader {
  readonly #events: EventTable;
  readonly #duplicates: DuplicateFilter;
  readonly #tasks: TaskReader;
  readonly #hit = newRawHit();
  readonly #userStack = newUserStack();
  /** Samples read, duplicates included. */
  samples = 0;

  /** `ended`: told of every thread that has ended, before the sink is. */
  constructor(events: EventTable, duplicates: DuplicateFilter, ended: (tid: number) => void) {
    this.#events = events;
    this.#duplicates = duplicates;
    this.#tasks = new TaskReader((tid) => {
      duplicates.forget(tid);
      ended(tid);
    });
  }

  /** Reads the record at word `at`. */
  read(words: Uint32Array, at: number, cpu: number, sink: EngineSink): void {
    switch (words[at]) {
      case RECORD.SAMPLE:
        this.#sample(words, at, cpu, sink);
        return;
      case RECORD.THROTTLE:
        // Linux throttles no event that samples each of its hits; should one do so, it is said. The clock events of arming may be throttled.
        if (this.#events.find(words[at + 4] ?? 0, words[at + 5] ?? 0) !== undefined)
          sink.lost({ kind: 'throttled', count: 1, time: timeOf(words, at) });
        return;
      default:
        this.#tasks.read(words, at, cpu, sink);
        return;
    }
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

  /** Registers are last in a sample; what a stack is told from, where one is asked for, lies between them and the time. */
  #locateRegisters(words: Uint32Array, at: number): void {
    const hit = this.#hit;
    hit.registers = words;
    // Without registers the block is a lone abi word of 0; such samples do not come from the attributes that layout.ts packs.
    const registers = endOf(words, at) - REGISTER_BLOCK_WORDS + 2;
    hit.registersAt = registers;
    const chain = at + AT.AFTER_TIME;
    const end = registers - 2;
    if (chain >= end) {
      hit.stack = null;
      hit.userStack = null;
      return;
    }
    const chainEnd = Math.min(end, chain + 2 + 2 * (words[chain] ?? 0));
    hit.stack = words.subarray(chain + 2, chainEnd);
    hit.userStack = readUserStack(words, { at: chainEnd, end }, this.#userStack) ? this.#userStack : null;
  }
}

/** abi and 17 registers, two words each. */
const REGISTER_BLOCK_WORDS = 2 + REGISTER_WORDS;

function endOf(words: Uint32Array, at: number): number {
  return at + recordSize(words, at) / 4;
}
