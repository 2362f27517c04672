import { describe, expect, test } from 'vitest';
import { Placement } from './placement.js';

/** A machine on which a hit takes so many ns, with the tracer free or beside the thread. */
function machine(cost: { readonly free: number; readonly pinned: number }): {
  placement: Placement;
  at(): number | null;
  hits(tid: number, count: number, cpu?: number): void;
} {
  let [now, cpu]: [number, number | null] = [0, null];
  const placement = new Placement({
    now: () => now,
    confine: (to) => {
      cpu = to;
    },
  });
  return {
    placement,
    at: () => cpu,
    hits: (tid, count, on = 1) => {
      for (let i = 0; i < count; i++) {
        now += cpu === null ? cost.free : cost.pinned;
        placement.note(tid, on);
      }
    },
  };
}

const WINDOW = 256;

describe('the tracing thread', () => {
  test('stays beside a hot thread where that is faster, and follows it', () => {
    const { at, hits } = machine({ free: 50_000, pinned: 10_000 });
    hits(7, WINDOW - 1);
    expect(at()).toBeNull();
    hits(7, 3 * WINDOW);
    expect(at()).toBe(1);
    hits(7, 10 * WINDOW, 0);
    expect(at()).toBe(0);
  });

  test('stays free where that is faster, but for a trial now and then', () => {
    const { at, hits } = machine({ free: 10_000, pinned: 50_000 });
    let beside = 0;
    for (let window = 0; window < 1000; window++) {
      hits(7, WINDOW);
      if (at() !== null) beside++;
    }
    expect(beside).toBeGreaterThan(5);
    expect(beside).toBeLessThan(40);
  });

  test('is free while several threads hit, and while hits are seldom', () => {
    const { at, hits } = machine({ free: 50_000, pinned: 10_000 });
    hits(7, 4 * WINDOW);
    expect(at()).toBe(1);
    for (let i = 0; i < WINDOW; i++) hits(7 + (i % 2), 1);
    expect(at()).toBeNull();
    const seldom = machine({ free: 1_000_000, pinned: 1_000 });
    seldom.hits(7, 10 * WINDOW);
    expect(seldom.at()).toBeNull();
  });

  test('goes back when the other way has become faster', () => {
    const cost = { free: 50_000, pinned: 10_000 };
    const { at, hits } = machine(cost);
    hits(7, 10 * WINDOW);
    expect(at()).toBe(1);
    cost.pinned = 90_000;
    hits(7, 10 * WINDOW);
    expect(at()).toBeNull();
  });
});
