// The facts about breakpoint events that a simulation can be asked for, put to the simulated machine under today's Linux's rules.
import { describe, test } from 'vitest';
import { COUNT_CASES, SLOT_CASES } from './all-cases.js';
import { SimulatedCounts } from './simulated-counts.js';
import { SimulatedSlots } from './simulated-slots.js';

describe('slots of the simulated machine', () => {
  for (const fact of SLOT_CASES.filter(({ liveOnly }) => liveOnly === undefined)) {
    test(fact.title, async () => {
      using slots = new SimulatedSlots();
      await fact.check(slots);
    });
  }
});

describe('counts of the simulated machine', () => {
  for (const fact of COUNT_CASES.filter(({ liveOnly }) => liveOnly === undefined)) {
    test(fact.title, async () => {
      await using counts = new SimulatedCounts();
      await fact.check(counts);
    });
  }
});
