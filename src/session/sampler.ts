// Switches watches that are too hot on and off by a plan, and knows of each moment what part of the time around it was watched.
import type { SamplingPlan, WindowPlan } from './sampling-plan.js';
import type { SpeedMeter } from './sampling-speed.js';
import type { SampledWindow } from './tally-sum.js';

export interface SamplerParts {
  readonly plan: SamplingPlan;
  readonly speed: SpeedMeter;
  readonly time: SamplingTime;
  /** Stops all sampled pieces, or lets them go on. Throws LinuxError. */
  pause(paused: boolean): void;
  /** What was counted since the last call, by all sampled watches; in a window from now on, or in none. */
  takeCounts(next: SampledWindow | null): number;
  /** Threads of the target. */
  threads(): Iterable<number>;
  failed(error: unknown): void;
}

/** Time as the sampler sees it, ms. */
export interface SamplingTime {
  now(): number;
  /** Other things go on meanwhile; may take longer. */
  sleep(milliseconds: number): Promise<void>;
  /** Nothing else goes on; takes no longer. */
  block(milliseconds: number): void;
}

/** A timer fires up to so many ms too late without anything having held it up. */
const TIMER_LATENESS = 1.5;

/** The clock of the machine: CLOCK_MONOTONIC, as in hits. */
export const MACHINE_TIME: SamplingTime = {
  now: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
  block: (milliseconds) => {
    if (milliseconds > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  },
};

/** Windows remembered, for hits that are handed on late: seconds of them. */
const MOST_WINDOWS = 1024;

interface Begun {
  /** ms. */
  readonly start: number;
  /** Null: watched throughout. */
  readonly window: OpenWindow | null;
}

export class Sampler {
  readonly #parts: SamplerParts;
  readonly #windows: Begun[] = [];
  #paused = false;
  #stopped = false;
  #hasSampled = false;
  #watched = 0;
  #all = 0;

  constructor(parts: SamplerParts) {
    this.#parts = parts;
  }

  /** Begins; everything is on until it turns out to be too hot. */
  start(): void {
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopped) await this.#window(this.#parts.plan.next());
    } catch (error) {
      this.#stopped = true;
      this.#parts.failed(error);
    }
  }

  /** Pieces were armed, which are on whatever was said before. */
  armed(): void {
    if (this.#paused) this.#parts.pause(true);
  }

  /** For good. What was counted in the window that is under way stands for what it would have if that had ended. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const last = this.#windows.at(-1);
    if (last === undefined) return;
    this.#parts.takeCounts(last.window);
    if (last.window !== null) this.#parts.speed.end(last.window.weight);
    this.#account(last, this.#parts.time.now());
  }

  /** Whether anything was ever switched off. */
  get hasSampled(): boolean {
    return this.#hasSampled;
  }

  /** The part of the time that was watched, so far: 0 to 1. */
  get watched(): number {
    return this.#all === 0 ? 1 : this.#watched / this.#all;
  }

  /** The window of what happened at `time` (ns of CLOCK_MONOTONIC); null where all of it counts as it is. */
  windowAt(time: number): SampledWindow | null {
    const at = time / 1e6;
    for (let i = this.#windows.length - 1; i >= 0; i--) {
      const begun = this.#windows[i];
      if (begun !== undefined && begun.start <= at) return begun.window;
    }
    return null;
  }

  async #window(plan: WindowPlan): Promise<void> {
    const { time, takeCounts, speed } = this.#parts;
    const begun: Begun = { start: time.now(), window: plan.share === 1 ? null : new OpenWindow(plan) };
    this.#windows.push(begun);
    if (this.#windows.length > MOST_WINDOWS) this.#windows.shift();
    takeCounts(begun.window);
    if (begun.window === null) await this.#throughout(begun.start, plan);
    else await this.#inParts(begun.start, plan, begun.window);
    if (this.#stopped) return;
    const now = time.now();
    const counted = takeCounts(null);
    this.#account(begun, now);
    if (begun.window === null) this.#parts.plan.observe({ length: now - begun.start, watched: now - begun.start, counted });
    else {
      begun.window.end(now - begun.start);
      speed.end(begun.window.weight);
      this.#parts.plan.observe({ length: now - begun.start, watched: begun.window.watched, counted });
    }
  }

  #account({ start, window }: Begun, now: number): void {
    this.#all += now - start;
    this.#watched += window?.watched ?? now - start;
  }

  async #throughout(start: number, { length }: WindowPlan): Promise<void> {
    this.#switch(false);
    await this.#until(start + length);
  }

  async #inParts(start: number, { length, parts }: WindowPlan, window: OpenWindow): Promise<void> {
    this.#hasSampled = true;
    if (parts[0]?.from !== 0) this.#switch(true);
    this.#parts.speed.begin(this.#parts.threads());
    for (const { from, until } of parts) {
      await this.#until(start + from);
      if (this.#stopped) return;
      window.watched += this.#watch(until - from);
    }
    await this.#until(start + length);
  }

  /** Watches for `length` ms; returns how long that really was. */
  #watch(length: number): number {
    const { time, speed } = this.#parts;
    const from = time.now();
    this.#switch(false);
    const on = time.now();
    speed.partBegins();
    time.block(length - (time.now() - from));
    speed.partEnds();
    const off = time.now();
    this.#switch(true);
    // Both switches take a moment, at some point of which they take effect.
    const watched = (off + time.now()) / 2 - (from + on) / 2;
    speed.part(watched);
    return watched;
  }

  #switch(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#parts.pause(paused);
    this.#paused = paused;
  }

  async #until(moment: number): Promise<void> {
    const { time } = this.#parts;
    const wait = moment - time.now() - TIMER_LATENESS;
    if (wait > 0) await time.sleep(wait);
    if (!this.#stopped) time.block(Math.min(moment - time.now(), TIMER_LATENESS));
  }
}

/** A window under way, or over. */
class OpenWindow implements SampledWindow {
  readonly #plan: WindowPlan;
  /** ms, so far. */
  watched = 0;
  #length: number | null = null;

  constructor(plan: WindowPlan) {
    this.#plan = plan;
  }

  /** It was `length` ms long: timers may have made it longer than planned, and its parts too. */
  end(length: number): void {
    this.#length = length;
  }

  get weight(): number {
    return this.#length === null || this.watched === 0 ? 1 / this.#plan.share : this.#length / this.watched;
  }
}
