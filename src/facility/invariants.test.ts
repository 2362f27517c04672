import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bench, kernel, thread } from '../../test/facility/bench.js';
import { installedByR342 } from '../../test/facility/reference.js';
import { play, script } from '../../test/facility/script.js';

const SEED = 20070222;

describe('any life of a facility', () => {
  // World checks every effect as it is issued, and at every rest compares with the reference.
  test('keeps what it promises, whatever is late or fails', { timeout: 60_000 }, () => {
    let evictions = 0;
    let refusals = 0;
    fc.assert(
      fc.property(script, (acts) => {
        const world = play(acts);
        evictions += world.evictions;
        refusals += world.refusals;
      }),
      { seed: SEED, numRuns: 500 },
    );
    // The lives were not idle.
    expect(evictions).toBeGreaterThan(100);
    expect(refusals).toBeGreaterThan(100);
  });

  test('R-342 word for word, for requests of one piece', () => {
    const wish = fc.record({ tid: fc.nat(3), priority: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 16 }), (wishes) => {
        const bench = new Bench();
        for (const [at, { tid, priority }] of wishes.entries())
          bench.request(tid === 0 ? kernel(at + 1, { priority }) : thread(at + 1, tid, { priority }));
        expect(bench.installed()).toEqual(installedByR342(bench.state.requests));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});
