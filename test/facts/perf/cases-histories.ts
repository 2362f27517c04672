// Slot accounting after any history: many random ones, each compared step by step with the rule of R-562.
import fc from 'fast-check';
import type { Case } from './case.js';
import { Refused } from './request.js';
import { anyStep, compareHistory } from './slot-history.js';
import type { SlotSubject } from './subject.js';

const SEED = 20070222;
/** Small batches: what a stranger disturbs is tried again as a whole. */
const BATCHES = 8;
const RUNS = 25;
const LONGEST = 40;

function compareMany(subject: SlotSubject, seed: number): void {
  const histories = fc.array(anyStep, { minLength: 1, maxLength: LONGEST });
  const property = fc.property(histories, (steps) => compareHistory(subject, steps));
  const result = fc.check(property, { seed, numRuns: RUNS });
  if (!result.failed) return;
  const { errorInstance } = result;
  throw errorInstance instanceof Refused ? errorInstance : new Error(fc.defaultReportMessage(result), { cause: errorInstance });
}

/** R-562 and what follows from it, over histories. */
export const HISTORY_CASES: readonly Case<SlotSubject>[] = Array.from({ length: BATCHES }, (_, batch) => ({
  title: `R-562 R-564 R-567 R-594 ${RUNS} random histories of events, tracers and ends of tasks keep to the rule, seed ${SEED + batch}`,
  check: (subject) => compareMany(subject, SEED + batch),
}));
