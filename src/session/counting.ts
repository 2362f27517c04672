// The watches of one target that count: their tallies, what the engine counts for them, and the sampling of those that are too hot.

import type { Capabilities } from '../engines/contract.js';
import { InstructionCounters } from '../engines/host/instruction-counters.js';
import type { WatchInfo } from '../model/hit.js';
import { EngineCounts, type EngineCountsParts, type Follower } from './engine-counts.js';
import { BadRequestError } from './errors.js';
import type { WatchOptions } from './options.js';
import { MACHINE_TIME, Sampler } from './sampler.js';
import { LEAST_RATE, SamplingPlan } from './sampling-plan.js';
import { SpeedMeter } from './sampling-speed.js';
import { type Counted, type SpeedOf, Tally, type TallyRow } from './tally.js';

export interface CountingParts extends EngineCountsParts {
  /** Accesses a second that all watches together may cost; null: all are counted. */
  readonly maxRate: number | null;
  /** Stops pieces, or lets them go on: {@link EngineSession.pause}. */
  pause(cookies: readonly number[], paused: boolean): void;
  /** What happened up to now, since the watches were paused, nobody has seen. */
  missed(): void;
  /** Threads of the target now. */
  threads(): Iterable<number>;
  failed(error: unknown): void;
}

/** What is armed for a counting watch. */
export interface CountedPieces {
  readonly info: WatchInfo;
  readonly cookies: readonly number[];
  /** The engine keeps the counts of what it does not report. */
  readonly byEngine: boolean;
}

/** What a watch counts with. */
export interface Counter {
  add(hit: Counted & { readonly at: number; readonly newBytes: Uint8Array | null }): void;
  armed(pieces: CountedPieces): void;
  /** These pieces are disarmed; what they counted is taken at once. */
  disarmed(pieces: CountedPieces): void;
  rows(): TallyRow[];
}

/** What the types of options promise, for callers without types, and what they cannot. Throws BadRequestError. */
export function checkRate(rate: number | undefined, keep: WatchOptions['keep'], { name, pauses }: Capabilities): void {
  if (rate === undefined) return;
  if (!(rate >= LEAST_RATE))
    throw new BadRequestError(`a rate of ${rate} hits a second cannot be kept`, { hint: `Take ${LEAST_RATE} or more.` });
  if (!pauses) throw new BadRequestError(`the ${name} engine cannot switch a watch off and on, so it cannot sample`);
  if (keep === undefined || keep === 'each')
    throw new BadRequestError('a watch of a sampled target can only count', {
      hint: 'Watch it with `keep: "counts"`, or without `maxRate`.',
    });
}

/** Random numbers that no program can be in step with. */
function random(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 0x1_0000_0000;
}

export class Counting {
  readonly #parts: CountingParts;
  readonly #counts: EngineCounts;
  readonly #tallies: Tally[] = [];
  readonly #pieces = new Set<CountedPieces>();
  readonly #instructions = new InstructionCounters();
  readonly #speed = new SpeedMeter(this.#instructions, MACHINE_TIME.now);
  #sampler: Sampler | null = null;
  #taken = 0;
  #stopped = false;

  constructor(parts: CountingParts) {
    this.#parts = parts;
    this.#counts = new EngineCounts(parts);
  }

  /** A new watch that counts. */
  counter(): Counter {
    const tally = new Tally();
    this.#tallies.push(tally);
    const followers = new Map<CountedPieces, Follower>();
    return {
      add: (hit) => tally.add(hit, this.#sampler?.windowAt(hit.at) ?? null),
      armed: (pieces) => {
        const follower = { info: pieces.info, tally };
        followers.set(pieces, follower);
        if (pieces.byEngine) this.#counts.follow(pieces.cookies, follower);
        this.#armed(pieces);
      },
      disarmed: (pieces) => {
        this.#pieces.delete(pieces);
        const follower = followers.get(pieces);
        followers.delete(pieces);
        if (pieces.byEngine && follower !== undefined) this.#counts.leave(pieces.cookies, follower);
      },
      rows: () => {
        this.read();
        return tally.rows(this.#speeds());
      },
    };
  }

  #armed(pieces: CountedPieces): void {
    this.#pieces.add(pieces);
    if (this.#sampler !== null) this.#sampler.armed();
    else if (this.#parts.maxRate !== null && !this.#stopped) this.#sample(this.#parts.maxRate);
  }

  #sample(rate: number): void {
    this.#sampler = new Sampler({
      plan: new SamplingPlan(rate, random),
      speed: this.#speed,
      time: MACHINE_TIME,
      pause: (paused) => this.#pause(paused),
      takeCounts: (next) => {
        const taken = this.#take();
        this.#counts.window = next;
        return taken;
      },
      threads: () => this.#parts.threads(),
      failed: (error) => this.#parts.failed(error),
    });
    this.#sampler.start();
  }

  #pause(paused: boolean): void {
    this.#parts.pause([...new Set([...this.#pieces].flatMap(({ cookies }) => cookies))], paused);
    if (!paused) this.#parts.missed();
  }

  /** What was counted since the last call. */
  #take(): number {
    this.read();
    const before = this.#taken;
    this.#taken = this.count;
    return this.#taken - before;
  }

  /** Takes what the engine has counted; returns whether that was anything. */
  read(): boolean {
    return this.#counts.read() > 0;
  }

  /** Accesses counted so far, by all watches. */
  get count(): number {
    return this.#tallies.reduce((sum, { count }) => sum + count, 0);
  }

  /** The part of the time that was watched, once less than all was; null before. */
  get watched(): number | null {
    return this.#sampler?.hasSampled === true ? this.#sampler.watched : null;
  }

  #speeds(): SpeedOf {
    const traps = new Map<number, number>();
    for (const tally of this.#tallies) for (const [tid, sum] of tally.sampledByThread()) traps.set(tid, (traps.get(tid) ?? 0) + sum);
    return this.#speed.speeds(traps);
  }

  /** Switches nothing on or off any more. */
  stop(): void {
    this.#stopped = true;
    this.#sampler?.stop();
    this.#instructions[Symbol.dispose]();
  }
}
