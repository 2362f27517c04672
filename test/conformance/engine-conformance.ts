// What every engine that watches live processes must do: one suite, run against each of them.
import type { Engine } from '../../src/engines/contract.js';
import { describeWith, type Requirement } from '../helpers/requirement.js';
import { accessConformance } from './accesses.js';
import { churnConformance } from './churn.js';
import { countConformance } from './counts.js';
import { execConformance } from './exec.js';
import { moveConformance } from './moves.js';
import { slotConformance } from './slots.js';
import { threadConformance } from './threads.js';

/** Registers the suite for one engine. `needs`: what the machine must have for it. */
export function engineConformance(needs: readonly Requirement[], name: string, makeEngine: () => Engine): void {
  describeWith(['gcc', ...needs], `${name} keeps the engine contract`, () => {
    const engine = makeEngine();
    threadConformance(engine);
    countConformance(engine);
    accessConformance(engine);
    execConformance(engine);
    slotConformance(engine);
    moveConformance(engine);
    churnConformance(engine);
  });
}
