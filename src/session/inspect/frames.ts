// The frames of a stopped thread, innermost first, each with its registers; calls that were inlined are frames of their own.
import type { Place } from '../../model/place.js';
import { type Caller, callerOf, type FrameRegisters } from '../../symbols/unwind/caller.js';
import { DWARF_REGISTER } from '../../symbols/unwind/row.js';
import { type ProcessView, wordAt } from './process-view.js';
import { frameRegisters, type ThreadRegisters } from './registers.js';

/** One call. */
export interface Frame {
  /** Number of the frame in the hardware's sense, from 0: those inlined into one share it. */
  readonly level: number;
  /** Where it goes on. */
  readonly address: bigint;
  /** The instruction that it is at: {@link address}, or for a caller that of the call's last byte. */
  readonly pc: bigint;
  readonly place: Place;
  /** Of the calls inlined there which this is, 0 the innermost, and what all are called, the function itself last. */
  readonly inlined: { readonly depth: number; readonly functions: readonly (string | null)[] };
  readonly registers: FrameRegisters;
  /** RSP before the call that made it; null where nothing tells. */
  readonly cfa: bigint | null;
  /** FS base of its thread: where that has its thread-local variables. Null where it is not known. */
  readonly threadPointer: bigint | null;
}

/** Frames walked over at most: more are a sign of a circle, or of endless recursion. */
const MOST_FRAMES = 10_000;
const SIGNAL_FRAME: Place = { function: '<signal handler called>', file: null, line: null, module: null, offset: null };

/** The first `most` frames. Throws nothing: where unwinding fails there are fewer. */
export function framesOf(view: ProcessView, thread: ThreadRegisters, most = MOST_FRAMES): Frame[] {
  const frames: Frame[] = [];
  const threadPointer = thread.get('fs_base') ?? null;
  let registers = frameRegisters(thread);
  let isExact = true;
  for (let level = 0; level < MOST_FRAMES && frames.length < most; level++) {
    const address = registers[DWARF_REGISTER.returnAddress] ?? 0n;
    const pc = isExact ? address : address - 1n;
    const rule = view.unwind.rule(Number(pc));
    if (rule === 'no-code' && level > 0) break;
    const word = (at: bigint): bigint | null => wordAt((from, length) => view.read(from, length), at);
    const caller = (level === 0 && rule === 'untold' ? stubCaller(view, registers, word) : null) ?? callerOf(rule, registers, word);
    const here = { level, address, pc, registers, cfa: caller?.cfa ?? null, threadPointer };
    frames.push(...(caller?.interrupted === true ? [signalFrame(here)] : inlinedFrames(view, here)));
    if (caller === null) break;
    registers = caller.interrupted ? withoutVectors(caller.registers) : withoutScratch(caller.registers);
    isExact = caller.interrupted;
  }
  return frames.slice(0, most);
}

/**
 * The C library's clone is told of by no table where it makes the system call: its return address is on top of the stack, as before a call's
 * first instruction. Taken for one where an instruction before it is a call.
 */
function stubCaller(view: ProcessView, registers: FrameRegisters, word: (at: bigint) => bigint | null): Caller | null {
  const back = word(registers[DWARF_REGISTER.sp] ?? 0n);
  const code = back === null ? null : view.image.readCode(back - LONGEST_CALL, Number(LONGEST_CALL));
  if (back === null || code === null || !view.image.isExecutable(back) || !endsWithCall(view, code)) return null;
  return callerOf('no-code', registers, word);
}

/** CALL [base + index * scale + disp32] with a REX prefix has 8 bytes; with a segment or BND prefix 9. */
const LONGEST_CALL = 9n;

function endsWithCall({ decoder }: ProcessView, code: Uint8Array): boolean {
  return [2, 3, 4, 5, 6, 7, 8, 9].some((length) => {
    const [first] = decoder.flow(code.subarray(code.length - length), 0n);
    return first?.kind === 'call' && first.length === length;
  });
}

/** The frame that called `frame`, the function itself where calls were inlined; null where nothing tells, or a signal came between. */
export function callerFrame(view: ProcessView, { level, pc, registers, threadPointer }: Physical): Physical | null {
  const word = (at: bigint) => wordAt((from, length) => view.read(from, length), at);
  const caller = callerOf(view.unwind.rule(Number(pc)), registers, word);
  if (caller === null || caller.interrupted) return null;
  const own = withoutScratch(caller.registers);
  const address = own[DWARF_REGISTER.returnAddress] ?? 0n;
  const above = callerOf(view.unwind.rule(Number(address - 1n)), own, word);
  return { level: level + 1, address, pc: address - 1n, registers: own, cfa: above?.cfa ?? null, threadPointer };
}

/** By DWARF's numbers RAX, RDX, RCX, RSI, RDI, R8 to R11: what a call may leave anything in, so that nobody knows what the caller had there. */
const SCRATCH = [0, 1, 2, 4, 5, 8, 9, 10, 11];

/** Those of floats and vectors are above. */
const LAST_KEPT = 16;

function withoutScratch(registers: FrameRegisters): FrameRegisters {
  return withoutVectors(registers).map((value, number) => (SCRATCH.includes(number) ? null : value));
}

/** Nobody looks where a signal's frame has saved them. */
function withoutVectors(registers: FrameRegisters): FrameRegisters {
  return registers.map((value, number) => (number > LAST_KEPT ? null : value));
}

type Physical = Omit<Frame, 'place' | 'inlined'>;

function signalFrame(frame: Physical): Frame {
  return { ...frame, place: SIGNAL_FRAME, inlined: { depth: 0, functions: [null] } };
}

function inlinedFrames(view: ProcessView, frame: Physical): Frame[] {
  const places = view.image.places(frame.pc);
  const functions = places.map((place) => place.function);
  return places.map((place, depth) => ({ ...frame, place, inlined: { depth, functions } }));
}
