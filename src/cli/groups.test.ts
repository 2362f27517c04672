import { expect, test } from 'vitest';
import { i64, madeHit, madePlace, madeWatch } from '../../test/cli/made-hit.js';
import { groupLines } from './commands/who.js';
import { Groups, groupMessage } from './groups.js';

const here = madePlace();
const there = madePlace({ function: 'reset', line: 20 });

function grouped(...hits: Parameters<typeof madeHit>[0][]): Groups {
  const groups = new Groups();
  for (const hit of hits) groups.add(madeHit(hit));
  return groups;
}

test('counts by place, most frequent first, with the first and the last known value', () => {
  const groups = grouped(
    { place: there, newBytes: i64(0n) },
    { place: here, newBytes: null },
    { place: here, newBytes: i64(1n) },
    { place: here, newBytes: i64(5n) },
    { place: here, newBytes: null },
  );
  expect(groups.sorted().map(groupMessage)).toEqual([
    { type: 'group', watch: 'counter', function: 'bump', file: '/src/hot.c', line: 12, kernel: false, count: 4, first: '1', last: '5' },
    { type: 'group', watch: 'counter', function: 'reset', file: '/src/hot.c', line: 20, kernel: false, count: 1, first: '0', last: '0' },
  ]);
});

test('one line of code is one place, whatever object says so; two watches, and the kernel, are kept apart', () => {
  const watch = madeWatch({ expression: 'other' });
  const groups = grouped({ place: here }, { place: madePlace() }, { place: here, watch }, { place: here, kernel: true });
  expect(groups.sorted().map(({ count, kernel, watch: { expression } }) => [expression, kernel, count])).toEqual([
    ['counter', false, 2],
    ['other', false, 1],
    ['counter', true, 1],
  ]);
});

test('without debug information, functions and addresses tell places apart', () => {
  const bare = { file: null, line: null };
  const groups = grouped(
    { place: madePlace({ ...bare, function: 'f' }) },
    { place: madePlace({ ...bare, function: 'f', offset: 9 }) },
    { place: madePlace({ ...bare, function: null }), ip: 1n },
    { place: madePlace({ ...bare, function: null }), ip: 2n },
  );
  expect(groups.sorted().map(({ count }) => count)).toEqual([2, 1, 1]);
});

test('values of a name that is of another type after an exec are not mixed up', () => {
  const int = madeWatch({ size: 4, type: { kind: 'signed', size: 4, name: 'int' } });
  const groups = grouped({ place: here }, { place: here, watch: int, newBytes: new Uint8Array([7, 0, 0, 0]) });
  expect(groups.sorted().map((group) => groupMessage(group).first)).toEqual(['42', 7]);
});

test('the table', () => {
  const groups = grouped({ place: here }, { place: here }, { place: there, newBytes: null }).sorted();
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
