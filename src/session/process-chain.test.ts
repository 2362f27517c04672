import { describe, expect, test } from 'vitest';
import { bytesOf, MadeWatch, MICROSECOND, MILLISECOND, START } from '../../test/session/made-hits.js';
import { GUARD, RACE_WINDOW } from './race.js';

/** A moment after a hit at 0 at which a look at memory is believed by what comes `GUARD` later. */
const QUIET = MILLISECOND;
/** Long enough after {@link QUIET} for no report to explain what was seen then. */
const MUCH_LATER = QUIET + 50 * MILLISECOND;
const us = (count: number) => count * MICROSECOND;

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

  test('gets it from memory also when another value is stored a moment later', () => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(9n, QUIET);
    watch.hits({ time: QUIET + RACE_WINDOW, value: 3n });
    expect(watch.lines()).toEqual(['vector8 1 -> 9 memory', 'store8 9 -> 3 registers']);
  });

  test('stays without where the next hit came too soon after the look', () => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(9n, QUIET);
    watch.hits({ time: QUIET + RACE_WINDOW - 1, value: 3n });
    expect(watch.lines()).toEqual(['vector8 1 -> null', 'store8 null -> 3 registers']);
  });

  test('stays without where the next hit came soon and shows no value', () => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(9n, QUIET);
    watch.hits({ time: QUIET + GUARD - 1, by: 'vector8' });
    expect(watch.lines()).toEqual(['vector8 1 -> null', 'vector8 null -> null open']);
  });

  test('stays without where memory may show the store that was reported next', () => {
    const watch = new MadeWatch({ start: bytesOf(1n, 8) });
    watch.hits({ time: 0, by: 'vector8' });
    for (const delay of [RACE_WINDOW, GUARD]) {
      watch.look(3n, QUIET);
      watch.hits({ time: QUIET + delay, value: 3n });
    }
    expect(watch.lines()).toEqual(['vector8 1 -> null', 'store8 null -> 3 registers', 'store8 3 -> 3 registers']);
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
    const disarmed = START + QUIET + GUARD;
    watch.pipeline.finish(disarmed - 1);
    expect(watch.lines()).toEqual(['vector8 null -> null']);
  });

  test('gets it from memory when the watch ends later, or its process', () => {
    const [disarmed, ended] = [new MadeWatch(), new MadeWatch()];
    for (const watch of [disarmed, ended]) {
      watch.hits({ time: 0, by: 'vector8' });
      watch.look(9n, QUIET);
    }
    disarmed.pipeline.finish(START + QUIET + GUARD);
    ended.pipeline.forget(1);
    expect(disarmed.lines()).toEqual(['vector8 null -> 9 memory']);
    expect(ended.lines()).toEqual(['vector8 null -> 9 memory']);
  });

  test('gets nothing from the memory of another program', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, by: 'vector8' });
    watch.look(9n, QUIET);
    watch.pipeline.forget(1, START + QUIET - 1);
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

  test('is not told where the next hit came soon', () => {
    const watch = new MadeWatch();
    watch.hits({ time: 0, value: 1n });
    watch.look(9n, QUIET);
    watch.hits({ time: QUIET + GUARD - 1, value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 1 -> 2 registers']);
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
    watch.pipeline.blind(START + us(100));
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
    watch.pipeline.blind(START + us(100));
    watch.hits({ time: us(10), pid: 2, value: 1n }, { time: us(20), pid: 2, value: 2n });
    expect(watch.lines()).toEqual(['store8 null -> 1 registers', 'store8 null -> 2 registers']);
  });
});
