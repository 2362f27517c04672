// Whether an instruction explains a hit, by the addresses that its registers give, and what it then did.
import type { InstructionPlan, MemoryAccess } from './access-plan.js';
import { AccessEvaluator } from './evaluate-access.js';
import { offsetFromRange, touchesRange } from './evaluate-address.js';
import { RepeatEvaluator } from './evaluate-repeat.js';
import { resetRebuilt, setInstruction } from './outcome.js';
import type { AccessSample, RebuiltAccess } from './sample.js';

/** Evaluates plans against samples. Keeps scratch values only; not reentrant. */
export class Judge {
  readonly #evaluator = new AccessEvaluator();
  readonly #repeats = new RepeatEvaluator(this.#evaluator);

  /** Whether the completed instruction touched the range; if so `out` says how, else it is left reset. */
  completed(plan: InstructionPlan, sample: AccessSample, out: RebuiltAccess): boolean {
    resetRebuilt(out);
    switch (plan.kind) {
      case 'accesses':
        return this.#plain(plan, sample, out);
      case 'repeat':
        return this.#repeats.completed(plan, sample, out);
      default:
        return false;
    }
  }

  /** Whether the REP instruction at the instruction pointer, still under way, touched the range. */
  interrupted(plan: InstructionPlan, sample: AccessSample, out: RebuiltAccess): boolean {
    resetRebuilt(out);
    return plan.kind === 'repeat' && this.#repeats.interrupted(plan, sample, out);
  }

  #plain(plan: Extract<InstructionPlan, { kind: 'accesses' }>, sample: AccessSample, out: RebuiltAccess): boolean {
    let hiddenWrite = false;
    for (const access of plan.accesses) {
      if (!access.verifiable) hiddenWrite ||= access.write !== null;
      else if (this.#explains(access, sample, out)) {
        // A write of the same instruction whose address is not known may have hit the range too.
        if (hiddenWrite) resetRebuilt(out);
        setInstruction(out, plan.lo, plan.hi);
        return true;
      }
    }
    return false;
  }

  #explains(access: MemoryAccess, sample: AccessSample, out: RebuiltAccess): boolean {
    if (access.write === null && sample.writesOnly) return false;
    const offset = offsetFromRange(access.address, sample);
    if (!touchesRange(sample, offset, access.size)) return false;
    this.#evaluator.evaluate(access, offset, sample, out);
    return true;
  }
}
