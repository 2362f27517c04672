// Holds a rebuilt access against what really happened to memory.
import {
  type AccessRebuilder,
  type AccessSample,
  type FunctionStart,
  newAccessSample,
  newRebuiltAccess,
  type RebuiltAccess,
} from '../../src/instructions/index.js';
import type { Form } from './forms.js';
import { BYTES_AFTER, BYTES_BEFORE, type Execution, type HarnessRun } from './harness.js';

/** How a rebuilder is asked. */
export interface Question {
  /** The watched range: bytes from the target on, and length. */
  readonly offset: number;
  readonly size: number;
  readonly oldKnown: boolean;
  readonly stackTopKnown: boolean;
  /** Kind of the breakpoint; by the form's access where it is not given. */
  readonly writesOnly?: boolean;
}

/** Aligned ranges of 1, 2, 4 and 8 bytes, as the hardware watches them, that share a byte with the execution's place. */
export function rangesThatHit({ form }: Execution): { offset: number; size: number }[] {
  return alignedRanges().filter(({ offset, size }) => offset < form.offset + form.size && offset + size > form.offset);
}

/** Aligned ranges near the place that do not touch it. */
export function rangesThatMiss({ form }: Execution): { offset: number; size: number }[] {
  const near = (offset: number, size: number) => offset < form.offset + form.size + 24 && offset + size > form.offset - 24;
  const misses = (offset: number, size: number) => offset >= form.offset + form.size || offset + size <= form.offset;
  return alignedRanges().filter(({ offset, size }) => near(offset, size) && misses(offset, size));
}

function alignedRanges(): { offset: number; size: number }[] {
  const ranges: { offset: number; size: number }[] = [];
  for (const size of [1, 2, 4, 8]) {
    for (let offset = -BYTES_BEFORE; offset + size <= BYTES_AFTER; offset += size) ranges.push({ offset, size });
  }
  return ranges;
}

/** Runs the rebuilder for one execution. */
export function ask(rebuilder: AccessRebuilder, run: HarnessRun, execution: Execution, question: Question): RebuiltAccess {
  const out = newRebuiltAccess();
  rebuilder.run(sampleOf(run, execution, question), out);
  return out;
}

function sampleOf(run: HarnessRun, { form, place, registers, before, after }: Execution, question: Question): AccessSample {
  const range = run.target + BigInt(question.offset);
  const at = BYTES_BEFORE + question.offset;
  const stack = Number(BigInt(registers[14] ?? 0) - run.target) + BYTES_BEFORE;
  const view = new DataView(after.buffer, after.byteOffset, after.length);
  const stackTopKnown = question.stackTopKnown && stack >= 0 && stack + 8 <= after.length;
  return newAccessSample({
    ipLo: Number(place.next & 0xffff_ffffn),
    ipHi: Number(place.next >> 32n),
    registers,
    rangeLo: Number(range & 0xffff_ffffn),
    rangeHi: Number(range >> 32n),
    rangeSize: question.size,
    writesOnly: question.writesOnly ?? form.access === 'write',
    old: question.oldKnown ? before.subarray(at, at + question.size) : null,
    stackTopKnown,
    stackTopLo: stackTopKnown ? view.getUint32(stack, true) : 0,
    stackTopHi: stackTopKnown ? view.getUint32(stack + 4, true) : 0,
  });
}

/** What `rebuilt` says that is not true; empty when all of it is. */
export function untruths(execution: Execution, question: Question, rebuilt: RebuiltAccess): string[] {
  const { before, after, place } = execution;
  const wrong: string[] = [];
  for (let index = 0; index < question.size; index++) {
    const at = BYTES_BEFORE + question.offset + index;
    const expected = byteAfter(rebuilt, index, before[at] ?? 0);
    if (expected !== null && expected !== after[at]) wrong.push(`byte ${index} is ${after[at]}, rebuilt as ${expected}`);
    const found = byteFound(rebuilt, index);
    if (found !== null && found !== before[at]) wrong.push(`byte ${index} was ${before[at]}, said to be found as ${found}`);
  }
  const instruction = (BigInt(rebuilt.instructionHi) << 32n) | BigInt(rebuilt.instructionLo);
  if (rebuilt.instructionKnown && instruction !== place.instruction) wrong.push(`blames ${instruction.toString(16)}`);
  if (rebuilt.oldDisproved) wrong.push('disproves the true old value');
  return wrong;
}

/** The byte that `rebuilt` says is at `index` of the range afterwards; null when it says nothing. */
function byteAfter(rebuilt: RebuiltAccess, index: number, before: number): number | null {
  const inside = rebuilt.placeKnown && index >= rebuilt.offset && index < rebuilt.offset + rebuilt.size;
  switch (rebuilt.kind) {
    case 'store':
      return inside ? byteOfHalves(rebuilt.lo, rebuilt.hi, index - rebuilt.offset) : before;
    case 'unchanged':
      return before;
    case 'unknown':
      return rebuilt.placeKnown && !inside ? before : null;
  }
}

function byteFound(rebuilt: RebuiltAccess, index: number): number | null {
  const at = index - rebuilt.foundOffset;
  return rebuilt.foundKnown && at >= 0 && at < rebuilt.foundSize ? byteOfHalves(rebuilt.foundLo, rebuilt.foundHi, at) : null;
}

function byteOfHalves(lo: number, hi: number, index: number): number {
  return (index < 4 ? lo >>> (8 * index) : hi >>> (8 * (index - 4))) & 0xff;
}

/** Whether this question about this form must get another answer than `unknown`. */
export function mustKnow({ assembly, known, offset, size }: Form, question: Question): boolean {
  if (known === 'never') return false;
  if (assembly.startsWith('call')) return question.stackTopKnown;
  const whole = offset >= question.offset && offset + size <= question.offset + question.size;
  return known === 'always' || (question.oldKnown && whole);
}

/** Symbols, as the rebuilder is given them where there are any. */
export function functionStartIn({ functionStarts, codeStart, code }: HarnessRun): FunctionStart {
  const end = codeStart + BigInt(code.length);
  return (address) => {
    if (address < codeStart || address >= end) return null;
    return functionStarts.findLast((start) => start <= address) ?? null;
  };
}
