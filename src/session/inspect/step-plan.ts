// How a step by source lines is made: at which instructions the thread is to be stopped next, as few as possible, because each takes a slot.
import type { FlowInstruction } from '../../instructions/index.js';
import { afterPrologue, lineAround } from './code-places.js';
import { type Frame, framesOf } from './frames.js';
import type { ProcessView } from './process-view.js';
import type { ThreadRegisters } from './registers.js';

/** Where a thread begins a step. */
export interface StepStart {
  readonly address: bigint;
  /** The line's code; null where no line is known: one instruction is stepped. */
  readonly line: { readonly start: bigint; readonly end: bigint; readonly line: number } | null;
  readonly function: bigint | null;
  readonly cfa: bigint | null;
  /** Where the function returns to, with the frame that has it then. */
  readonly caller: { readonly address: bigint; readonly sp: bigint } | null;
}

/** What to do next for a step. */
export type StepMove =
  /** Let it run until it is at one of these. */
  | { readonly kind: 'run-to'; readonly addresses: readonly bigint[] }
  /** One instruction. */
  | { readonly kind: 'instruction' };

/** More code than any line has. */
const MOST_CODE = 4096n;

/** Where `frame`, the innermost, stands. */
export function stepStart(view: ProcessView, thread: ThreadRegisters): StepStart | null {
  const frames = framesOf(view, thread);
  const [top] = frames;
  if (top === undefined) return null;
  const outer = frames.find(({ level }) => level === 1);
  return {
    address: top.address,
    line: top.place.line === null ? null : lineAround(view, top.address),
    function: view.image.functionStart(top.address),
    cfa: top.cfa,
    caller: outer === undefined || top.cfa === null ? null : { address: outer.address, sp: top.cfa },
  };
}

/** How to get from `now`, in the line of `start`, out of the line; `into`: also to functions that it calls. */
export function lineMove(view: ProcessView, start: StepStart, now: bigint, into: boolean): StepMove {
  const { line } = start;
  if (line === null || now < line.start || now >= line.end || line.end - now > MOST_CODE) return { kind: 'instruction' };
  const code = view.image.readCode(line.start, Number(line.end - line.start));
  if (code === null) return { kind: 'instruction' };
  const flow = view.decoder.flow(code, line.start);
  const addresses = new Set<bigint>();
  for (const one of flow) {
    const at = line.start + BigInt(one.offset);
    if (into && one.kind === 'call') {
      if (at === now) return { kind: 'instruction' };
      addresses.add(at);
    }
    const exits = exitsOf(one, at, start);
    if (exits === null) return { kind: 'instruction' };
    for (const exit of exits) if (exit < line.start || exit >= line.end) addresses.add(exit);
  }
  return addresses.size === 0 ? { kind: 'instruction' } : { kind: 'run-to', addresses: [...addresses] };
}

/** Where an instruction may lead, calls done; null where nobody knows. */
function exitsOf({ kind, target, length }: FlowInstruction, at: bigint, { caller, function: owner }: StepStart): readonly bigint[] | null {
  const next = at + BigInt(length);
  switch (kind) {
    case 'next':
    case 'call':
      return [next];
    case 'jump':
      return target === null ? null : [target];
    case 'branch':
      return target === null ? null : [next, target];
    case 'return':
      return caller === null || owner === null ? null : [caller.address];
  }
}

/** Behind the call at `address`, which has just been made: where to run to, so that a step over it is done; and into it, where it has lines. */
export function calleeMove(view: ProcessView, callee: bigint): bigint | null {
  const place = view.image.place(callee);
  if (place.line === null) return null;
  return afterPrologue(view, callee);
}

/** Whether a thread is where a step from `start` ends: another line, or the caller; not a call of the same function further in. */
export function isStepDone(view: ProcessView, start: StepStart, top: Pick<Frame, 'address' | 'cfa' | 'place'>): boolean {
  if (start.cfa !== null && top.cfa !== null && top.cfa < start.cfa) return false;
  if (start.line === null) return true;
  if (top.place.line === null) return false;
  const isSameCall = top.cfa === start.cfa;
  if (isSameCall && top.address >= start.line.start && top.address < start.line.end) return false;
  // In the middle of a line that the caller goes on with, or of this one's other part: on to where a line begins.
  const line = lineAround(view, top.address);
  if (isSameCall && line?.line === start.line.line) return false;
  return true;
}
