import { describe, expect, test } from 'vitest';
import { Sampler, type SamplingTime } from './sampler.js';
import { SamplingPlan } from './sampling-plan.js';
import { type InstructionReader, SpeedMeter } from './sampling-speed.js';
import { RowSum } from './tally-sum.js';

const NO_COUNTERS: InstructionReader = { follow: () => undefined, tids: [], read: () => 0 };

/** Accesses of a program, so many a ms, on a clock that goes on only when somebody waits. */
class Made {
  at = 1000;
  readonly #perMs: (at: number) => number;
  readonly switches: { readonly at: number; readonly paused: boolean }[] = [];
  readonly sum = new RowSum();
  readonly sampler: Sampler;
  readonly errors: unknown[] = [];
  truth = 0;
  seen = 0;
  #paused = false;
  #taken = 0;
  #ends = Number.POSITIVE_INFINITY;
  /** Accesses that nobody has taken yet: when each was seen. */
  #fresh: number[] = [];

  constructor(rate: number, perMs: (at: number) => number, lateness = 0) {
    this.#perMs = perMs;
    const time: SamplingTime = {
      now: () => this.at,
      sleep: async (milliseconds) => this.#pass(milliseconds + lateness),
      block: (milliseconds) => this.#pass(Math.max(0, milliseconds)),
    };
    let random = 0;
    this.sampler = new Sampler({
      plan: new SamplingPlan(rate, () => {
        random = (random + 0.618_034) % 1;
        return random;
      }),
      speed: new SpeedMeter(NO_COUNTERS, () => this.at),
      time,
      pause: (paused) => {
        this.#paused = paused;
        this.switches.push({ at: this.at, paused });
      },
      takeCounts: () => this.#take(),
      threads: () => [1],
      failed: (error) => this.errors.push(error),
    });
  }

  #pass(milliseconds: number): void {
    // A tenth of a ms at a time.
    for (let left = Math.round(milliseconds * 10); left > 0; left--) {
      const accesses = this.#perMs(this.at) / 10;
      this.truth += accesses;
      if (!this.#paused) {
        this.seen += accesses;
        this.#fresh.push(this.at, accesses);
      }
      this.at += 0.1;
    }
    if (this.at >= this.#ends) this.sampler.stop();
  }

  #take(): number {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (let i = 0; i < fresh.length; i += 2) this.sum.add(fresh[i + 1] ?? 0, this.sampler.windowAt((fresh[i] ?? 0) * 1e6));
    const taken = this.sum.count - this.#taken;
    this.#taken = this.sum.count;
    return taken;
  }

  async run(milliseconds: number): Promise<void> {
    this.#ends = this.at + milliseconds;
    this.sampler.start();
    while (this.at < this.#ends && this.errors.length === 0) await new Promise((resolve) => setImmediate(resolve));
    this.#take();
  }

  get estimate(): number {
    return this.sum.exact + this.sum.sampled;
  }
}

describe('a watch that is not too hot', () => {
  test('is never switched, and every access counts as it is', async () => {
    const made = new Made(20_000, () => 10);
    await made.run(2000);
    expect(made.switches).toEqual([]);
    expect(made.sampler).toMatchObject({ hasSampled: false, watched: 1 });
    expect(made.estimate).toBeCloseTo(made.truth);
  });
});

describe('a watch that is too hot', () => {
  test('is watched for a part of the time, and the estimate is near the truth', async () => {
    const made = new Made(10_000, () => 100);
    await made.run(10_000);
    expect(made.sampler.hasSampled).toBe(true);
    expect(made.seen / 10).toBeGreaterThan(7000);
    expect(made.seen / 10).toBeLessThan(13_000);
    expect(made.sampler.watched).toBeCloseTo(made.seen / made.truth, 1);
    expect(made.estimate / made.truth).toBeGreaterThan(0.97);
    expect(made.estimate / made.truth).toBeLessThan(1.03);
  });

  test('likewise where timers are late', async () => {
    const made = new Made(10_000, () => 100, 3);
    await made.run(10_000);
    expect(made.estimate / made.truth).toBeGreaterThan(0.95);
    expect(made.estimate / made.truth).toBeLessThan(1.05);
  });

  test('is watched throughout again when it has cooled down', async () => {
    const made = new Made(10_000, (at) => (at < 3000 ? 100 : 1));
    await made.run(6000);
    expect(made.switches.at(-1)?.paused).toBe(false);
    expect(made.switches.at(-1)?.at).toBeLessThan(5000);
  });

  test('stays off when pieces are armed in a part that is not watched', async () => {
    const made = new Made(10_000, () => 100);
    await made.run(1000);
    const last = made.switches.at(-1);
    made.sampler.armed();
    expect(made.switches.at(-1)?.paused).toBe(last?.paused);
    expect(made.switches.length).toBeGreaterThan(10);
  });
});

test('what goes wrong while switching is told, and ends it', async () => {
  const made = new Made(100, () => 1000);
  const failing = new Sampler({
    plan: new SamplingPlan(100, () => 0.5),
    speed: new SpeedMeter(NO_COUNTERS, () => made.at),
    time: {
      now: () => made.at,
      sleep: async (milliseconds) => {
        made.at += milliseconds;
      },
      block: (milliseconds) => {
        made.at += Math.max(milliseconds, 0);
      },
    },
    pause: () => {
      throw new Error('gone');
    },
    takeCounts: () => 1000,
    threads: () => [],
    failed: (error) => made.errors.push(error),
  });
  failing.start();
  while (made.errors.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(made.errors).toEqual([new Error('gone')]);
});
