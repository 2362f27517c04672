// The records that hit programs write into the ring, and how they become raw hits.
//
//  Words of 32 bits:  0 flags | 1 block | 2-3 time | 4 tid | 5 pid | 6-7 ip | 8 cpu | 9 bytes of kernel stack | 10 bytes of user stack | 11 -
//  12-19 the range after the access | 20-21 value before | 22-55 registers, 17 x u64 | 56-59 comm | 60-61 cgroup | 62- kernel stack, user stack,
//  and where there is room for a user stack, its copy (stack-copy-code.ts)
//
//  A question (flag `asks`) ends after the ip: is the instruction before it a plain store?
import { joinU64 } from '../../base/u64.js';
import { STACK_COPY_BYTES } from '../events/layout.js';
import type { HitOrigin, RawHit } from '../reports.js';
import { StackCopyDecoder } from './stack-copy.js';

export const FLAG = { kernel: 1, exact: 2, afterKnown: 4, beforeKnown: 8, asks: 16 } as const;

/** Word positions. */
export const WORD = {
  flags: 0,
  block: 1,
  time: 2,
  tid: 4,
  pid: 5,
  ip: 6,
  cpu: 8,
  kernelStack: 9,
  userStack: 10,
  after: 12,
  before: 20,
  registers: 22,
  comm: 56,
  cgroup: 60,
  stacks: 62,
} as const;

/** Bytes of a question. */
export const QUESTION_BYTES = 32;

/** How the records of one piece are to be read. */
export interface RecordShape {
  readonly cookie: number;
  /** Bytes of the range, and of the value that `before` holds; 0: none. */
  readonly rangeLength: number;
  readonly valueSize: number;
  /** Frames of each stack that there is room for. */
  readonly kernelFrames: number;
  readonly userFrames: number;
  /** Whether hits say who made them. */
  readonly tellsOrigin: boolean;
}

/** perf's marks in call chains (enum perf_callchain_context), as halves. */
const CONTEXT_KERNEL = [0xffff_ff80, 0xffff_ffff] as const;
const CONTEXT_USER = [0xffff_fe00, 0xffff_ffff] as const;

/** Word positions in the part of the stack's copy. */
export const STACK_COPY = { length: 0, pointer: 2, registers: 4, words: 46 } as const;

type Frames = Pick<RecordShape, 'kernelFrames' | 'userFrames'>;

/** Bytes of a whole record with room for so many frames. */
export function recordBytes(frames: Frames): number {
  return 4 * stackCopyAt(frames) + (frames.userFrames > 0 ? 4 * STACK_COPY.words + STACK_COPY_BYTES : 0);
}

/** Word where the part of the stack's copy begins. */
export function stackCopyAt({ kernelFrames, userFrames }: Frames): number {
  return WORD.stacks + 2 * (kernelFrames + userFrames);
}

/** Reads records of one piece into one raw hit; what it points to is good until the next one. */
export class RecordDecoder {
  readonly #shape: RecordShape;
  readonly #after: Uint8Array;
  readonly #before: Uint8Array;
  readonly #copy = new StackCopyDecoder();

  constructor(shape: RecordShape) {
    this.#shape = shape;
    this.#after = new Uint8Array(shape.rangeLength);
    this.#before = new Uint8Array(shape.valueSize);
  }

  /** The record begins at word `at`. */
  read(words: Uint32Array, at: number, hit: RawHit): void {
    const flags = words[at] ?? 0;
    const { cookie, tellsOrigin, kernelFrames, userFrames } = this.#shape;
    hit.cookie = cookie;
    hit.timeLo = words[at + WORD.time] ?? 0;
    hit.timeHi = words[at + WORD.time + 1] ?? 0;
    hit.tid = words[at + WORD.tid] ?? 0;
    hit.pid = words[at + WORD.pid] ?? 0;
    hit.ipLo = words[at + WORD.ip] ?? 0;
    hit.ipHi = words[at + WORD.ip + 1] ?? 0;
    hit.cpu = words[at + WORD.cpu] ?? 0;
    hit.kernel = (flags & FLAG.kernel) !== 0;
    hit.exact = (flags & FLAG.exact) !== 0;
    hit.registers = words;
    hit.registersAt = at + WORD.registers;
    hit.after = (flags & FLAG.afterKnown) !== 0 ? copyBytes(words, at + WORD.after, this.#after) : null;
    hit.before = (flags & FLAG.beforeKnown) !== 0 ? copyBytes(words, at + WORD.before, this.#before) : null;
    hit.stack = kernelFrames + userFrames > 0 ? this.#stack(words, at) : null;
    hit.userStack = userFrames > 0 ? this.#copy.read(words, at + stackCopyAt(this.#shape), hit) : null;
    hit.origin = tellsOrigin ? originAt(words, at) : null;
  }

  #stack(words: Uint32Array, at: number): Uint32Array {
    const { kernelFrames } = this.#shape;
    const stacks = at + WORD.stacks;
    const kernel = words.subarray(stacks, stacks + frameWords(words[at + WORD.kernelStack]));
    const userAt = stacks + 2 * kernelFrames;
    return joinStacks(kernel, words.subarray(userAt, userAt + frameWords(words[at + WORD.userStack])));
  }
}

/** As perf writes call chains: each part behind its mark. */
export function joinStacks(kernel: Uint32Array, user: Uint32Array): Uint32Array {
  const joined = new Uint32Array((kernel.length > 0 ? kernel.length + 2 : 0) + (user.length > 0 ? user.length + 2 : 0));
  const userAt = kernel.length > 0 ? putPart(joined, 0, CONTEXT_KERNEL, kernel) : 0;
  if (user.length > 0) putPart(joined, userAt, CONTEXT_USER, user);
  return joined;
}

function putPart(into: Uint32Array, at: number, mark: readonly [number, number], frames: Uint32Array): number {
  into.set(mark, at);
  into.set(frames, at + 2);
  return at + 2 + frames.length;
}

/** Words of so many bytes of frames; a negative number is an error of the helper. */
function frameWords(bytes = 0): number {
  return (bytes | 0) > 0 ? bytes / 4 : 0;
}

function copyBytes(words: Uint32Array, at: number, into: Uint8Array): Uint8Array {
  for (let i = 0; i < into.length; i++) into[i] = (words[at + (i >> 2)] ?? 0) >>> (8 * (i & 3));
  return into;
}

const decoder = new TextDecoder();

function originAt(words: Uint32Array, at: number): HitOrigin {
  return {
    comm: commText(words, at + WORD.comm),
    cgroup: joinU64(words[at + WORD.cgroup] ?? 0, words[at + WORD.cgroup + 1] ?? 0),
  };
}

/** The thread's name in the four words from `at` on. */
export function commText(words: Uint32Array, at: number): string {
  const bytes = new Uint8Array(words.slice(at, at + 4).buffer);
  const end = bytes.indexOf(0);
  return decoder.decode(bytes.subarray(0, end < 0 ? bytes.length : end));
}
