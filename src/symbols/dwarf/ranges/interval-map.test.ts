import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IntervalMap } from './interval-map.js';

const interval = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 30 }));

function mapOf(intervals: readonly (readonly [low: number, length: number])[]): IntervalMap {
  const map = new IntervalMap();
  intervals.forEach(([low, length], i) => {
    map.add(low, low + length, i);
  });
  map.seal();
  return map;
}

/** All values at an address, as repeated look-ups give them. */
function valuesAt(map: IntervalMap, address: number): number[] {
  const values: number[] = [];
  for (let i = map.find(address); i >= 0; i = map.find(address, i)) values.push(map.value(i));
  return values;
}

test('finds exactly the ranges that contain an address', () => {
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 20 }), fc.integer({ min: 0, max: 100 }), (intervals, address) => {
      const expected = intervals.flatMap(([low, length], i) => (low <= address && address < low + length ? [i] : []));
      expect(valuesAt(mapOf(intervals), address).sort((a, b) => a - b)).toEqual(expected);
    }),
    { seed: 20070222 },
  );
});

test('gives nested ranges from the inside out', () => {
  const map = mapOf([
    [10, 90],
    [20, 10],
    [20, 40],
    [95, 5],
  ]);
  expect(valuesAt(map, 25)).toEqual([1, 2, 0]);
  expect(valuesAt(map, 94)).toEqual([0]);
  expect(valuesAt(map, 100)).toEqual([]);
});
