import { describe, expect, test } from 'vitest';
import { Bench, thread } from '../../test/facility/bench.js';
import { HitRoutes } from './hit-routes.js';

/** Two requests for the same bytes, and the table that follows them. */
function shared(): { bench: Bench; routes: HitRoutes; follow: () => number } {
  const bench = new Bench();
  const routes = new HitRoutes();
  const follow = (): number => {
    routes.follow(bench.state);
    return routes.version;
  };
  bench.request(thread(1, 7, { at: 0x1000 }));
  bench.request(thread(2, 7, { at: 0x1000 }));
  follow();
  return { bench, routes, follow };
}

describe('hits that are under way', () => {
  test('go to all who share the piece', () => {
    const { routes } = shared();
    expect(routes.of(1)).toEqual([1, 2]);
    expect(routes.of(2)).toEqual([]);
  });

  test('go to who has left a piece that others keep, until that is drained', () => {
    const { bench, routes, follow } = shared();
    bench.withdraw(1);
    const version = follow();
    expect(routes.of(1)).toEqual([2, 1]);
    routes.drained(version - 1);
    expect(routes.of(1)).toEqual([2, 1]);
    routes.drained(version);
    expect(routes.of(1)).toEqual([2]);
  });

  test('go to the last user of a piece that is no more, until that is drained', () => {
    const { bench, routes, follow } = shared();
    bench.withdraw(1);
    const first = follow();
    bench.withdraw(2);
    const second = follow();
    expect(routes.of(1)).toEqual([2, 1]);
    routes.drained(first);
    expect(routes.of(1)).toEqual([2]);
    routes.drained(second);
    expect(routes.of(1)).toEqual([]);
  });

  test('go to who has come back to the piece before its drain, and stay with it after', () => {
    const { bench, routes, follow } = shared();
    bench.change(1, 0x2000);
    const left = follow();
    bench.change(1, 0x1000);
    follow();
    expect([...routes.of(1)].sort()).toEqual([1, 2]);
    routes.drained(left);
    expect([...routes.of(1)].sort()).toEqual([1, 2]);
  });
});
