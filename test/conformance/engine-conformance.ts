// What every engine must do: one table of cases (cases.json), put to each engine in a world of its own. What an engine cannot do is skipped,
// with the reason in the title.
import { describe, expect, test } from 'vitest';
import { describeWith, type Requirement } from '../helpers/requirement.js';
import { ACCESS_CASES } from './accesses.js';
import { CHURN_CASES } from './churn.js';
import { COUNT_CASES } from './counts.js';
import { EXEC_CASES } from './exec.js';
import { HANDLING_CASES } from './handling.js';
import { MOVE_CASES } from './moves.js';
import { SLOT_CASES } from './slots.js';
import { cannot, type Group, TABLE } from './table.js';
import { THREAD_CASES } from './threads.js';
import type { ConformanceWorld } from './world.js';

/** What cases do, by title. */
export type CaseBodies = Readonly<Record<string, (world: ConformanceWorld) => Promise<void>>>;

const BODIES: Readonly<Record<string, CaseBodies>> = {
  threads: THREAD_CASES,
  counts: COUNT_CASES,
  accesses: ACCESS_CASES,
  exec: EXEC_CASES,
  slots: SLOT_CASES,
  moving: MOVE_CASES,
  'what is done with hits': HANDLING_CASES,
  'threads born while arming': CHURN_CASES,
};

/** Registers the suite for one engine. `needs`: what the machine must have for it. */
export function engineConformance(needs: readonly Requirement[], world: ConformanceWorld): void {
  describeWith(needs, `${world.capabilities.name} keeps the engine contract`, () => {
    test('the table has all cases, and no others', () => {
      const titles = Object.fromEntries(TABLE.groups.map(({ name, cases }) => [name, cases.map(({ title }) => title)]));
      expect(titles).toEqual(Object.fromEntries(Object.entries(BODIES).map(([name, bodies]) => [name, Object.keys(bodies)])));
    });
    for (const group of TABLE.groups) describe(group.name, () => putThrough(world, group));
  });
}

function putThrough(world: ConformanceWorld, { name, cases }: Group): void {
  for (const one of cases) {
    const body = BODIES[name]?.[one.title];
    if (body === undefined) continue;
    const reason = cannot(world.capabilities, one);
    if (reason === null) test(one.title, () => body(world));
    else test.skip(`${one.title} [cannot: ${reason}]`, () => undefined);
  }
}
