// Whatever threads do to a variable on two CPUs: a value that is shown is the true one, and nothing is called unseen that was reported.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, MadeWatch, MICROSECOND, MILLISECOND, START } from '../../test/session/made-hits.js';
import { type MadeRun, run, type Step } from '../../test/session/made-machine.js';
import type { HitRecord } from './hit-record.js';
import { isOpenAt } from './outbox.js';
import { RACE_WINDOW } from './race.js';

const OPTIONS = { seed: 20070222, numRuns: 1500 };
/** How long a round may take: while hits come and while they do not. */
const round = fc.constantFrom(MILLISECOND, 5 * MILLISECOND);

const VISIBLE = ['store8', 'store4', 'store1', 'add8', 'exchange8', 'vector8'] as const;

/** Pauses of a busy loop, of something that happens now and then, and of long quiet. */
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 100 * MICROSECOND }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 8 * MILLISECOND }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 120 * MILLISECOND }) },
);
/** What was measured, and the longest that the race window allows for. */
const delay = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 3 * MICROSECOND, max: 5 * MICROSECOND }) },
  { weight: 1, arbitrary: fc.integer({ min: 3 * MICROSECOND, max: RACE_WINDOW - 1 }) },
);

function steps(kinds: readonly Step['by'][]): fc.Arbitrary<Step[]> {
  const step = fc.record({
    thread: fc.constantFrom(0, 1, 2),
    by: fc.constantFrom(...kinds),
    at: fc.constantFrom(0, 4),
    // Few values, so that stores often change nothing and late reports look like hidden changes.
    operand: fc.bigInt({ min: -2n, max: 3n }),
    pause,
    delay,
  }) as fc.Arbitrary<Step>;
  return fc
    .array(step, { minLength: 1, maxLength: 24 })
    .map((list) => list.map((one) => ({ ...one, at: one.by.endsWith('8') ? 0 : one.at })));
}

interface Shown {
  readonly hits: readonly HitRecord[];
  readonly unseen: number;
}

/** Runs a pipeline as a collector would: a round now and then, hits handed on as soon as that is allowed. */
function observe(made: MadeRun, knownStart: boolean, roundTime: number): Shown {
  const watch = new MadeWatch({ start: knownStart ? bytesOf(0n, 8) : null });
  const pending = made.hits.map(({ hit }) => hit);
  const end = (pending.at(-1)?.time ?? 0) + 200 * MILLISECOND;
  const shown: HitRecord[] = [];
  let unseen = 0;
  let horizon = 0;
  const take = (limit: number) => {
    for (const item of watch.outbox.take(isOpenAt(START + limit))) {
      if (item.kind === 'hit') shown.push(item);
      else unseen++;
    }
  };
  for (let time = roundTime; time <= end; time += roundTime) {
    while ((pending[0]?.time ?? Number.POSITIVE_INFINITY) <= horizon) watch.hits(...pending.splice(0, 1));
    watch.memory.set(1, bytesOf(made.memoryAt(time), 8));
    watch.round(horizon, time);
    take(horizon - RACE_WINDOW);
    horizon = time;
  }
  watch.pipeline.finish(Number.POSITIVE_INFINITY);
  take(Number.POSITIVE_INFINITY);
  return { hits: shown, unseen };
}

function value(bytes: Uint8Array | null): bigint | null {
  return bytes === null
    ? null
    : BigInt.asIntN(
        64,
        bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n),
      );
}

describe('where every change is a hit', () => {
  test('each value shown is true, and nothing was unseen', () => {
    const seen = { olds: 0, news: 0, hits: 0 };
    fc.assert(
      fc.property(steps(VISIBLE), fc.boolean(), round, (list, knownStart, roundTime) => {
        const made = run(list);
        const { hits, unseen } = observe(made, knownStart, roundTime);
        expect(hits).toHaveLength(made.hits.length);
        for (const [i, { before, after }] of made.hits.entries()) {
          const [old, now] = [value(hits[i]?.oldBytes ?? null), value(hits[i]?.newBytes ?? null)];
          expect([before, null]).toContain(old);
          expect([after, null]).toContain(now);
          seen.hits++;
          if (old !== null) seen.olds++;
          if (now !== null) seen.news++;
        }
        expect(unseen).toBe(0);
      }),
      OPTIONS,
    );
    // And most of them are shown, though two CPUs are at it.
    expect(seen.olds / seen.hits).toBeGreaterThan(0.5);
    expect(seen.news / seen.hits).toBeGreaterThan(0.5);
  });

  test('with one thread, every value is shown that registers, sums or the next hit can tell', () => {
    fc.assert(
      fc.property(steps(['store8', 'store4', 'store1', 'add8', 'exchange8']), round, (list, roundTime) => {
        const made = run(list.map((step) => ({ ...step, thread: 0 as const })));
        const { hits } = observe(made, true, roundTime);
        for (const [i, { before, after, hit }] of made.hits.entries()) {
          const next = made.hits[i + 1]?.hit.by;
          if (hit.by === 'exchange8' && next !== 'exchange8') break;
          expect([value(hits[i]?.oldBytes ?? null), value(hits[i]?.newBytes ?? null)]).toEqual([before, after]);
        }
      }),
      OPTIONS,
    );
  });
});

describe('where changes are hidden', () => {
  test('what registers show is true, what was there before is what was there or what was last seen, and none is invented', () => {
    let told = 0;
    fc.assert(
      fc.property(steps([...VISIBLE, 'hidden', 'hidden', 'hidden']), round, (list, roundTime) => {
        const made = run(list);
        const { hits, unseen } = observe(made, true, roundTime);
        expect(unseen).toBeLessThanOrEqual(made.hidden);
        told += unseen;
        for (const [i, { after, hit }] of made.hits.entries()) {
          const shown = hits[i];
          if (hit.by === 'store8') expect(value(shown?.newBytes ?? null)).toBe(after);
          if (hit.by === 'exchange8' && shown?.oldBytes != null) expect(value(shown.oldBytes)).toBe(made.hits[i]?.before);
        }
      }),
      OPTIONS,
    );
    expect(told).toBeGreaterThan(500);
  });
});
