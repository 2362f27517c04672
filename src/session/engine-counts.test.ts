import { describe, expect, test } from 'vitest';
import { i64, madeWatch } from '../../test/cli/made-hit.js';
import { CODE, madeRebuilder } from '../../test/session/made-hits.js';
import type { HitCount } from '../engines/handling.js';
import { EngineCounts } from './engine-counts.js';
import { PlaceCache } from './places.js';
import { Tally } from './tally.js';

/** Just after the first made instruction, which stores and is three bytes long. */
const AFTER_STORE = CODE + 3n;

const COUNT: HitCount = {
  ...{ cookie: 1, pid: 4711, tid: 4712, ip: AFTER_STORE, kernel: false, stack: null, comm: 'hot' },
  ...{ count: 1, first: i64(1n), last: i64(1n) },
};

/** An engine that has counted what it is told, and a watch on its piece 1. */
class Made {
  counted: HitCount[] = [];
  readonly tally = new Tally();
  readonly info = madeWatch();
  readonly follower = { info: this.info, tally: this.tally };
  readonly looks: bigint[] = [];
  readonly counts: EngineCounts;

  constructor() {
    const rebuilder = madeRebuilder();
    this.counts = new EngineCounts({
      session: { counts: () => this.counted },
      rebuilder: () => rebuilder,
      places: new PlaceCache((address, kernel) => {
        this.looks.push(address);
        return { function: `${kernel ? 'kernel' : 'user'} ${address.toString(16)}`, file: null, line: null, module: null, offset: null };
      }),
      stack: ({ stack }) =>
        stack === null ? null : [{ function: `frame ${stack[0]}`, file: null, line: null, module: null, offset: null }],
    });
  }

  told(): string[] {
    return this.tally
      .rows()
      .map(({ tid, place, count, stack }) => `${tid} ${place.function} ${count} ${stack?.[0]?.function ?? ''}`.trim());
  }
}

describe('what an engine counts', () => {
  test('is the place of the instruction that made the access, as in single hits', () => {
    const made = new Made();
    made.counts.follow([1], made.follower);
    made.counted = [COUNT];
    expect(made.counts.read()).toBe(1);
    expect(made.told()).toEqual([`4712 user ${CODE.toString(16)} 1`]);
  });

  test('is taken once, as it grows', () => {
    const made = new Made();
    made.counts.follow([1], made.follower);
    made.counted = [{ ...COUNT, count: 10, last: i64(10n) }];
    made.counts.read();
    made.counted = [{ ...COUNT, count: 25, last: i64(25n) }];
    expect([made.counts.read(), made.counts.read()]).toEqual([15, 0]);
    expect(made.tally.rows()).toMatchObject([{ count: 25, first: i64(1n), last: i64(25n) }]);
    expect(made.looks).toEqual([CODE]);
  });

  test('is a row for each thread, place and call chain', () => {
    const made = new Made();
    made.counts.follow([1], made.follower);
    const kernel = { ...COUNT, ip: 0xffff_ffff_8100_0000n, kernel: true };
    made.counted = [COUNT, { ...COUNT, tid: 9 }, kernel, ...[1, 2].map((frame) => ({ ...COUNT, stack: new Uint32Array([frame, 0]) }))];
    made.counts.read();
    expect(made.told()).toEqual([
      `9 user ${CODE.toString(16)} 1`,
      `4712 user ${CODE.toString(16)} 1`,
      `4712 user ${CODE.toString(16)} 1 frame 1`,
      `4712 user ${CODE.toString(16)} 1 frame 2`,
      '4712 kernel ffffffff80ffffff 1',
    ]);
  });

  test('of one accessor in several counters is one', () => {
    const made = new Made();
    made.counts.follow([1], made.follower);
    made.counted = [COUNT, { ...COUNT, count: 4, comm: 'renamed', last: i64(9n) }];
    made.counts.read();
    expect(made.tally.rows()).toMatchObject([{ count: 5, first: i64(1n), last: i64(9n) }]);
  });

  test('is nobody’s before a watch has the piece, and after', () => {
    const made = new Made();
    const other = { info: made.info, tally: new Tally() };
    made.counts.follow([1], other);
    made.counted = [{ ...COUNT, count: 5 }];
    made.counts.follow([1], made.follower);
    made.counted = [{ ...COUNT, count: 7 }];
    made.counts.leave([1], other);
    made.counted = [{ ...COUNT, count: 100 }];
    made.counts.read();
    expect([other.tally.count, made.tally.count]).toEqual([7, 95]);
  });

  test('of pieces that nobody has is left', () => {
    const made = new Made();
    made.counts.follow([1], made.follower);
    made.counted = [{ ...COUNT, cookie: 2 }];
    made.counts.read();
    expect(made.tally.count).toBe(0);
  });

  test('belongs to the window of sampled time that is under way', () => {
    const made = new Made();
    made.counts.follow([1], made.follower);
    made.counts.window = { weight: 20 };
    made.counted = [{ ...COUNT, count: 3 }];
    made.counts.read();
    expect(made.tally.rows()).toMatchObject([{ count: 3, estimate: 60 }]);
  });
});
