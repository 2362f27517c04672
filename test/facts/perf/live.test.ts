// The facts about breakpoint events that the simulated machine must reproduce, put to the running kernel.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, test } from 'vitest';
import { buildFixture } from '../../helpers/build-fixture.js';
import { describeWith } from '../../helpers/requirement.js';
import { COUNT_CASES, SLOT_CASES } from './all-cases.js';
import { LiveCounts } from './live-counts.js';
import { LiveSlots } from './live-slots.js';
import { Refused } from './request.js';

const ATTEMPTS = 6;
const PAUSE_MS = 100;

/**
 * Does `check`, which takes a fresh subject of the running kernel each time. Others on this machine may hold slots of its CPUs while a case
 * needs them, and what ended a moment ago may not have given its slots back yet (N-9): what is refused for want of a slot is tried again, a
 * few times.
 */
async function withPatience(check: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof Refused && error.errno === 'ENOSPC')) throw error;
      await sleep(PAUSE_MS * attempt);
    }
  }
}

describeWith(['perf', 'ptrace', 'privileged', 'two-cpus', 'gcc'], 'slots of the running kernel', () => {
  let opener = '';
  beforeAll(async () => {
    opener = await buildFixture('perf-open-as');
  });

  test.each(SLOT_CASES.map((fact) => [fact.title, fact] as const))('%s', async (_, fact) => {
    await withPatience(async () => {
      using slots = new LiveSlots(opener);
      await fact.check(slots);
    });
  });
});

describeWith(['perf', 'ptrace', 'privileged', 'gcc'], 'counts of the running kernel', () => {
  test.each(COUNT_CASES.map((fact) => [fact.title, fact] as const))('%s', async (_, fact) => {
    await withPatience(async () => {
      await using counts = await LiveCounts.start();
      await fact.check(counts);
    });
  });
});
