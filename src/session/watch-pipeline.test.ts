import { describe, expect, test } from 'vitest';
import { bytesOf, kernelHit, MadeWatch, MICROSECOND, MILLISECOND } from '../../test/session/made-hits.js';
import { GUARD } from './history.js';

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

describe('a hit whose registers show no value', () => {
  test('gets it from memory, once it is certain that nothing came between', () => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(9n, QUIET);
    watch.round(QUIET + GUARD - 1, 2 * QUIET);
    const [hit] = watch.items();
    expect(hit).toMatchObject({ unresolved: true, newBytes: null });
    watch.round(QUIET + GUARD, 3 * QUIET);
    expect(hit).toMatchObject({ unresolved: false, newValue: '9', oldValue: '1', valueSource: 'memory' });
  });

  test('gets it from memory also when the next hit settles that', () => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(9n, QUIET);
    watch.hits({ time: QUIET + GUARD, value: 3n });
    expect(watch.lines()).toEqual(['vector8 1 -> 9 memory', 'store8 9 -> 3 registers']);
  });

  test('stays without where the next hit came too soon after the look', () => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(9n, QUIET);
    watch.hits({ time: QUIET + GUARD - 1, value: 3n });
    expect(watch.lines()).toEqual(['vector8 1 -> null', 'store8 null -> 3 registers']);
  });

  test('stays without where memory may show the store that was reported next', () => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(3n, QUIET);
    watch.hits({ time: QUIET + GUARD, value: 3n });
    expect(watch.lines()).toEqual(['vector8 1 -> null', 'store8 null -> 3 registers']);
  });

  test('gets it from the next hit that shows what it found', () => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'exchange8', value: 1n }, { time: us(20), by: 'exchange8', value: 5n }, { time: us(40), value: 2n });
    expect(watch.lines()).toEqual(['exchange8 1 -> 5 sequence', 'exchange8 5 -> null', 'store8 null -> 2 registers']);
  });

  test('gets it from two halves, one known and one found', () => {
    const watch = new MadeWatch({ access: 'readwrite', type: { kind: 'unsigned', size: 8, name: 'u64' }, start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'store4', value: 7n }, { time: us(20), by: 'vector8', at: -4 }, { time: us(40), by: 'load4', value: 9n });
    expect(watch.lines()).toEqual(['store4 1 -> 7 registers', 'vector8 7 -> 9 sequence', 'load4 9 -> 9 unchanged']);
  });

  test('stays without where memory cannot be read, at once', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(null, QUIET);
    expect(watch.items()).toMatchObject([{ unresolved: false, newBytes: null, valueSource: null }]);
  });

  test('stays without when the watch ends too soon after the look', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(9n, QUIET);
    const disarmed = 5_000_000_000_000 + QUIET + GUARD;
    watch.pipeline.finish(disarmed - 1);
    expect(watch.lines()).toEqual(['vector8 null -> null']);
  });

  test('gets it from memory when the watch ends later, or its process', () => {
    const [disarmed, ended] = [new MadeWatch(), new MadeWatch()];
    for (const watch of [disarmed, ended]) {
      watch.hits({ time: 0, by: 'vector8' });
      watch.look(9n, QUIET);
    }
    disarmed.pipeline.finish(5_000_000_000_000 + QUIET + GUARD);
    ended.pipeline.forget(1);
    expect(disarmed.lines()).toEqual(['vector8 null -> 9 memory']);
    expect(ended.lines()).toEqual(['vector8 null -> 9 memory']);
  });

  test('gets nothing from the memory of another program', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(9n, QUIET);
    watch.pipeline.forget(1, 5_000_000_000_000 + QUIET - 1);
    expect(watch.lines()).toEqual(['vector8 null -> null']);
  });
});

describe('memory that changed without a hit', () => {
  test('is told when it is found in a quiet time, with what was expected', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n });
    watch.look(9n, QUIET);
    watch.round(MUCH_LATER, MUCH_LATER);
    watch.hits({ time: MUCH_LATER, value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'unseen 1 -> 9', 'store8 9 -> 2 registers']);
  });

  test('is told when a hit follows that cannot have made it', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n });
    watch.look(9n, QUIET);
    watch.hits({ time: QUIET + GUARD, value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'unseen 1 -> 9', 'store8 9 -> 2 registers']);
  });

  test('is not told where the next hit may have made it and was reported late', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n });
    watch.look(2n, QUIET);
    watch.hits({ time: QUIET + GUARD, value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 null -> 2 registers']);
  });

  test('nor where it is the sum that the next hit made', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n });
    watch.look(3n, QUIET);
    watch.hits({ time: QUIET + GUARD, by: 'add8', value: 2n, flags: 0x206n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'add8 null -> null open']);
  });

  test('is told when an instruction finds it', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n }, { time: us(20), by: 'exchange8', value: 9n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'unseen 1 -> 9', 'exchange8 9 -> null open']);
  });

  test('is told when FLAGS contradict what was there', () => {
    const watch = new MadeWatch();
    // 1 + 2 is not negative, as the sign flag says.
    watch.hits({ time: 0, value: 1n }, { time: us(20), by: 'add8', value: 2n, flags: 0x282n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'unseen 1 -> null', 'add8 null -> null open']);
  });

  test('is nothing where it is beside what is watched', () => {
    const watch = new MadeWatch({ size: 4, after: 4, type: { kind: 'signed', size: 4, name: 'int' }, start: bytesOf(1n, 8) });
    watch.look(bytesOf(1n + 2n ** 40n, 8), QUIET);
    watch.round(MUCH_LATER, MUCH_LATER);
    expect(watch.lines()).toEqual([]);
  });

  test('leaves a hit without a value that had waited for it', () => {
    const watch = new MadeWatch({ size: 16, start: new Uint8Array(16) });
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(new Uint8Array(16).fill(5), QUIET);
    watch.round(MUCH_LATER, MUCH_LATER);
    expect(watch.items()).toMatchObject([
      { newBytes: null, unresolved: false },
      { kind: 'unseen-change', expected: null },
    ]);
  });
});

describe('two threads on two CPUs', () => {
  const other = { tid: 2, cpu: 1 };

  test('that hit far apart follow each other', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n }, { ...other, time: us(60), value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 1 -> 2 registers']);
  });

  test('that hit close together show their own values and nothing of each other', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.hits({ time: 0, value: 1n }, { ...other, time: us(10), value: 2n }, { time: us(100), value: 3n }, { time: us(120), value: 4n });
    expect(watch.lines()).toEqual([
      'store8 null -> 1 registers',
      'store8 null -> 2 registers',
      'store8 null -> 3 registers',
      'store8 3 -> 4 registers',
    ]);
  });

  test('take back sums, but not what was there before the window', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.hits({ time: 0, value: 1n }, { time: us(50), by: 'add8', value: 1n, flags: 0x202n }, { ...other, time: us(100), value: 9n });
    expect(watch.lines()).toEqual(['store8 7 -> 1 registers', 'add8 null -> null', 'store8 null -> 9 registers']);
  });

  test('take back a value that was told from what the contested hit found', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.hits(
      { time: 0, by: 'exchange8', value: 7n },
      { time: us(50), by: 'exchange8', value: 3n },
      { ...other, time: us(100), value: 9n },
    );
    expect(watch.lines()).toEqual(['exchange8 7 -> null', 'exchange8 3 -> null', 'store8 null -> 9 registers']);
  });

  test('hold back a hit as long as the one that told its value may be contested', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.hits({ time: 0, by: 'exchange8', value: 7n }, { time: us(50), by: 'exchange8', value: 3n });
    expect(watch.items()).toMatchObject([{ settledAfter: us(50) }, { settledAfter: 0 }]);
  });

  test('do not contest what an instruction found itself', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.hits(
      { time: 0, value: 1n },
      { ...other, time: us(10), by: 'exchange8', value: 1n },
      { time: us(20), by: 'exchange8', value: 5n },
    );
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'exchange8 1 -> null', 'exchange8 5 -> null']);
  });

  test('take back an unseen change that the other may have made', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n }, { time: us(50), by: 'exchange8', value: 2n }, { ...other, time: us(90), value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'exchange8 2 -> null', 'store8 null -> 2 registers']);
  });

  test('wait for no value from memory', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n }, { ...other, time: us(10), by: 'vector8' });
    watch.look(9n, QUIET);
    watch.round(MUCH_LATER, MUCH_LATER);
    watch.hits({ time: MUCH_LATER, value: 3n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'vector8 null -> null', 'store8 9 -> 3 registers']);
  });
});

describe('missing hits', () => {
  test('make the chain blind until they are over', () => {
    const watch = new MadeWatch({ start: bytesOf(7n, 8) });
    watch.hits({ time: 0, value: 1n });
    watch.pipeline.blind(5_000_000_000_000 + us(100));
    watch.hits(
      { time: us(50), value: 2n },
      { time: us(90), by: 'add8', value: 1n, flags: 0x202n },
      { time: us(170), value: 3n },
      { time: us(190), value: 4n },
    );
    expect(watch.lines()).toEqual([
      'store8 7 -> 1 registers',
      'store8 null -> 2 registers',
      'add8 null -> null',
      'store8 null -> 3 registers',
      'store8 3 -> 4 registers',
    ]);
  });

  test('make processes blind that nobody has seen yet', () => {
    const watch = new MadeWatch();
    watch.pipeline.blind(5_000_000_000_000 + us(100));
    watch.hits({ time: us(10), pid: 2, value: 1n }, { time: us(20), pid: 2, value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 null -> 2 registers']);
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
  const NOW = 5_000_000_000_000;

  test('begins with what the parent wrote last, and goes its own way', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n });
    watch.pipeline.fork({ pid: 1, tid: 1 }, 2, NOW);
    watch.hits({ time: us(100), pid: 2, tid: 2, value: 5n }, { time: us(120), value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 1 -> 5 registers', 'store8 1 -> 2 registers']);
  });

  test('is not known where another thread may have written while it was made', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, tid: 9, value: 1n });
    watch.pipeline.fork({ pid: 1, tid: 1 }, 2, NOW + us(100));
    watch.hits({ time: us(200), pid: 2, tid: 2, value: 5n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 null -> 5 registers']);
  });

  test('is known where the other thread wrote long before', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, tid: 9, value: 1n });
    watch.pipeline.fork({ pid: 1, tid: 1 }, 2, NOW + 1_000_000_001);
    watch.hits({ time: 2_000_000_000, pid: 2, tid: 2, value: 5n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 1 -> 5 registers']);
  });

  test('is looked at by itself', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n });
    watch.pipeline.fork({ pid: 1, tid: 1 }, 2, NOW);
    watch.memory.set(1, bytesOf(1n, 8));
    watch.look(9n, QUIET, 2);
    watch.round(MUCH_LATER, MUCH_LATER);
    expect(watch.items()).toMatchObject([{ kind: 'hit' }, { kind: 'unseen-change', pid: 2 }]);
  });

  test('of a process that is not watched is nobody’s', () => {
    const watch = new MadeWatch();
    watch.pipeline.fork({ pid: 77, tid: 77 }, 78, NOW);
    watch.look(1n, QUIET, 78);
    expect(watch.looks).toBe(1);
  });
});

test('a closed watch is not looked at any more', () => {
  const watch = new MadeWatch();
  watch.hits({ time: 0, by: 'vector8' });
  watch.pipeline.close(5_000_000_000_000 + QUIET);
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
