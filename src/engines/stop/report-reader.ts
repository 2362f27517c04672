// The session's end of the ring: turns each record (reports.ts draws them) into one call on the sink.
import { joinU64 } from '../../base/u64.js';
import { REGISTER_WORDS } from '../../instructions/registers.js';
import type { EngineSink } from '../contract.js';
import type { ProcessEnd, StopCause, ThreadStop } from '../control.js';
import { newRawHit, type RawHit, type UserStack } from '../reports.js';
import type { KnownRegisters } from './known-registers.js';
import { ReportOrder } from './report-order.js';
import { isRead, type RingMemory, readRing, tellers } from './report-ring.js';
import { CAUSES, COMM_WORDS, HIT_FLAG, HIT_REGISTERS, REPORT, STOP_REGISTERS } from './reports.js';

const decoder = new TextDecoder();

export class ReportReader {
  readonly #memory: RingMemory;
  readonly #order = new ReportOrder();
  readonly #hit = newRawHit();
  readonly #userStack: UserStack = { ip: 0, registers: this.#hit.registers, registersAt: 0, words: new Uint32Array(0), at: 0, length: 0 };
  readonly #registers: KnownRegisters;
  readonly #met: (hit: RawHit) => void;
  hits = 0;

  /** `registers` learns those of threads that stop; `met` is shown each hit before anybody else. */
  constructor(memory: RingMemory, registers: KnownRegisters, met: (hit: RawHit) => void) {
    this.#met = met;
    this.#memory = memory;
    this.#registers = registers;
  }

  /**
   * Reads what there is. Where several threads tell, what is newer than `horizon` (ns) waits for what may still come before it, unless it is `final`
   * or somebody waits for it. Returns the number of hits.
   */
  read(sink: EngineSink, { final, horizon }: { readonly final: boolean; readonly horizon: () => number }): number {
    const before = this.hits;
    if (this.#order.isEmpty && isRead(this.#memory)) return 0;
    if (this.#order.isEmpty && tellers(this.#memory) <= 1) {
      readRing(this.#memory, (type, words, at) => this.#one(sink, { type, words, at }));
      return this.hits - before;
    }
    // Asked first: what is older has been told by then, and is read now.
    const limit = final ? Number.POSITIVE_INFINITY : horizon();
    readRing(this.#memory, (type, words, at) => this.#order.add(type, words, at));
    this.#order.take(limit, (report) => this.#one(sink, { ...report, at: 0 }));
    return this.hits - before;
  }

  #one(sink: EngineSink, { type, words, at }: { readonly type: number; readonly words: Uint32Array; readonly at: number }): void {
    const word = (offset: number): number => words[at + offset] ?? 0;
    switch (type) {
      case REPORT.hit:
        this.hits++;
        this.#fill(words, at);
        this.#met(this.#hit);
        sink.hit(this.#hit);
        return;
      case REPORT.started:
        sink.threadStarted({ pid: word(1), tid: word(2), parentPid: word(3), parentTid: word(4), time: joinU64(word(5), word(6)) });
        return;
      case REPORT.ended:
        this.#registers.forget(word(2));
        sink.threadEnded({ pid: word(1), tid: word(2) });
        return;
      case REPORT.renamed:
        sink.renamed({ pid: word(1), tid: word(2), comm: textOf(words, at + 6), exec: word(3) === 1, time: joinU64(word(4), word(5)) });
        return;
      case REPORT.lost:
        sink.lost({ kind: 'lost', count: word(1), time: joinU64(word(2), word(3)) });
        return;
      case REPORT.stopped:
        this.#registers.stood(word(2), word(8), words.subarray(at + STOP_REGISTERS, at + STOP_REGISTERS + word(9)));
        sink.stopped?.(stopOf(words, at));
        return;
      case REPORT.processEnded: {
        const end: ProcessEnd['end'] = word(2) === 0 ? { kind: 'exited', status: word(3) } : { kind: 'killed', signal: word(3) };
        sink.processEnded?.({ pid: word(1), end });
        return;
      }
      default:
        throw new Error(`a report of unknown type ${type}`);
    }
  }

  #fill(words: Uint32Array, at: number): void {
    const hit = this.#hit;
    const flags = words[at + 9] ?? 0;
    const valueBytes = words[at + 10] ?? 0;
    hit.cookie = words[at + 1] ?? 0;
    hit.pid = words[at + 2] ?? 0;
    hit.tid = words[at + 3] ?? 0;
    hit.cpu = words[at + 4] ?? 0;
    hit.timeLo = words[at + 5] ?? 0;
    hit.timeHi = words[at + 6] ?? 0;
    hit.ipLo = words[at + 7] ?? 0;
    hit.ipHi = words[at + 8] ?? 0;
    hit.kernel = (flags & HIT_FLAG.kernel) !== 0;
    hit.exact = (flags & HIT_FLAG.exact) !== 0;
    hit.registers = words;
    hit.registersAt = at + HIT_REGISTERS;
    let next = at + HIT_REGISTERS + REGISTER_WORDS;
    const valueWords = Math.ceil(valueBytes / 4);
    hit.after = (flags & HIT_FLAG.after) === 0 ? null : bytesOf(words, next, valueBytes);
    if (hit.after !== null) next += valueWords;
    hit.before = (flags & HIT_FLAG.before) === 0 ? null : bytesOf(words, next, valueBytes);
    if (hit.before !== null) next += valueWords;
    const hasStack = (flags & HIT_FLAG.stack) !== 0;
    hit.stack = hasStack ? words.subarray(next, next + (words[at + 11] ?? 0)) : null;
    hit.userStack = hasStack ? this.#stack(words, at, next + (words[at + 11] ?? 0)) : null;
  }

  #stack(words: Uint32Array, at: number, from: number): UserStack | null {
    const length = words[at + 12] ?? 0;
    if (length === 0) return null;
    const stack = this.#userStack;
    stack.ip = (words[at + 8] ?? 0) * 0x1_0000_0000 + (words[at + 7] ?? 0);
    stack.registers = words;
    stack.registersAt = at + HIT_REGISTERS;
    stack.words = words;
    stack.at = from;
    stack.length = length;
    return stack;
  }
}

function stopOf(words: Uint32Array, at: number): ThreadStop {
  const word = (offset: number): number => words[at + offset] ?? 0;
  const cookiesAt = at + STOP_REGISTERS + word(9);
  const cookies = Array.from(words.subarray(cookiesAt, cookiesAt + word(7)));
  const cause = causeOf(CAUSES[word(5)] ?? 'interrupted', { detail: word(6), cookies });
  return { pid: word(1), tid: word(2), cause, time: joinU64(word(3), word(4)) };
}

function causeOf(
  kind: StopCause['kind'],
  { detail, cookies }: { readonly detail: number; readonly cookies: readonly number[] },
): StopCause {
  switch (kind) {
    case 'hit':
      return { kind, cookies };
    case 'signal':
    case 'group-stop':
      return { kind, signal: detail };
    case 'clone':
    case 'fork':
    case 'vfork':
      return { kind, child: detail };
    default:
      return { kind };
  }
}

/** A copy of `length` bytes from word `at` on. */
function bytesOf(words: Uint32Array, at: number, length: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset + 4 * at, length).slice();
}

function textOf(words: Uint32Array, at: number): string {
  const bytes = bytesOf(words, at, 4 * COMM_WORDS);
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
