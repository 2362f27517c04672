import { expect, test } from 'vitest';
import { type InstructionReader, SpeedMeter } from './sampling-speed.js';

/** Threads whose counters go as fast as is said. */
class Made implements InstructionReader {
  readonly counts = new Map<number, number>();
  followed: number[] = [];
  now = 0;
  /** How long the next readings take. */
  slow: number[] = [];
  readonly meter = new SpeedMeter(this, () => this.now);

  follow(tids: Iterable<number>): void {
    this.followed = [...tids];
    for (const tid of this.followed) this.counts.set(tid, this.counts.get(tid) ?? 1000);
  }

  get tids(): Iterable<number> {
    return this.followed;
  }

  read(tid: number): number {
    this.now += this.slow.shift() ?? 0.01;
    return this.counts.get(tid) ?? 0;
  }

  run(tid: number, instructions: number): void {
    this.counts.set(tid, (this.counts.get(tid) ?? 0) + instructions);
  }

  /** A window of 40 ms of which 4 are watched: `watched` instructions in those (measured in half of them), `free` in the others. */
  window(tid: number, { watched, free }: { readonly watched: number; readonly free: number }): void {
    this.meter.begin([tid]);
    this.run(tid, free / 2 + watched / 4);
    this.meter.partBegins();
    this.now += 1.99;
    this.run(tid, watched / 2);
    this.meter.partEnds();
    this.meter.part(4);
    this.run(tid, watched / 4 + free / 2);
    this.meter.end(10);
  }
}

const NO_TRAPS = new Map<number, number>();

test('a thread that runs on as before is as fast as it was', () => {
  const made = new Made();
  made.window(1, { watched: 4000, free: 36_000 });
  expect(made.meter.speeds(NO_TRAPS)(1)).toBeCloseTo(1);
  expect(made.meter.measures).toBe(true);
});

test('a thread that stands still at each access gets further without', () => {
  const made = new Made();
  for (let i = 0; i < 10; i++) made.window(1, { watched: 40, free: 36_000 });
  // Ten windows of 40 + 36,000 instructions, against 10 * 40 in each had all of it been watched.
  expect(made.meter.speeds(NO_TRAPS)(1)).toBeCloseTo(36_040 / 400);
});

test('traps, which the processor counts, are no instructions of the program', () => {
  const made = new Made();
  made.window(1, { watched: 80, free: 36_000 });
  // Of 80 counted in the watched part 10 were traps; they stand for 100.
  expect(made.meter.speeds(new Map([[1, 100]]))(1)).toBeCloseTo(36_080 / (800 - 100));
});

test('threads are told apart; one that was not counted is taken for an average one', () => {
  const made = new Made();
  made.window(1, { watched: 400, free: 3600 });
  made.window(2, { watched: 100, free: 9900 });
  const speed = made.meter.speeds(NO_TRAPS);
  expect(speed(1)).toBeCloseTo(1);
  expect(speed(2)).toBeCloseTo(10);
  expect(speed(3)).toBeCloseTo((4000 + 10_000) / (4000 + 1000));
});

test('a reading during which something else ran is made again', () => {
  const made = new Made();
  made.slow = [0.01, 5, 0.01];
  made.window(1, { watched: 40, free: 36_000 });
  expect(made.meter.speeds(NO_TRAPS)(1)).toBeCloseTo(36_040 / 400);
});

test('where nothing can be counted nothing is corrected', () => {
  const made = new Made();
  const blind = new SpeedMeter({ follow: () => undefined, tids: [], read: () => 0 }, () => 0);
  blind.begin([1]);
  blind.end(10);
  expect([blind.speeds(NO_TRAPS)(1), blind.measures, made.meter.speeds(NO_TRAPS)(1)]).toEqual([1, false, 1]);
});
