import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../../test/helpers/random-numbers.js';
import { SamplingPlan, type WindowPlan } from './sampling-plan.js';
import { RowSum } from './tally-sum.js';

const watchedTime = ({ parts }: WindowPlan): number => parts.reduce((sum, { from, until }) => sum + until - from, 0);

/** What sampling makes of accesses at these times (ms, ascending). */
function sample(times: readonly number[], rate: number, seed: number): { estimate: number; counted: number } {
  const plan = new SamplingPlan(rate, randomNumbers(seed));
  const sum = new RowSum();
  let at = 0;
  let start = 0;
  while (at < times.length) {
    const window = plan.next();
    let counted = 0;
    for (; at < times.length && (times[at] ?? 0) < start + window.length; at++) {
      const when = (times[at] ?? 0) - start;
      if (window.parts.some(({ from, until }) => when >= from && when < until)) counted++;
    }
    const weight = window.length / watchedTime(window);
    sum.add(counted, window.share === 1 ? null : { weight });
    plan.observe({ length: window.length, watched: watchedTime(window), counted });
    start += window.length;
  }
  return { estimate: sum.exact + sum.sampled, counted: sum.count };
}

/** Accesses of five seconds. */
const LENGTH = 5000;

const STREAMS: Readonly<Record<string, (random: () => number) => number[]>> = {
  'at random (Poisson), 40 a ms': (random) => {
    const times: number[] = [];
    for (let at = 0; at < LENGTH; at += -Math.log(1 - random()) / 40) times.push(at);
    return times;
  },
  'in bursts: 30 ms of 100 a ms, then 170 ms of nothing': () => {
    const times: number[] = [];
    for (let burst = 0; burst < LENGTH; burst += 200) for (let i = 0; i < 3000; i++) times.push(burst + i / 100);
    return times;
  },
  'by the clock: 50 at once each ms': () => Array.from({ length: LENGTH * 50 }, (_, i) => Math.floor(i / 50)),
  'by a clock of the length of a window': () => Array.from({ length: (LENGTH / 8) * 400 }, (_, i) => Math.floor(i / 400) * 8),
  'rising from nothing to 80 a ms': () => Array.from({ length: 200_000 }, (_, i) => LENGTH * Math.sqrt(i / 200_000)),
};

describe('the estimate', () => {
  const SEED = 20070222;
  const RUNS = 300;

  test.each(Object.entries(STREAMS))('is right in the mean for accesses %s', (_, stream) => {
    const times = stream(randomNumbers(SEED));
    const estimates = Array.from({ length: RUNS }, (__, run) => sample(times, 5000, SEED + run).estimate);
    const mean = estimates.reduce((sum, one) => sum + one, 0) / RUNS;
    const deviation = Math.sqrt(estimates.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (RUNS - 1));
    // Four standard errors: one honest stream in 16,000 would fail, and the seeds are fixed.
    expect(Math.abs(mean - times.length)).toBeLessThan((4 * deviation) / Math.sqrt(RUNS) + 1e-6);
    expect(deviation / times.length).toBeLessThan(0.5);
  });

  test('is the count itself for what is not too hot', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 60 }), fc.integer(), (list, seed) => {
        const times = list.sort((a, b) => a - b);
        expect(sample(times, 2_000_000, seed)).toEqual({ estimate: times.length, counted: times.length });
      }),
      { seed: SEED },
    );
  });

  test('comes of about as many accesses as were asked for', () => {
    const times = Array.from({ length: LENGTH * 100 }, (_, i) => i / 100);
    for (const rate of [500, 5000, 20_000]) {
      const aSecond = sample(times, rate, SEED).counted / (LENGTH / 1000);
      // The first window is watched throughout: 4,000 accesses in five seconds.
      expect(aSecond).toBeGreaterThan(rate * 0.7);
      expect(aSecond).toBeLessThan(rate * 1.3 + 1000);
    }
  });
});

describe('a window', () => {
  test('watches each of its moments with the same probability', () => {
    const plan = new SamplingPlan(1000, randomNumbers(7));
    plan.observe({ length: 40, watched: 40, counted: 400 });
    const hits = new Array<number>(20).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const { length, parts } = plan.next();
      for (const [at] of hits.entries()) {
        const moment = ((at + 0.5) / hits.length) * length;
        if (parts.some(({ from, until }) => moment >= from && moment < until)) hits[at] = (hits[at] ?? 0) + 1;
      }
    }
    const { share } = plan.next();
    expect(share).toBeCloseTo(0.1);
    for (const count of hits) expect(count / 20_000).toBeCloseTo(share, 1.8);
  });

  test('lies in order within its length, whatever was seen before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 1_000_000 }), fc.integer({ min: 0, max: 100_000 }), fc.integer(), (rate, counted, seed) => {
        const plan = new SamplingPlan(rate, randomNumbers(seed));
        plan.observe({ length: 40, watched: 40, counted });
        const window = plan.next();
        const ends = window.parts.flatMap(({ from, until }) => [from, until]);
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
        expect(ends[0]).toBeGreaterThanOrEqual(0);
        expect(ends.at(-1)).toBeLessThanOrEqual(window.length);
        expect(watchedTime(window) / window.length).toBeCloseTo(window.share);
        expect(window.length).toBeLessThanOrEqual(500);
      }),
      { seed: 20070222 },
    );
  });
});
