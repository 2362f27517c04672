// Hits by a call: it pushes its return address and continues elsewhere, so it is not the instruction before the one reported.
import { assertNever } from '../base/assert.js';
import type { CallTarget, InstructionPlan } from './access-plan.js';
import { distanceFromRange, registerHi, registerLo, touchesRange } from './evaluate-address.js';
import { REGISTER } from './registers.js';
import type { AccessSample } from './sample.js';
import type { Site, Sites } from './site.js';

/** Bytes of the return address that a call pushes. */
export const RETURN_ADDRESS_SIZE = 8;

/** Bytes from the start of the watched range to the top of the stack. */
export function stackTopOffset(sample: AccessSample): number {
  return distanceFromRange(sample, registerLo(sample, REGISTER.sp), registerHi(sample, REGISTER.sp));
}

/** Whether the 8 bytes at RSP, where a call would just have stored its return address, touch the watched range. */
export function watchesStackTop(sample: AccessSample): boolean {
  return touchesRange(sample, stackTopOffset(sample), RETURN_ADDRESS_SIZE);
}

/** Whether the 8 bytes below RSP, which a return would just have read, touch the watched range. */
export function watchesReturnSlot(sample: AccessSample): boolean {
  return touchesRange(sample, stackTopOffset(sample) - RETURN_ADDRESS_SIZE, RETURN_ADDRESS_SIZE);
}

/** The call that stored the sampled top of the stack and went to the sampled address; `none`: there was none; `possible`: cannot be told. */
export function findCall(site: Site, sites: Sites, sample: AccessSample): InstructionPlan | 'none' | 'possible' {
  if (site.entry === 'no' || !watchesStackTop(sample)) return 'none';
  if (!sample.stackTopKnown) return 'possible';
  const caller = sites.at(sample.stackTopLo, sample.stackTopHi);
  const unsure = caller.certainty === 'candidates';
  for (const plan of caller.before) if (plan.kind === 'call' && goesTo(plan.target, sample, unsure)) return plan;
  return unsure ? 'possible' : 'none';
}

/** A direct call to the very address proves itself; another one counts only where it is certain that it is an instruction. */
function goesTo(target: CallTarget, sample: AccessSample, unsure: boolean): boolean {
  switch (target.kind) {
    case 'direct':
      return target.lo === sample.ipLo && target.hi === sample.ipHi;
    case 'register':
      return !unsure && registerLo(sample, target.register) === sample.ipLo && registerHi(sample, target.register) === sample.ipHi;
    case 'memory':
      return !unsure;
    default:
      return assertNever(target);
  }
}
