import { expect, test } from 'vitest';
import { madeHit, madePlace, madeWatch } from '../../../test/cli/made-hit.js';
import { Tally, type TallyRow } from '../../session/index.js';
import { countLines, countMessage, countsOf } from './stat.js';

function rows(...hits: Parameters<typeof madeHit>[0][]): TallyRow[] {
  const tally = new Tally();
  for (const hit of hits) tally.add(madeHit(hit));
  return tally.rows();
}

const there = madePlace({ line: 20 });
const HITS = rows({}, { place: there }, { pid: 5000, tid: 5000, comm: 'child' }, { tid: 4713, comm: 'worker' }, {});

test('a line for each watch, also for one that nobody touched', () => {
  const counts = countsOf(HITS, ['counter', 'other'], false);
  expect(counts.map((count) => countMessage(count, null))).toEqual([
    { type: 'count', watch: 'counter', count: 5, threads: 3 },
    { type: 'count', watch: 'other', count: 0, threads: 0 },
  ]);
  expect(countLines(counts, null)).toEqual(['COUNT  THREADS  WATCH', '    5        3  counter', '    0        0  other']);
});

test('a line for each thread, the busiest first', () => {
  const counts = countsOf([...HITS, ...rows({ watch: madeWatch({ expression: 'more' }) })], ['counter', 'more', 'other'], true);
  expect(counts.map((count) => countMessage(count, null))).toEqual([
    { type: 'count', watch: 'counter', count: 3, threads: 1, pid: 4711, tid: 4712, comm: 'hot' },
    { type: 'count', watch: 'counter', count: 1, threads: 1, pid: 5000, tid: 5000, comm: 'child' },
    { type: 'count', watch: 'counter', count: 1, threads: 1, pid: 4711, tid: 4713, comm: 'worker' },
    { type: 'count', watch: 'more', count: 1, threads: 1, pid: 4711, tid: 4712, comm: 'hot' },
    { type: 'count', watch: 'other', count: 0, threads: 0, pid: null, tid: null, comm: null },
  ]);
  expect(countLines(counts, null)).toEqual([
    ' PID   TID  COMM    COUNT  WATCH',
    '4711  4712  hot         3  counter',
    '5000  5000  child       1  counter',
    '4711  4713  worker      1  counter',
    '4711  4712  hot         1  more',
    '   -     -  -           0  other',
  ]);
});

test('what was sampled is an estimate, and said to be one', () => {
  const tally = new Tally();
  tally.add(madeHit());
  tally.add(madeHit(), { weight: 1_234_566 });
  const sampling = { watched: 0.0213 };
  const counts = countsOf(tally.rows(), ['counter'], false);
  expect(countLines(counts, sampling)[1]).toBe('~1,234,567        1  counter  (sampled: watched 2.1 % of the time)');
  expect(counts.map((count) => countMessage(count, sampling))).toEqual([
    { type: 'count', watch: 'counter', count: 2, threads: 1, estimate: 1_234_567, watched: 0.0213 },
  ]);
});
