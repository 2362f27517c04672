// The tracing thread's pen: writes what happened into the ring (reports.ts draws the records).
import { REGISTER_WORDS } from '../../instructions/registers.js';
import type { ProcessEnd, StopCause, ThreadStop } from '../control.js';
import { MOST_RECORD_WORDS, type RingWriter } from './report-ring.js';
import { CAUSES, COMM_WORDS, HIT_FLAG, HIT_REGISTERS, REPORT, STOP_REGISTERS, upperHalf } from './reports.js';
import type { SeenHit, SeenStack } from './seen-hit.js';

/** The bytes after the access, and before it. */
export interface SeenValues {
  readonly after: Uint8Array | null;
  readonly before: Uint8Array | null;
}

/** What else there is to a report. */
export interface ReportCompany {
  /** Called after what somebody may wait for: all but hits. */
  urgent(): void;
  /** How many of the session's calls have been answered. */
  answered(): number;
}

export class ReportWriter {
  readonly #ring: RingWriter;
  readonly #record = new Uint32Array(MOST_RECORD_WORDS);
  readonly #bytes = new Uint8Array(this.#record.buffer);
  readonly #own: Page = { words: this.#record, bytes: this.#bytes };
  readonly #inRing: Page;
  readonly #company: ReportCompany;
  delivered = 0;

  constructor(ring: RingWriter, company: ReportCompany) {
    this.#ring = ring;
    const { words } = ring;
    this.#inRing = { words, bytes: new Uint8Array(words.buffer, words.byteOffset, words.byteLength) };
    this.#company = company;
  }

  hit(hit: SeenHit, values: SeenValues, stack: SeenStack | null): void {
    this.delivered++;
    const size = hitWords(values, stack);
    // Where there is room it is written where it is read: a copy costs more than all else.
    const at = this.#ring.reserve(size);
    fillHit(at < 0 ? this.#own : this.#inRing, Math.max(at, 0), { hit, values, stack });
    if (at < 0) this.#ring.write(REPORT.hit, this.#record, size);
    else this.#ring.commit(REPORT.hit, at, size);
  }

  started(
    thread: { readonly pid: number; readonly tid: number },
    parent: { readonly pid: number; readonly tid: number },
    time: number,
  ): void {
    this.#write(REPORT.started, [thread.pid, thread.tid, parent.pid, parent.tid, ...halves(time)]);
  }

  ended(pid: number, tid: number, time: number): void {
    this.#write(REPORT.ended, [pid, tid, ...halves(time)]);
  }

  executed(pid: number, comm: string, time: number): void {
    const at = 6;
    this.#record.fill(0, at, at + COMM_WORDS);
    this.#bytes.set(Buffer.from(comm).subarray(0, 4 * COMM_WORDS), 4 * at);
    const name = this.#record.slice(at, at + COMM_WORDS);
    this.#write(REPORT.renamed, [pid, pid, 1, ...halves(time), ...name]);
  }

  lost(count: number, time: number): void {
    this.#write(REPORT.lost, [count, ...halves(time)]);
  }

  /** `registers`: struct user_regs_struct of the thread; null where it is gone. Whoever is told asks for them next. */
  stopped({ pid, tid, cause, time }: ThreadStop, registers: Uint32Array | null): void {
    const cookies = cause.kind === 'hit' ? cause.cookies : [];
    const kind = CAUSES.indexOf(cause.kind);
    const words = registers?.length ?? 0;
    if (registers !== null) this.#record.set(registers, STOP_REGISTERS);
    this.#record.set(cookies, STOP_REGISTERS + words);
    const answered = this.#company.answered();
    const head = [pid, tid, ...halves(Number(time)), kind, detailOf(cause), cookies.length, answered, words];
    this.#write(REPORT.stopped, head, words + cookies.length);
  }

  processEnded({ pid, end }: ProcessEnd, time: number): void {
    this.#write(REPORT.processEnded, [pid, ...(end.kind === 'exited' ? [0, end.status] : [1, end.signal]), ...halves(time)]);
  }

  /** `more`: words that are in the record behind `body` already. */
  #write(type: number, body: readonly number[], more = 0): void {
    this.#record.set(body, 1);
    this.#ring.write(type, this.#record, body.length + 1 + more);
    this.#company.urgent();
  }
}

/** Memory to write a record into. */
interface Page {
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
}

interface HitContent {
  readonly hit: SeenHit;
  readonly values: SeenValues;
  readonly stack: SeenStack | null;
}

/** Words that some bytes fill. */
function wordsOf(bytes: Uint8Array | null): number {
  return bytes === null ? 0 : (bytes.length + 3) >> 2;
}

function hitWords({ after, before }: SeenValues, stack: SeenStack | null): number {
  const values = HIT_REGISTERS + REGISTER_WORDS + wordsOf(after) + wordsOf(before);
  return stack === null ? values : values + stack.chain.length + wordsOf(stack.bytes);
}

/** All of a hit's record at word `at` but its header. */
function fillHit({ words, bytes }: Page, at: number, { hit, values: { after, before }, stack }: HitContent): void {
  words[at + 1] = hit.cookie;
  words[at + 2] = hit.pid;
  words[at + 3] = hit.tid;
  words[at + 4] = hit.cpu;
  words[at + 5] = hit.timeLo;
  words[at + 6] = hit.timeHi;
  words[at + 7] = hit.ipLo;
  words[at + 8] = hit.ipHi;
  words[at + 9] = flagsOf(hit, { after, before }, stack);
  words[at + 10] = after?.length ?? before?.length ?? 0;
  words[at + 11] = stack?.chain.length ?? 0;
  words[at + 12] = stack?.bytes.length ?? 0;
  const { registers, registersAt } = hit;
  for (let i = 0; i < REGISTER_WORDS; i++) words[at + HIT_REGISTERS + i] = registers[registersAt + i] ?? 0;
  let next = at + HIT_REGISTERS + REGISTER_WORDS;
  if (after !== null) next = put(bytes, after, next);
  if (before !== null) next = put(bytes, before, next);
  if (stack === null) return;
  words.set(stack.chain, next);
  bytes.set(stack.bytes, 4 * (next + stack.chain.length));
}

function flagsOf(hit: SeenHit, { after, before }: SeenValues, stack: SeenStack | null): number {
  const values = (after === null ? 0 : HIT_FLAG.after) | (before === null ? 0 : HIT_FLAG.before);
  return (hit.kernel ? HIT_FLAG.kernel : 0) | (hit.exact ? HIT_FLAG.exact : 0) | values | (stack === null ? 0 : HIT_FLAG.stack);
}

/** Writes a value's few bytes from word `word` on; returns the word behind them. */
function put(page: Uint8Array, bytes: Uint8Array, word: number): number {
  for (let i = 0; i < bytes.length; i++) page[4 * word + i] = bytes[i] ?? 0;
  return word + wordsOf(bytes);
}

function halves(time: number): [number, number] {
  return [time >>> 0, upperHalf(time)];
}

function detailOf(cause: StopCause): number {
  switch (cause.kind) {
    case 'signal':
    case 'group-stop':
      return cause.signal;
    case 'clone':
    case 'fork':
    case 'vfork':
      return cause.child;
    default:
      return 0;
  }
}
