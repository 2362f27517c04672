// How a hit came to an address that no instruction before it explains: by a call or a jump that read where to go, or by a return.
//
//   call [table+8*rax]     the return address on the stack tells which call it was; its registers are still there
//   jmp [table+8*rax]      one of the jumps of the function that the hit is in, or of the stub (of a procedure linkage table) called last
//   ret                    the instruction before is a call, and the bytes below the stack pointer are watched: which ret, nothing tells
import type { InstructionPlan, MemoryAccess } from './access-plan.js';
import { RETURN_ADDRESS_SIZE, stackTopOffset, watchesReturnSlot } from './call.js';
import { offsetFromRange, touchesRange } from './evaluate-address.js';
import { resetRebuilt, setInstruction, setPlace } from './outcome.js';
import type { AccessSample, RebuiltAccess } from './sample.js';
import type { Site, Sites } from './site.js';

/** Tries the ways to arrive at `site`; fills in `out` where just one of them touched the range. */
export function explainArrival(site: Site, sites: Sites, sample: AccessSample, out: RebuiltAccess): boolean {
  resetRebuilt(out);
  if (sample.writesOnly || site.certainty === 'candidates') return false;
  if (watchesReturnSlot(sample)) return explainReturn(site, sample, out);
  const called = sample.stackTopKnown && site.entry !== 'no' ? sites.at(sample.stackTopLo, sample.stackTopHi) : null;
  const call = called?.certainty === 'function' ? called.before[0] : undefined;
  const suspects = [...sites.jumpsAround(sample.ipLo, sample.ipHi), ...(call === undefined ? [] : [call, ...sites.jumpsOf(call)])];
  const reading = suspects.filter((plan) => readsOf(plan).some((access) => touches(access, sample)));
  const [only] = reading;
  if (only === undefined || reading.length > 1) return false;
  const [read] = readsOf(only).filter((access) => touches(access, sample));
  if (read !== undefined) setPlace(out, offsetFromRange(read.address, sample), read.size);
  out.kind = 'unchanged';
  setInstruction(out, only.lo, only.hi);
  return true;
}

function explainReturn({ before: [plan], entry }: Site, sample: AccessSample, out: RebuiltAccess): boolean {
  if (plan?.kind !== 'call' || entry === 'yes') return false;
  out.kind = 'unchanged';
  out.byReturn = true;
  setPlace(out, stackTopOffset(sample) - RETURN_ADDRESS_SIZE, RETURN_ADDRESS_SIZE);
  return true;
}

function readsOf(plan: InstructionPlan): readonly MemoryAccess[] {
  if (plan.kind === 'leaves') return plan.reads;
  return plan.kind === 'call' && plan.target.kind === 'memory' ? plan.target.reads : [];
}

function touches({ address, size }: MemoryAccess, sample: AccessSample): boolean {
  return touchesRange(sample, offsetFromRange(address, sample), size);
}
