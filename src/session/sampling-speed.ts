// A thread gets further while nobody watches it: how much further, by the instructions it runs.
//
// Sampling tells how many accesses there would have been, had all of the time been watched. But a watched thread stands still for some
// microseconds at each access, and one that does little else gets through a thousandth of its work. So the same is done with the thread's
// instructions, whose true number is known: in each window those of the watched parts, times the window's weight, tell without bias how many
// instructions there would have been had all of the time been watched. Their true number, against that, is how many times as far the thread
// has come; and accesses are taken to grow with instructions (a ratio estimator: its bias vanishes as windows become many).
//
// The processor counts each exception as one instruction (AMD says so of its event 0xC0; measured: 8.118 million instead of 7.116 million with
// 1,000,000 accesses trapped). Those are taken out; with a condition, traps that it left out are not known and stay in.

/** Counters of the instructions that threads run in user mode. */
export interface InstructionReader {
  /** These threads are there now: others are not asked for any more. */
  follow(tids: Iterable<number>): void;
  /** Those that can be counted. */
  readonly tids: Iterable<number>;
  /** Of one of those. */
  read(tid: number): number;
}

interface Progress {
  /** Instructions in all windows. */
  total: number;
  /** Those of the watched parts, each times its window's weight, traps included. */
  watched: number;
  /** Counter at the start of the window and of the part, and when that was read. */
  atWindow: number;
  atPart: number;
  partFrom: number;
  /** In the watched parts of this window, and for how long (ms) they were measured. */
  inParts: number;
  measured: number;
}

/** A reading that took longer (ms) than that says too little about when it was made. */
const QUICK = 0.1;
const TRIES = 3;

/** Told by the sampler when windows and their watched parts begin and end. Times in ms. */
export class SpeedMeter {
  readonly #reader: InstructionReader;
  readonly #now: () => number;
  readonly #threads = new Map<number, Progress>();
  /** Of the window's parts, in all. */
  #length = 0;

  constructor(reader: InstructionReader, now: () => number) {
    this.#reader = reader;
    this.#now = now;
  }

  /** A window begins. */
  begin(tids: Iterable<number>): void {
    this.#reader.follow(tids);
    this.#length = 0;
    for (const tid of this.#reader.tids) {
      const progress = this.#of(tid);
      progress.atWindow = this.#reader.read(tid);
      progress.inParts = 0;
      progress.measured = 0;
    }
  }

  /** A count, and the moment at which it was right. */
  #read(tid: number): { readonly count: number; readonly at: number } {
    for (let tries = 1; ; tries++) {
      const before = this.#now();
      const count = this.#reader.read(tid);
      const after = this.#now();
      if (after - before < QUICK || tries === TRIES) return { count, at: (before + after) / 2 };
    }
  }

  #of(tid: number): Progress {
    const progress = this.#threads.get(tid) ?? { total: 0, watched: 0, atWindow: 0, atPart: 0, partFrom: 0, inParts: 0, measured: 0 };
    this.#threads.set(tid, progress);
    return progress;
  }

  /** From now to {@link partEnds} the watch is surely on. */
  partBegins(): void {
    for (const tid of this.#reader.tids) {
      const { count, at } = this.#read(tid);
      const progress = this.#of(tid);
      progress.atPart = count;
      progress.partFrom = at;
    }
  }

  partEnds(): void {
    for (const tid of this.#reader.tids) {
      const { count, at } = this.#read(tid);
      const progress = this.#of(tid);
      progress.inParts += count - progress.atPart;
      progress.measured += at - progress.partFrom;
    }
  }

  /** The part that has ended was on for so long, switching included. */
  part(length: number): void {
    this.#length += length;
  }

  /** The window is over, or cut short. */
  end(weight: number): void {
    for (const tid of this.#reader.tids) {
      const progress = this.#of(tid);
      const { inParts, measured } = progress;
      const count = this.#reader.read(tid);
      progress.total += count - progress.atWindow;
      if (measured > 0) progress.watched += (inParts / measured) * this.#length * weight;
      progress.atWindow = count;
      progress.inParts = 0;
      progress.measured = 0;
    }
  }

  /** `traps`: accesses of each thread in watched parts, each times its window's weight. */
  speeds(traps: ReadonlyMap<number, number>): (tid: number) => number {
    let total = 0;
    let watched = 0;
    const ratios = new Map<number, number>();
    for (const [tid, progress] of this.#threads) {
      const own = progress.watched - (traps.get(tid) ?? 0);
      if (own <= 0) continue;
      ratios.set(tid, progress.total / own);
      total += progress.total;
      watched += own;
    }
    // Threads that came and went between two windows are taken for average ones.
    return (tid) => ratios.get(tid) ?? (watched > 0 ? total / watched : 1);
  }

  /** Whether any instructions were counted. */
  get measures(): boolean {
    return [...this.#threads.values()].some(({ total }) => total > 0);
  }
}
