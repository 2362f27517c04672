// The breakpoints of one session: each set of a client's replaces the one before of its group, and what is in both stays armed.
import type { Client, ClientWatch } from '../../session/debug/index.js';
import { type Breakpoint, type BreakpointPlace, type BreakpointWish, described, refusalText, type ShownData } from './breakpoint.js';
import { hitCondition } from './hit-condition.js';

/** Where a wish leads now: what is to be watched. */
export interface Located {
  readonly place: BreakpointPlace;
  /** Expressions for Client.watch. */
  readonly expressions: readonly string[];
  readonly access: 'write' | 'readwrite' | 'execute';
  /** What is to be said of it. */
  readonly message: string | null;
  /** How what is watched is called and read, where the expression alone does not say. */
  readonly shown: ShownData | null;
}

/** Finds where a wish leads; throws what says why it leads nowhere. */
export type Locate = (wish: BreakpointWish) => Located;

interface Group {
  breakpoints: Breakpoint[];
  locate: Locate;
}

/** What a breakpoint is armed with. */
export interface BreakpointOptions {
  /** 0 to 255; null: armed at once or refused. */
  readonly priority: number | null;
  /** Whether all threads stand. */
  readonly isStopped: () => boolean;
}

/** A register that a breakpoint does without for a moment. */
export interface Loan {
  readonly breakpoint: Breakpoint;
  readonly address: bigint;
  giveBack(): Promise<void>;
}

export class Breakpoints {
  readonly #client: Client;
  readonly #options: BreakpointOptions;
  /** Told of each breakpoint that is another than before, as the protocol describes it. */
  readonly #changed: (breakpoint: object) => void;
  readonly #groups = new Map<string, Group>();
  readonly #byWatch = new Map<number, Breakpoint>();
  #nextId = 1;

  constructor(client: Client, options: BreakpointOptions, changed: (breakpoint: object) => void) {
    this.#client = client;
    this.#options = options;
    this.#changed = changed;
  }

  /** Those of `group` from now on; described in the order of `wishes`. */
  async set(group: string, wishes: readonly BreakpointWish[], locate: Locate): Promise<object[]> {
    const before = this.#groups.get(group)?.breakpoints ?? [];
    const kept = before.filter(({ wish }) => wishes.some((other) => sameWish(wish, other)));
    for (const one of before) if (!kept.includes(one)) await this.#disarm(one);
    const breakpoints: Breakpoint[] = [];
    for (const wish of wishes) {
      const known = kept.find((one) => sameWish(one.wish, wish) && !breakpoints.includes(one));
      const one = known ?? {
        id: this.#nextId++,
        wish,
        hitCondition: null,
        place: NOWHERE,
        watches: [],
        message: null,
        shown: null,
        start: null,
        hits: 0,
      };
      breakpoints.push(one);
      if (one.watches.length === 0) await this.#arm(one, locate);
    }
    this.#groups.set(group, { breakpoints, locate });
    return breakpoints.map(described);
  }

  /** The breakpoint that a watch serves; null where it serves none. */
  byWatch(watch: ClientWatch): Breakpoint | null {
    return this.#byWatch.get(watch.id) ?? null;
  }

  /**
   * Gives up the register of one code breakpoint for a step; null where there is none to give. Only one thread may run meanwhile, and whoever
   * steps it looks whether it comes to `address`.
   */
  async lend(): Promise<Loan | null> {
    const all = [...this.#groups.values()].flatMap(({ breakpoints }) => breakpoints);
    const breakpoint = all.find(({ wish, watches }) => wish.kind !== 'data' && wish.condition === null && watches[0]?.isArmed === true);
    const watch = breakpoint?.watches[0];
    if (breakpoint === undefined || watch === undefined) return null;
    const { address, expression } = watch.info;
    this.#byWatch.delete(watch.id);
    await watch.close();
    return {
      ...{ breakpoint, address },
      giveBack: async () => {
        const again = await this.#watch(expression, breakpoint.wish, 'execute');
        breakpoint.watches = breakpoint.watches.map((one) => (one === watch ? again : one));
        this.#byWatch.set(again.id, breakpoint);
      },
    };
  }

  /** A watch has lost its registers, has them again, or has ended. */
  watchChanged(watch: ClientWatch, because: string | null): void {
    const breakpoint = this.#byWatch.get(watch.id);
    if (breakpoint === undefined) return;
    if (because !== null) breakpoint.message = because;
    this.#changed(described(breakpoint));
  }

  /** Other code is loaded: those that led nowhere, or have lost what they led to, are looked for again. */
  async lookAgain(): Promise<void> {
    for (const { breakpoints, locate } of this.#groups.values()) {
      for (const breakpoint of breakpoints) {
        if (breakpoint.watches.length > 0) continue;
        await this.#arm(breakpoint, locate);
        if (breakpoint.watches.length > 0) this.#changed(described(breakpoint));
      }
    }
  }

  /** Another program runs: what is in code is elsewhere. */
  async forgetCode(): Promise<void> {
    for (const { breakpoints } of this.#groups.values())
      for (const breakpoint of breakpoints) if (breakpoint.wish.kind !== 'data') await this.#disarm(breakpoint);
    await this.lookAgain();
  }

  async #arm(breakpoint: Breakpoint, locate: Locate): Promise<void> {
    const { wish } = breakpoint;
    const watches: ClientWatch[] = [];
    try {
      const counted = wish.hitCondition === null ? null : hitCondition(wish.hitCondition);
      if (wish.hitCondition !== null && counted === null)
        throw new Error(`${JSON.stringify(wish.hitCondition)} is no hit condition: write a number, or >=, >, ==, <=, < or % and a number`);
      const { expressions, access, place, message, shown } = locate(wish);
      for (const expression of expressions) watches.push(await this.#watch(expression, wish, access));
      const start = await this.#startOf(wish, watches);
      Object.assign(breakpoint, { hitCondition: counted, place, message, shown, watches, start });
      for (const watch of watches) this.#byWatch.set(watch.id, breakpoint);
    } catch (error) {
      breakpoint.message = await this.#refusal(error);
      for (const watch of watches) await watch.close();
    }
  }

  async #watch(expression: string, { kind, condition, logMessage }: BreakpointWish, access: Located['access']): Promise<ClientWatch> {
    const { priority } = this.#options;
    // A message about code shows the frame's variables: the thread must stand for that.
    const stop = kind !== 'data' || logMessage === null;
    return await this.#client.watch(expression, {
      ...{ access, stop },
      ...(condition === null ? {} : { condition }),
      ...(priority === null ? {} : { priority }),
    });
  }

  async #startOf({ kind, condition }: BreakpointWish, [watch]: readonly ClientWatch[]): Promise<Uint8Array | null> {
    if (watch === undefined || kind !== 'data' || condition !== null || !this.#options.isStopped()) return null;
    const { address, size } = watch.info;
    return await this.#client.readMemory(this.#client.pid, address, size);
  }

  /** With who holds the registers, where they are what is lacking. */
  async #refusal(error: unknown): Promise<string> {
    const text = refusalText(error);
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
    if (code !== 'no-slot' && code !== 'range-too-long') return text;
    const uses = await this.#client.slots().catch(() => []);
    const holders = [...new Set(uses.filter(({ armed }) => armed).map(({ client, expression }) => `${client}: ${expression}`))];
    return holders.length === 0 ? text : `${text}. Debug registers are held by ${holders.join(', ')}`;
  }

  async #disarm(breakpoint: Breakpoint): Promise<void> {
    const { watches } = breakpoint;
    breakpoint.watches = [];
    for (const watch of watches) {
      this.#byWatch.delete(watch.id);
      await watch.close();
    }
  }
}

const NOWHERE: BreakpointPlace = { file: null, line: null, address: null };

function sameWish(a: BreakpointWish, b: BreakpointWish): boolean {
  return a.key === b.key && a.condition === b.condition && a.hitCondition === b.hitCondition && a.logMessage === b.logMessage;
}
