// Every fact about debug registers under ptrace that a simulation can be asked for, on the simulated machine under today's Linux's rules.
import { describe, test } from 'vitest';
import { PTRACE_CASES } from './all-cases.js';
import { SimulatedSubject } from './simulated/subject.js';

describe('the simulated machine', () => {
  for (const fact of PTRACE_CASES.filter(({ liveOnly }) => liveOnly === undefined))
    test(fact.title, () => fact.check(SimulatedSubject.start()));
});
