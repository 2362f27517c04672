import { describe, expect, test } from 'vitest';
import { bytesOf, kernelHit, MadeWatch, MICROSECOND, MILLISECOND, START } from '../../test/session/made-hits.js';
import { GUARD } from './race.js';

/** A moment after a hit at 0 at which a look at memory is believed by what comes `GUARD` later. */
const QUIET = MILLISECOND;
/** Long enough after {@link QUIET} for no report to explain what was seen then. */
const MUCH_LATER = QUIET + 50 * MILLISECOND;
const us = (count: number) => count * MICROSECOND;

describe('the kernel', () => {
  test('is one hit for one copy, whose value memory tells', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    for (let step = 0; step < 8; step++) watch.pipeline.report(kernelHit({ time: us(20 * step), at: step }));
    watch.look(9n, us(140) + QUIET);
    watch.round(us(140) + QUIET + GUARD, 5 * QUIET);
    watch.hits({ time: 10 * QUIET, value: 1n });
    expect(watch.lines()).toEqual(['kernel 7 -> 9 memory x8', 'store8 9 -> 1 registers']);
  });

  test('is two hits for two copies', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    for (const time of [0, 100]) for (let step = 0; step < 8; step++) watch.pipeline.report(kernelHit({ time: us(time + step), at: step }));
    expect(watch.lines()).toEqual(['kernel 7 -> null x8', 'kernel null -> null x8 open']);
  });

  test('shows no value that memory held in the middle of a copy', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.pipeline.report(kernelHit({ time: 0, at: 0 }));
    watch.look(8n, us(10));
    watch.round(us(10) + GUARD, us(20) + GUARD);
    watch.pipeline.report(kernelHit({ time: us(900) + GUARD, at: 1 }));
    const [hit] = watch.items();
    expect(hit).toMatchObject({ unresolved: true, newBytes: null, repeat: 2 });
    watch.look(9n, us(901) + GUARD);
    watch.round(10 * GUARD, 10 * GUARD);
    expect(hit).toMatchObject({ unresolved: false, newValue: '9' });
  });

  test('may find a change that nobody saw', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.look(9n, 0);
    watch.pipeline.report(kernelHit({ time: GUARD, at: 0 }));
    expect(watch.lines()).toEqual(['unseen 7 -> 9', 'kernel 9 -> null open']);
  });
});

describe("a forked child's copy", () => {
  test('begins with what the parent wrote last, and goes its own way', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n });
    watch.pipeline.fork({ pid: 1, tid: 1 }, 2, START);
    watch.hits({ time: us(100), pid: 2, tid: 2, value: 5n }, { time: us(120), value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 1 -> 5 registers', 'store8 1 -> 2 registers']);
  });

  test('is not known where another thread may have written while it was made', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, tid: 9, value: 1n });
    watch.pipeline.fork({ pid: 1, tid: 1 }, 2, START + us(100));
    watch.hits({ time: us(200), pid: 2, tid: 2, value: 5n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 null -> 5 registers']);
  });

  test('is known where the other thread wrote long before', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, tid: 9, value: 1n });
    watch.pipeline.fork({ pid: 1, tid: 1 }, 2, START + 1_000_000_001);
    watch.hits({ time: 2_000_000_000, pid: 2, tid: 2, value: 5n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 1 -> 5 registers']);
  });

  test('is looked at by itself', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n });
    watch.pipeline.fork({ pid: 1, tid: 1 }, 2, START);
    watch.memory.set(1, bytesOf(1n, 8));
    watch.look(9n, QUIET, 2);
    watch.round(MUCH_LATER, MUCH_LATER);
    expect(watch.items()).toMatchObject([{ kind: 'hit' }, { kind: 'unseen-change', pid: 2 }]);
  });

  test('of a process that is not watched is nobody’s', () => {
    const watch = new MadeWatch();
    watch.pipeline.fork({ pid: 77, tid: 77 }, 78, START);
    watch.look(1n, QUIET, 78);
    expect(watch.looks).toBe(1);
  });
});

test('a closed watch is not looked at any more', () => {
  const watch = new MadeWatch();
  watch.hits({ time: 0, by: 'vector8' });
  watch.pipeline.close(START + QUIET);
  watch.memory.set(1, bytesOf(9n, 8));
  watch.round(QUIET - 1, 2 * QUIET);
  expect(watch.looks).toBe(0);
  watch.hits({ time: us(500), by: 'vector8' });
  watch.round(QUIET, MUCH_LATER);
  expect(watch.lines()).toEqual(['vector8 null -> null', 'vector8 null -> null']);
});

test('many processes are looked at less often', () => {
  const looks = [1, 32, 100].map((processes) => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    for (let pid = 1; pid <= processes; pid++) {
      watch.hits({ time: us(20 * pid), pid, tid: pid, value: 1n });
      watch.memory.set(pid, bytesOf(1n, 8));
    }
    // All that was seen is settled by the next round, so that each round may look again.
    for (let time = 6 * MILLISECOND; time <= 120 * MILLISECOND; time += 6 * MILLISECOND) watch.round(time, time);
    return watch.looks / processes;
  });
  expect(looks).toEqual([20, 20, 5]);
});
