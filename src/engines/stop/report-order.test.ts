import { describe, expect, test } from 'vitest';
import { ReportOrder } from './report-order.js';
import { REPORT } from './reports.js';

/** A report of `type` at `time`, as far as the order looks at it; its second word tells which. */
function add(order: ReportOrder, type: number, time: number, tag: number): void {
  const words = new Uint32Array(10);
  words[0] = (words.length << 8) | type;
  words[1] = tag;
  words[type === REPORT.hit ? 5 : 3] = time;
  order.add(type, words, 0);
}

function taken(order: ReportOrder, horizon: number): number[] {
  const tags: number[] = [];
  order.take(horizon, ({ words }) => tags.push(words[1] ?? -1));
  return tags;
}

describe('reports of several threads', () => {
  test('come in order of time, as far as nothing older can come', () => {
    const order = new ReportOrder();
    for (const [tag, time] of [30, 10, 50, 20].entries()) add(order, REPORT.hit, time, tag);
    expect(taken(order, 40)).toEqual([1, 3, 0]);
    add(order, REPORT.hit, 45, 4);
    expect(order.isEmpty).toBe(false);
    expect(taken(order, Number.POSITIVE_INFINITY)).toEqual([4, 2]);
    expect(order.isEmpty).toBe(true);
  });

  test('of one time come as they were told', () => {
    const order = new ReportOrder();
    for (const tag of [0, 1, 2]) add(order, REPORT.hit, 5, tag);
    expect(taken(order, 6)).toEqual([0, 1, 2]);
  });

  test('do not wait where a stop is among them: it comes at once, with all that was before it', () => {
    const order = new ReportOrder();
    add(order, REPORT.hit, 30, 0);
    add(order, REPORT.stopped, 35, 1);
    add(order, REPORT.hit, 40, 2);
    add(order, REPORT.hit, 20, 3);
    expect(taken(order, 0)).toEqual([3, 0, 1]);
    expect(taken(order, 50)).toEqual([2]);
  });
});
