import { describe, expect, test } from 'vitest';
import { i64, madeHit, madePlace, madeWatch } from '../../test/cli/made-hit.js';
import { Tally, type TallyRow } from './tally.js';

const here = madePlace();
const there = madePlace({ function: 'reset', line: 20 });

function tallied(...hits: Parameters<typeof madeHit>[0][]): Tally {
  const tally = new Tally();
  for (const hit of hits) tally.add(madeHit(hit));
  return tally;
}

const told = ({ tid, place, count, kernel }: TallyRow) => `${tid} ${place.function} ${count}${kernel ? ' kernel' : ''}`;

describe('a row', () => {
  test('is what one thread does at one place, with the first and the last known value', () => {
    const tally = tallied(
      { place: here, newBytes: null },
      { place: here, newBytes: i64(1n) },
      { place: there, newBytes: i64(7n) },
      { place: here, tid: 9, newBytes: i64(3n) },
      { place: here, newBytes: i64(5n) },
      { place: here, newBytes: null },
    );
    expect(tally.rows().map(told)).toEqual(['4712 bump 4', '4712 reset 1', '9 bump 1']);
    expect(tally.rows().map(({ first, last }) => [first, last])).toEqual([
      [i64(1n), i64(5n)],
      [i64(7n), i64(7n)],
      [i64(3n), i64(3n)],
    ]);
    expect(tally.count).toBe(6);
  });

  test('says in which order values came', () => {
    const [a, b] = tallied({ tid: 1 }, { tid: 2 }, { tid: 1 }).rows();
    expect(a?.firstAt).toBeLessThan(b?.firstAt ?? 0);
    expect(a?.lastAt).toBeGreaterThan(b?.lastAt ?? 0);
  });

  test('is one line of code, whatever object says so; watches, processes and the kernel are kept apart', () => {
    const watch = madeWatch({ expression: 'other' });
    const again = { ...madeWatch() };
    const tally = tallied({}, { place: madePlace() }, { watch: again }, { watch }, { kernel: true }, { pid: 1 });
    expect(tally.rows().map(({ count }) => count)).toEqual([3, 1, 1, 1]);
  });

  test('is of one type: after an exec a name may be of another', () => {
    const int = madeWatch({ size: 4, type: { kind: 'signed', size: 4, name: 'int' } });
    expect(tallied({}, { watch: int }).rows()).toHaveLength(2);
  });

  test('is one way there, where call chains are asked for', () => {
    const caller = madePlace({ function: 'main', line: 3 });
    const tally = tallied(
      { stack: [here, caller] },
      { stack: [madePlace(), madePlace({ function: 'main', line: 3 })] },
      { stack: [here, madePlace({ function: 'main', line: 4 })] },
    );
    expect(tally.rows().map(({ count, stack }) => [count, stack?.[1]?.line])).toEqual([
      [2, 3],
      [1, 4],
    ]);
  });

  test('has the name that its thread had last', () => {
    expect(tallied({ comm: 'sh' }, { comm: 'worker' }, { comm: null }).rows()[0]?.comm).toBe('worker');
  });
});

describe('places without debug information', () => {
  const bare = { file: null, line: null };

  test('are told apart by function, and by address', () => {
    const tally = tallied(
      { place: madePlace({ ...bare, function: 'f' }) },
      { place: madePlace({ ...bare, function: 'f', offset: 9 }) },
      { place: madePlace({ ...bare, function: null }), ip: 1n },
      { place: madePlace({ ...bare, function: null }), ip: 2n },
    );
    expect(tally.rows().map(({ count }) => count)).toEqual([2, 1, 1]);
  });
});

describe('sampled windows', () => {
  test('weigh what was counted in them; the rest counts as it is', () => {
    const tally = new Tally();
    const window = { weight: 5 };
    tally.add(madeHit());
    tally.add(madeHit(), { weight: 10 });
    tally.add(madeHit(), window);
    tally.add(madeHit(), window);
    // What its window weighs is known when that is over.
    window.weight = 4;
    expect(tally.rows()[0]).toMatchObject({ count: 4, estimate: 1 + 10 + 2 * 4 });
    expect(tally.sampledByThread()).toEqual(new Map([[4712, 18]]));
    expect(tally.rows((tid) => (tid === 4712 ? 2 : 1))[0]?.estimate).toBe(1 + 2 * 18);
  });

  test('without any, the estimate is the count', () => {
    expect(tallied({}, {}, {}).rows(() => 7)[0]).toMatchObject({ count: 3, estimate: 3 });
  });
});
