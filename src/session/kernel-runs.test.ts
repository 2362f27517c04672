import { describe, expect, test } from 'vitest';
import { kernelHit, MadeWatch, MICROSECOND, MILLISECOND, START } from '../../test/session/made-hits.js';
import { HitRecord } from './hit-record.js';
import { KernelRuns } from './kernel-runs.js';

const us = (count: number) => count * MICROSECOND;
const PLACE = { function: 'copy', file: null, line: null, module: '[kernel]', offset: 0 };
const { info } = new MadeWatch();

/** A run that has begun at time 0 with a step at offset 0. */
function begun(): { readonly runs: KernelRuns; readonly hit: HitRecord } {
  const raw = kernelHit({ time: 0 });
  const hit = new HitRecord(info, raw, PLACE, null);
  const runs = new KernelRuns();
  runs.begin(raw, START, hit);
  return { runs, hit };
}

function goesOn(runs: KernelRuns, hit: Parameters<typeof kernelHit>[0]): boolean {
  return runs.continued(kernelHit(hit), START + hit.time) !== null;
}

describe('a copy goes on', () => {
  test('upwards in memory, and is counted in its first hit', () => {
    const { runs, hit } = begun();
    expect(goesOn(runs, { time: us(20), at: 1 })).toBe(true);
    expect(goesOn(runs, { time: us(40), at: 2 })).toBe(true);
    expect(hit.repeat).toBe(3);
  });

  test('at the same place with a later instruction of an unrolled loop', () => {
    const { runs } = begun();
    expect(goesOn(runs, { time: us(20), step: 8 })).toBe(true);
    expect(goesOn(runs, { time: us(40), step: 4 })).toBe(false);
  });

  test('after a pause of up to 3 ms from step to step', () => {
    const { runs } = begun();
    expect(goesOn(runs, { time: 3 * MILLISECOND, at: 1 })).toBe(true);
    expect(goesOn(runs, { time: 6 * MILLISECOND, at: 2 })).toBe(true);
    expect(goesOn(runs, { time: 9 * MILLISECOND + 1, at: 3 })).toBe(false);
  });
});

describe('another one begins', () => {
  test.each([
    ['lower in memory or at the same place', { at: 0 }],
    ['at another depth of the stack', { at: 1, stack: 0xffff_c900_0020_0000n }],
    ['in another thread', { at: 1, tid: 2 }],
  ])('%s', (_, hit) => {
    expect(goesOn(begun().runs, { time: us(20), ...hit })).toBe(false);
  });

  test('once the thread has done something else', () => {
    const { runs } = begun();
    runs.end(7);
    expect(goesOn(runs, { time: us(20), at: 1 })).toBe(true);
    runs.end(1);
    expect(goesOn(runs, { time: us(40), at: 2 })).toBe(false);
  });

  test('once its hit was handed on', () => {
    const { runs, hit } = begun();
    hit.closed = true;
    expect(goesOn(runs, { time: us(20), at: 1 })).toBe(false);
    expect(hit.repeat).toBe(1);
  });
});

test('the hit is open as long as the copy may go on', () => {
  const { runs, hit } = begun();
  expect(hit.settledAfter).toBe(3 * MILLISECOND);
  goesOn(runs, { time: us(20), at: 1 });
  expect(hit.settledAfter).toBe(3 * MILLISECOND + us(20));
});
