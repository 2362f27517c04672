import { expect, test } from 'vitest';
import { i64, madeHit, madePlace, madeWatch } from '../../test/cli/made-hit.js';
import { Tally } from '../session/index.js';
import { groupLines } from './commands/who.js';
import { type Group, groupMessage, groupsOf } from './groups.js';

const here = madePlace();
const there = madePlace({ function: 'reset', line: 20 });

function grouped(...hits: Parameters<typeof madeHit>[0][]): Group[] {
  const tally = new Tally();
  for (const hit of hits) tally.add(madeHit(hit));
  return groupsOf(tally.rows());
}

test('counts by place, most frequent first, with the first and the last known value of any thread', () => {
  const groups = grouped(
    { place: there, newBytes: i64(0n) },
    { place: here, newBytes: null },
    { place: here, tid: 2, newBytes: i64(1n) },
    { place: here, newBytes: i64(5n) },
    { place: here, tid: 2, newBytes: null },
  );
  expect(groups.map((group) => groupMessage(group, null))).toEqual([
    { type: 'group', watch: 'counter', function: 'bump', file: '/src/hot.c', line: 12, kernel: false, count: 4, first: '1', last: '5' },
    { type: 'group', watch: 'counter', function: 'reset', file: '/src/hot.c', line: 20, kernel: false, count: 1, first: '0', last: '0' },
  ]);
});

test('one line of code is one place, whatever object says so; two watches, and the kernel, are kept apart', () => {
  const watch = madeWatch({ expression: 'other' });
  const groups = grouped({ place: here }, { place: madePlace(), tid: 2 }, { place: here, watch }, { place: here, kernel: true });
  expect(groups.map(({ count, kernel, watch: { expression } }) => [expression, kernel, count])).toEqual([
    ['counter', false, 2],
    ['other', false, 1],
    ['counter', true, 1],
  ]);
});

test('without debug information, functions and addresses tell places apart', () => {
  const bare = { file: null, line: null };
  const groups = grouped(
    { place: madePlace({ ...bare, function: 'f' }) },
    { place: madePlace({ ...bare, function: 'f', offset: 9 }), tid: 2 },
    { place: madePlace({ ...bare, function: null }), ip: 1n },
    { place: madePlace({ ...bare, function: null }), ip: 2n },
  );
  expect(groups.map(({ count }) => count)).toEqual([2, 1, 1]);
});

test('values of a name that is of another type after an exec are not mixed up', () => {
  const int = madeWatch({ size: 4, type: { kind: 'signed', size: 4, name: 'int' } });
  const groups = grouped({ place: here }, { place: here, watch: int, newBytes: new Uint8Array([7, 0, 0, 0]) });
  expect(groups.map((group) => groupMessage(group, null).first)).toEqual(['42', 7]);
});

test('the table', () => {
  const groups = grouped({ place: here }, { place: here }, { place: there, newBytes: null });
  expect(groupLines(groups, { watches: false, values: true })).toEqual([
    'COUNT  FIRST  LAST  PLACE',
    '    2     42    42  bump (hot.c:12)',
    '    1      ?     ?  reset (hot.c:20)',
  ]);
  expect(groupLines(groups.slice(0, 1), { watches: true, values: false })).toEqual([
    'WATCH    COUNT  PLACE',
    'counter      2  bump (hot.c:12)',
  ]);
});

test('call chains: each way is a group, and stands below its line', () => {
  const unknown = madePlace({ function: null, file: null, module: null });
  const main = madePlace({ function: 'main', line: 40 });
  const groups = grouped({ stack: [here, main, unknown] }, { stack: [here, there, main] }, { tid: 2, stack: [here, main, unknown] });
  expect(groupLines(groups, { watches: false, values: false })).toEqual([
    'COUNT  PLACE',
    '    2  bump (hot.c:12)',
    '       from main (hot.c:40)',
    '    1  bump (hot.c:12)',
    '       from reset (hot.c:20)',
    '       from main (hot.c:40)',
  ]);
  expect(groups.map((group) => groupMessage(group, null).stack)).toEqual([
    ['bump (hot.c:12)', 'main (hot.c:40)', '?'],
    ['bump (hot.c:12)', 'reset (hot.c:20)', 'main (hot.c:40)'],
  ]);
});

test('what was sampled is an estimate, and said to be one', () => {
  const tally = new Tally();
  tally.add(madeHit(), { weight: 1234.56 });
  tally.add(madeHit({ place: there }));
  const groups = groupsOf(tally.rows());
  const sampling = { watched: 0.0213579 };
  expect(groupLines(groups, { watches: false, values: false }, sampling)).toEqual([
    ' COUNT  PLACE',
    '~1,235  bump (hot.c:12)  (sampled: watched 2.1 % of the time)',
    '     1  reset (hot.c:20)',
  ]);
  expect(groups.map((group) => groupMessage(group, sampling))).toMatchObject([
    { count: 1, estimate: 1235, watched: 0.02136 },
    { count: 1 },
  ]);
  expect(groupMessage(groups[1] as Group, sampling)).not.toHaveProperty('estimate');
});
