// All facts about breakpoint events, by the kind of subject they are put to:
//
//   for (const fact of SLOT_CASES) test(fact.title, () => fact.check(new SimulatedSlots()));
import type { Case } from './case.js';
import { COUNTING_CASES } from './cases-count.js';
import { EXEC_CASES } from './cases-exec.js';
import { HISTORY_CASES } from './cases-histories.js';
import { INHERIT_CASES } from './cases-inherit.js';
import { MODIFY_CASES } from './cases-modify.js';
import { SIGNAL_CASES } from './cases-signals.js';
import { SLOT_RULE_CASES } from './cases-slot-rules.js';
import { ACCOUNTING_CASES } from './cases-slots.js';
import { VALIDATION_CASES } from './cases-validation.js';
import type { CountSubject, SlotSubject } from './subject.js';

/** Of a machine's slots, and of what may be asked of it. */
export const SLOT_CASES: readonly Case<SlotSubject>[] = [
  ...ACCOUNTING_CASES,
  ...SLOT_RULE_CASES,
  ...VALIDATION_CASES,
  ...MODIFY_CASES,
  ...HISTORY_CASES,
];

/** Of a program whose accesses are counted. */
export const COUNT_CASES: readonly Case<CountSubject>[] = [...COUNTING_CASES, ...SIGNAL_CASES, ...INHERIT_CASES, ...EXEC_CASES];
