import { describe, expect, test } from 'vitest';
import { bytesOf, kernelHit, MadeWatch, MICROSECOND, MILLISECOND, rawHit } from '../../test/session/made-hits.js';
import { STAMPED_WHEN_SERVED, stampsOf } from './race.js';

/** A moment after a hit at 0 at which a look at memory is believed by what comes `GUARD` later. */
const QUIET = MILLISECOND;
/** Long enough after {@link QUIET} for no report to explain what was seen then. */
const MUCH_LATER = QUIET + 50 * MILLISECOND;
const us = (count: number) => count * MICROSECOND;

describe('old and new values', () => {
  test('follow from hit to hit', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.hits({ time: 0, value: 8n }, { time: us(20), value: -1n }, { time: us(40), by: 'add8', value: 3n, flags: 0x203n });
    expect(watch.lines()).toEqual(['store8 7 -> 8 registers', 'store8 8 -> -1 registers', 'add8 -1 -> 2 arithmetic']);
  });

  test('are null as long as nothing tells them', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, by: 'add8', value: 3n }, { time: us(20), value: 5n }, { time: us(40), by: 'add8', value: 3n, flags: 0x202n });
    expect(watch.lines()).toEqual(['add8 null -> null', 'store8 null -> 5 registers', 'add8 5 -> 8 arithmetic']);
  });

  test('of a store to a part are whole where the rest is known', () => {
    const watch = new MadeWatch({ start: bytesOf(0x1122334455667788n, 8), type: { kind: 'unsigned', size: 8, name: 'u64' } });
    watch.hits({ time: 0, by: 'store2', at: 2, value: 0xaaaan }, { time: us(20), by: 'store4', at: -2, value: 0xbbcc_0000n });
    expect(watch.items()).toMatchObject([
      { newBytes: bytesOf(0x11223344aaaa7788n, 8), valueSource: 'registers' },
      { newBytes: bytesOf(0x11223344aaaabbccn, 8) },
    ]);
  });

  test('of stores to parts become whole when each byte was written', () => {
    const watch = new MadeWatch({ type: { kind: 'unsigned', size: 8, name: 'u64' } });
    watch.hits(
      { time: 0, by: 'store4', value: 1n },
      { time: us(20), by: 'store4', at: 4, value: 2n },
      { time: us(40), by: 'store1', value: 3n },
    );
    expect(watch.lines()).toEqual([
      'store4 null -> null',
      `store4 null -> ${2n ** 33n + 1n} registers`,
      `store1 ${2n ** 33n + 1n} -> ${2n ** 33n + 3n} registers`,
    ]);
  });

  test('of a store that registers do not show leave the bytes beside it known', () => {
    const watch = new MadeWatch({ size: 32, start: new Uint8Array(32).fill(1) });
    watch.hits({ time: 0, by: 'vector16', at: 16 }, { time: us(20), by: 'store8', at: 16, value: 2n }, { time: us(40), at: 24, value: 2n });
    const [vector, half, whole] = watch.items();
    expect([vector, half]).toMatchObject([{ newBytes: null }, { oldBytes: null, newBytes: null }]);
    const expected = [...new Array<number>(16).fill(1), ...bytesOf(2n, 8), ...bytesOf(2n, 8)];
    expect(whole).toMatchObject({ oldBytes: null, newBytes: Uint8Array.from(expected) });
  });

  test('of reads are the value that is there', () => {
    const watch = new MadeWatch({ access: 'readwrite', start: bytesOf(7n, 8) });
    watch.hits({ time: 0, by: 'load8', value: 7n }, { time: us(20), value: 7n });
    const lines = ['load8 7 -> 7 unchanged', 'store8 7 -> 7 registers'];
    const items = watch.items();
    expect(items).toMatchObject([{ sameValue: true }, { sameValue: true }]);
    expect(items.map((item) => (item.kind === 'hit' ? item.valueSource : ''))).toEqual(lines.map((line) => line.split(' ').at(-1)));
  });

  test('of a read tell what was not known', () => {
    const watch = new MadeWatch({ access: 'readwrite' });
    watch.hits({ time: 0, by: 'load8', value: 7n }, { time: us(20), value: 8n });
    expect(watch.lines()).toEqual(['load8 7 -> 7 unchanged', 'store8 7 -> 8 registers']);
  });

  test('are kept for each process', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n }, { time: us(20), pid: 2, tid: 2, value: 5n }, { time: us(40), value: 2n });
    watch.hits({ time: us(60), pid: 2, tid: 2, value: 6n });
    expect(watch.lines()).toEqual([
      'store8 null -> 1 registers',
      'store8 null -> 5 registers',
      'store8 1 -> 2 registers',
      'store8 5 -> 6 registers',
    ]);
  });

  test('are none for code that runs', () => {
    const watch = new MadeWatch({ access: 'execute', size: 1, type: { kind: 'pointer', size: 1, name: 'code' } });
    watch.hits({ time: 0 }, { time: us(20), cpu: 1, tid: 2 });
    watch.look(0n, us(40));
    expect(watch.lines()).toEqual(['store8 null -> null', 'store8 null -> null']);
    expect(watch.looks).toBe(0);
  });
});

describe('a widened cover', () => {
  const INT = { kind: 'signed', size: 4, name: 'int' } as const;

  test('drops hits that are known to be outside, and knows the neighbours for sums', () => {
    const watch = new MadeWatch({ size: 4, after: 4, type: INT, start: bytesOf(0n, 8) });
    watch.hits({ time: 0, by: 'store4', at: 4, value: 5n }, { time: us(20), by: 'add8', value: 2n ** 32n + 1n, flags: 0x202n });
    expect(watch.lines()).toEqual(['add8 0 -> 1 arithmetic']);
    watch.look(bytesOf(6n * 2n ** 32n + 1n, 8), QUIET);
    watch.round(MUCH_LATER, MUCH_LATER);
    expect(watch.lines()).toEqual([]);
  });

  test('drops also those whose value does not show', () => {
    const watch = new MadeWatch({ size: 4, before: 4, type: INT, start: bytesOf(0n, 8) });
    watch.hits({ time: 0, by: 'vector8', at: -4 }, { time: us(20), by: 'store4', at: 4, value: 5n });
    expect(watch.lines()).toEqual(['store4 0 -> 5 registers']);
  });

  test('keeps what touches the range at its edge', () => {
    const watch = new MadeWatch({ size: 4, before: 2, after: 2, type: INT, start: new Uint8Array(8) });
    watch.hits(
      { time: 0, by: 'store4', at: 0, value: 0x0102_0304n },
      { time: us(20), by: 'store2', at: 0, value: 9n },
      { time: us(40), by: 'store2', at: 6, value: 9n },
    );
    expect(watch.lines()).toEqual([`store4 0 -> ${0x0102} registers`]);
  });

  test('a neighbour that is hit does not take its value from a hit that waits', () => {
    const watch = new MadeWatch({ size: 8, after: 8, start: new Uint8Array(16) });
    watch.hits({ time: 0, by: 'vector8' }, { time: us(20), at: 8, value: 1n });
    watch.look(Uint8Array.from([...bytesOf(5n, 8), ...bytesOf(1n, 8)]), QUIET);
    watch.round(MUCH_LATER, MUCH_LATER);
    expect(watch.lines()).toEqual(['vector8 0 -> 5 memory']);
  });
});

describe('several pieces', () => {
  test('hit by one instruction make one hit', () => {
    const watch = new MadeWatch({ size: 16, pieces: 2, start: new Uint8Array(16) });
    watch.hits({ time: 0, at: 4, value: -1n, cookie: 1 }, { time: us(2), at: 4, value: -1n, cookie: 2 });
    expect(watch.items()).toMatchObject([{ newBytes: Uint8Array.from([0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]) }]);
  });

  test('hit by two instructions make two, also where the registers are the same', () => {
    const watch = new MadeWatch({ size: 16, pieces: 2 });
    watch.hits(
      { time: 0, at: 4, cookie: 1 },
      { time: us(2), at: 4, cookie: 2 },
      { time: us(20), at: 4, cookie: 1 },
      { time: us(22), at: 4, cookie: 2 },
    );
    watch.hits({ time: us(40), at: 0, cookie: 1 }, { time: us(60), at: 8, cookie: 2 });
    expect(watch.items()).toHaveLength(4);
  });

  test('are put together although another CPU reports in between', () => {
    const watch = new MadeWatch({ size: 16, pieces: 2 });
    const other = { tid: 2, cpu: 1, at: 4 };
    watch.hits(
      { time: 0, at: 4, cookie: 1 },
      { ...other, time: us(1), cookie: 1 },
      { time: us(2), at: 4, cookie: 2 },
      { ...other, time: us(3), cookie: 2 },
    );
    expect(watch.items()).toMatchObject([{ tid: 1 }, { tid: 2 }]);
  });

  test('hit by one step of the kernel are one step', () => {
    const watch = new MadeWatch({ size: 16, pieces: 2 });
    const steps = [
      kernelHit({ time: 0, at: 0, cookie: 1 }),
      kernelHit({ time: us(20), at: 8, cookie: 1 }),
      kernelHit({ time: us(22), at: 8, cookie: 2 }),
    ];
    for (const step of steps) watch.pipeline.report(step);
    expect(watch.items()).toMatchObject([{ repeat: 2 }]);
  });
});

describe('values that the engine has read in the trap', () => {
  test('stand in where the instruction does not show what it stored', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.pipeline.report({ ...rawHit({ time: 0, by: 'vector8' }), after: bytesOf(9n, 8) });
    watch.hits({ time: us(20), by: 'add8', value: 1n, flags: 0x206n });
    expect(watch.lines()).toEqual(['vector8 7 -> 9 trap', 'add8 9 -> 10 arithmetic']);
  });

  test('that does not show what the hit stored tells that another was there: what follows from their order is taken back', () => {
    const watch = new MadeWatch({ start: bytesOf(0n, 8), stamps: { ...STAMPED_WHEN_SERVED, window: 0 } });
    watch.pipeline.report({ ...rawHit({ time: 0, value: 2n, tid: 2, cpu: 1 }), after: bytesOf(2n, 8) });
    watch.pipeline.report({ ...rawHit({ time: us(200), value: 1n }), after: bytesOf(2n, 8) });
    watch.pipeline.report({ ...rawHit({ time: us(400), value: 3n }), after: bytesOf(3n, 8) });
    expect(watch.lines()).toEqual(['store8 null -> 2 registers', 'store8 null -> 1 registers', 'store8 null -> 3 registers']);
  });

  test('do not count against what registers show', () => {
    const watch = new MadeWatch();
    watch.pipeline.report({ ...rawHit({ time: 0, value: 8n }), after: bytesOf(9n, 8) });
    expect(watch.lines()).toEqual(['store8 null -> 8 registers']);
  });

  test('of a part of what is covered are not used', () => {
    const watch = new MadeWatch({ pieces: 2 });
    watch.pipeline.report({ ...rawHit({ time: 0, by: 'vector8' }), after: bytesOf(9n, 4) });
    expect(watch.lines()).toEqual(['vector8 null -> null open']);
  });

  test('are racy where another thread hit before they were read, and say nothing of what that found', () => {
    const watch = new MadeWatch({ stamps: stampsOf({ stopsTarget: true }) });
    watch.pipeline.report({ ...rawHit({ time: 0, by: 'vector8' }), after: bytesOf(1n, 8) });
    watch.pipeline.report({ ...rawHit({ time: us(900), by: 'vector8', tid: 2, cpu: 1 }), after: bytesOf(2n, 8) });
    watch.pipeline.report({ ...rawHit({ time: us(1800), by: 'vector8', tid: 2, cpu: 1 }), after: bytesOf(3n, 8) });
    expect(watch.lines()).toEqual(['vector8 null -> 1 racy', 'vector8 null -> 2 trap', 'vector8 2 -> 3 trap']);
  });

  test('are racy where another CPU hit at nearly the same time, be it later', () => {
    const watch = new MadeWatch();
    watch.pipeline.report({ ...rawHit({ time: 0, by: 'vector8' }), after: bytesOf(1n, 8) });
    watch.pipeline.report({ ...rawHit({ time: us(5), by: 'vector8', tid: 2, cpu: 1 }), after: bytesOf(2n, 8) });
    watch.pipeline.report({ ...rawHit({ time: us(9), by: 'vector8' }), after: bytesOf(3n, 8), exact: true });
    expect(watch.lines()).toEqual(['vector8 null -> 1 racy', 'vector8 null -> 2 racy', 'vector8 null -> 3 trap']);
  });
});
