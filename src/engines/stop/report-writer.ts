// The tracing thread's pen: writes what happened into the ring (reports.ts draws the records).
import { REGISTER_WORDS } from '../../instructions/registers.js';
import type { ProcessEnd, StopCause, ThreadStop } from '../control.js';
import { MOST_RECORD_WORDS, type RingWriter } from './report-ring.js';
import { CAUSES, COMM_WORDS, HIT_FLAG, HIT_REGISTERS, REPORT, upperHalf } from './reports.js';
import type { SeenHit, SeenStack } from './seen-hit.js';

/** The bytes after the access, and before it. */
export interface SeenValues {
  readonly after: Uint8Array | null;
  readonly before: Uint8Array | null;
}

export class ReportWriter {
  readonly #ring: RingWriter;
  readonly #record = new Uint32Array(MOST_RECORD_WORDS);
  readonly #bytes = new Uint8Array(this.#record.buffer);
  /** Called after what somebody may wait for: all but hits. */
  readonly #urgent: () => void;
  delivered = 0;

  constructor(ring: RingWriter, urgent: () => void) {
    this.#ring = ring;
    this.#urgent = urgent;
  }

  hit(hit: SeenHit, { after, before }: SeenValues, stack: SeenStack | null): void {
    const record = this.#record;
    record[1] = hit.cookie;
    record[2] = hit.pid;
    record[3] = hit.tid;
    record[4] = hit.cpu;
    record[5] = hit.timeLo;
    record[6] = hit.timeHi;
    record[7] = hit.ipLo;
    record[8] = hit.ipHi;
    const { registers, registersAt } = hit;
    for (let i = 0; i < REGISTER_WORDS; i++) record[HIT_REGISTERS + i] = registers[registersAt + i] ?? 0;
    let at = HIT_REGISTERS + REGISTER_WORDS;
    let flags = (hit.kernel ? HIT_FLAG.kernel : 0) | (hit.exact ? HIT_FLAG.exact : 0);
    record[10] = after?.length ?? before?.length ?? 0;
    if (after !== null) {
      flags |= HIT_FLAG.after;
      at = this.#put(after, at);
    }
    if (before !== null) {
      flags |= HIT_FLAG.before;
      at = this.#put(before, at);
    }
    record[11] = stack?.chain.length ?? 0;
    record[12] = stack?.bytes.length ?? 0;
    if (stack !== null) {
      flags |= HIT_FLAG.stack;
      record.set(stack.chain, at);
      at = this.#put(stack.bytes, at + stack.chain.length);
    }
    record[9] = flags;
    this.delivered++;
    this.#ring.write(REPORT.hit, record, at);
  }

  /** Returns the word behind the bytes. */
  #put(bytes: Uint8Array, word: number): number {
    this.#bytes.set(bytes, 4 * word);
    return word + Math.ceil(bytes.length / 4);
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

  stopped({ pid, tid, cause, time }: ThreadStop): void {
    const cookies = cause.kind === 'hit' ? cause.cookies : [];
    const kind = CAUSES.indexOf(cause.kind);
    this.#write(REPORT.stopped, [pid, tid, ...halves(Number(time)), kind, detailOf(cause), cookies.length, ...cookies]);
  }

  processEnded({ pid, end }: ProcessEnd, time: number): void {
    this.#write(REPORT.processEnded, [pid, ...(end.kind === 'exited' ? [0, end.status] : [1, end.signal]), ...halves(time)]);
  }

  #write(type: number, body: readonly number[]): void {
    this.#record.set(body, 1);
    this.#ring.write(type, this.#record, body.length + 1);
    this.#urgent();
  }
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
