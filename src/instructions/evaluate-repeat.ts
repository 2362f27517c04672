// REP string instructions: one hit can stand for many elements, and the report can come some elements late.
//
// All that is certain is where the instruction has got to and that it touched the range on its way. With DF clear:
//
//      watched range        0 . . . . . . . rangeSize
//      elements         ... [  ][  ][  ][  ][  ][  ]    the last one, which ends at the new RDI
//                        ^ begun somewhere              `last` is the offset at which it begins
//
// so the highest byte of the range below RDI was certainly touched, and with it the element around it; lower ones only perhaps.
// With DF set it is the other way round.
import type { InstructionPlan, MemoryAccess } from './access-plan.js';
import type { AccessEvaluator } from './evaluate-access.js';
import { isBackward, offsetFromRange, registerHi, registerLo } from './evaluate-address.js';
import { resetRebuilt, setInstruction, setPlace } from './outcome.js';
import { REGISTER } from './registers.js';
import type { AccessSample, RebuiltAccess } from './sample.js';
import { byteOf, newWord } from './word.js';

/** How many bytes late a report may be: 128 were measured, and fast-string hardware moves at most some cache lines at once. */
const LATEST_REPORT = 512;

type RepeatPlan = Extract<InstructionPlan, { kind: 'repeat' }>;

/** Evaluates REP string instructions. Keeps scratch values only; not reentrant. */
export class RepeatEvaluator {
  readonly #evaluator: AccessEvaluator;
  readonly #pattern = newWord();

  constructor(evaluator: AccessEvaluator) {
    this.#evaluator = evaluator;
  }

  /** The instruction has run to its end: a fill or a copy with no element left. */
  completed(plan: RepeatPlan, sample: AccessSample, out: RebuiltAccess): boolean {
    const mayStopEarly = plan.accesses.every(({ write }) => write === null);
    return (mayStopEarly || !isElementLeft(plan, sample)) && this.#explains(plan, sample, out);
  }

  /** The instruction pointer is still on it, with elements left. */
  interrupted(plan: RepeatPlan, sample: AccessSample, out: RebuiltAccess): boolean {
    return isElementLeft(plan, sample) && this.#explains(plan, sample, out);
  }

  #explains(plan: RepeatPlan, sample: AccessSample, out: RebuiltAccess): boolean {
    let hiddenWrite = false;
    for (const access of plan.accesses) {
      if (!access.verifiable) hiddenWrite ||= access.write !== null;
      else if (access.write !== null || !sample.writesOnly) {
        const last = offsetFromRange(access.address, sample);
        if (!passedRange(sample, last, access.size)) continue;
        this.#evaluate(access, last, sample, out);
        if (hiddenWrite) resetRebuilt(out);
        setInstruction(out, plan.lo, plan.hi);
        return true;
      }
    }
    return false;
  }

  #evaluate(access: MemoryAccess, last: number, sample: AccessSample, out: RebuiltAccess): void {
    const { size } = access;
    const certain = certainElement(sample, last, size);
    this.#evaluator.evaluate(access, certain, sample, out);
    // What an element of the past held shows in no register, except for the one value that a fill repeats.
    out.foundKnown = false;
    if (out.kind === 'unchanged' || (out.kind === 'store' && this.#restIsEqual(certain, sample, out))) return;
    const end = isBackward(sample) ? sample.rangeSize : Math.min(sample.rangeSize, last + size);
    const begin = isBackward(sample) ? Math.max(0, last) : 0;
    resetRebuilt(out);
    setPlace(out, begin, end - begin);
  }

  /** Whether the bytes that were perhaps filled too are known to hold the pattern anyway, or there are none. */
  #restIsEqual(certain: number, sample: AccessSample, out: RebuiltAccess): boolean {
    const begin = isBackward(sample) ? certain + out.size : 0;
    const end = isBackward(sample) ? sample.rangeSize : certain;
    this.#pattern.lo = out.lo;
    this.#pattern.hi = out.hi;
    for (let position = begin; position < end; position++) {
      const index = (((position - certain) % out.size) + out.size) % out.size;
      if (sample.old === null || sample.old[position] !== byteOf(this.#pattern, index)) return false;
    }
    return true;
  }
}

function isElementLeft(plan: RepeatPlan, sample: AccessSample): boolean {
  return registerLo(sample, REGISTER.cx) !== 0 || (!plan.narrow && registerHi(sample, REGISTER.cx) !== 0);
}

/** Whether elements up to the one at `last` can have touched the range within the time a report may take. */
function passedRange(sample: AccessSample, last: number, size: number): boolean {
  if (isBackward(sample)) return last < sample.rangeSize && last + LATEST_REPORT > 0;
  return last + size > 0 && last + size - LATEST_REPORT < sample.rangeSize;
}

/** Offset of the element that was certainly touched: the one around the range's last (DF set: first) byte that the pointer has passed. */
function certainElement(sample: AccessSample, last: number, size: number): number {
  if (isBackward(sample)) {
    const first = Math.max(0, last);
    return last + Math.floor((first - last) / size) * size;
  }
  const final = Math.min(sample.rangeSize, last + size) - 1;
  return last - Math.floor((last + size - 1 - final) / size) * size;
}
