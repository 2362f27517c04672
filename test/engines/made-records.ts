// Ring records as the kernel writes them, made by hand for tests: see the drawing in src/engines/events/layout.ts.
import { highU32, lowU32 } from '../../src/base/u64.js';
import { REGISTER_COUNT } from '../../src/instructions/registers.js';
import { RecordBuffer } from '../../src/linux/perf-ring.js';

/** Header types (include/uapi/linux/perf_event.h). */
const TYPE = { lost: 2, comm: 3, exit: 4, throttle: 5, unthrottle: 6, fork: 7, sample: 9 } as const;

/** What every record has at its end, and a sample in its middle. */
export interface Common {
  readonly pid: number;
  readonly tid: number;
  /** ns. */
  readonly time: number;
  /** Of the event that wrote it. */
  readonly id: number;
}

/** One record as 64-bit words behind its header. */
export interface MadeRecord {
  readonly type: number;
  readonly misc: number;
  readonly words: readonly bigint[];
}

function pair(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

function trailer({ pid, tid, time, id }: Common): bigint[] {
  return [pair(pid, tid), BigInt(time), BigInt(id)];
}

export interface MadeSample extends Common {
  readonly ip: bigint;
  readonly kernel?: boolean;
  readonly chain?: readonly bigint[];
  /** AX to R15 in the order of instructions/registers. */
  readonly registers?: readonly bigint[];
}

export function sample({ pid, tid, time, id, ip, kernel = false, chain, registers = [] }: MadeSample): MadeRecord {
  const all = Array.from({ length: REGISTER_COUNT }, (_, i) => registers[i] ?? 0n);
  const stack = chain === undefined ? [] : [BigInt(chain.length), ...chain];
  const abi64 = 2n;
  return { type: TYPE.sample, misc: kernel ? 1 : 2, words: [BigInt(id), ip, pair(pid, tid), BigInt(time), ...stack, abi64, ...all] };
}

/** `thread` began or ended; the record is written by the parent, or by the thread itself. */
export function task(
  kind: 'fork' | 'exit',
  thread: { pid: number; tid: number; parentPid: number; parentTid: number },
  by: Common,
): MadeRecord {
  const words = [pair(thread.pid, thread.parentPid), pair(thread.tid, thread.parentTid), BigInt(by.time)];
  return { type: TYPE[kind], misc: 0, words: [...words, ...trailer(by)] };
}

export function comm(name: string, exec: boolean, by: Common): MadeRecord {
  const bytes = new Uint8Array(Math.ceil((name.length + 1) / 8) * 8);
  bytes.set(new TextEncoder().encode(name));
  const text = [...new BigUint64Array(bytes.buffer)];
  return { type: TYPE.comm, misc: exec ? 1 << 13 : 0, words: [pair(by.pid, by.tid), ...text, ...trailer(by)] };
}

export function lost(count: number, by: Common): MadeRecord {
  return { type: TYPE.lost, misc: 0, words: [BigInt(by.id), BigInt(count), ...trailer(by)] };
}

/** `about`: the event that was throttled. */
export function throttle(kind: 'throttle' | 'unthrottle', about: number, by: Common): MadeRecord {
  return { type: TYPE[kind], misc: 0, words: [BigInt(by.time), BigInt(about), BigInt(about), ...trailer(by)] };
}

/** The bytes of records, back to back. */
export function bytesOf(records: readonly MadeRecord[]): Uint8Array {
  const words: number[] = [];
  for (const { type, misc, words: body } of records) {
    words.push(type, ((8 + 8 * body.length) << 16) | misc);
    for (const word of body) words.push(lowU32(word), highU32(word));
  }
  return new Uint8Array(Uint32Array.from(words).buffer);
}

/** A buffer that holds these records. */
export function bufferOf(records: readonly MadeRecord[]): RecordBuffer {
  const buffer = new RecordBuffer(64);
  buffer.append(bytesOf(records));
  return buffer;
}
