// The breakpoints of one session: each set of a client's replaces the one before of its group, and what is in both stays armed.
import { HwbkptError } from '../../base/errors.js';
import type { Client, ClientWatch } from '../../session/debug/index.js';
import type { ProcessView } from '../../session/inspect/index.js';
import { type Breakpoint, type BreakpointPlace, type BreakpointWish, described, refusalText, type ShownData } from './breakpoint.js';
import { hitCondition } from './hit-condition.js';
import { Loads, mayBeLoaded } from './loads.js';

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
  /** The program has loaded it by itself, and can let go of it. */
  readonly isLate: boolean;
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
  /** The process, with what is loaded now. */
  readonly view: () => Promise<ProcessView>;
}

/** A register that a breakpoint does without for a moment. */
export interface Loan {
  /** The breakpoint, and where it is; null: what the program loads is not followed meanwhile. */
  readonly of: { readonly breakpoint: Breakpoint; readonly address: bigint } | null;
  giveBack(): Promise<void>;
}

export class Breakpoints {
  readonly #client: Client;
  readonly #options: BreakpointOptions;
  /** Told of each breakpoint that is another than before, as the protocol describes it. */
  readonly #changed: (breakpoint: object) => void;
  readonly #groups = new Map<string, Group>();
  readonly #byWatch = new Map<number, Breakpoint>();
  readonly #loads: Loads;
  #nextId = 1;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(client: Client, options: BreakpointOptions, changed: (breakpoint: object) => void) {
    this.#client = client;
    this.#loads = new Loads(client);
    this.#options = options;
    this.#changed = changed;
  }

  /** Those of `group` from now on; described in the order of `wishes`. */
  set(group: string, wishes: readonly BreakpointWish[], locate: Locate): Promise<object[]> {
    return this.#inTurn(async () => {
      const breakpoints = await this.#replaced(this.#groups.get(group)?.breakpoints ?? [], wishes, locate);
      this.#groups.set(group, { breakpoints, locate });
      await this.#follow();
      return breakpoints.map((one) => this.#described(one));
    });
  }

  async #replaced(before: readonly Breakpoint[], wishes: readonly BreakpointWish[], locate: Locate): Promise<Breakpoint[]> {
    const kept = before.filter(({ wish }) => wishes.some((other) => sameWish(wish, other)));
    for (const one of before) if (!kept.includes(one)) await this.#disarm(one);
    const breakpoints: Breakpoint[] = [];
    for (const wish of wishes) {
      const known = kept.find((one) => sameWish(one.wish, wish) && !breakpoints.includes(one));
      const one = known ?? newBreakpoint(this.#nextId++, wish);
      breakpoints.push(one);
      if (one.watches.length === 0) await this.#arm(one, locate);
    }
    return breakpoints;
  }

  /** The breakpoint that a watch serves; null where it serves none. */
  byWatch(watch: ClientWatch): Breakpoint | null {
    return this.#byWatch.get(watch.id) ?? null;
  }

  /** Whether `watch` is none of a breakpoint's: its hits say that the program has loaded something, or is about to. */
  isLoad(watch: ClientWatch): boolean {
    return this.#loads.isWatch(watch);
  }

  /** What the program loads is followed again, or is not any more, because others have the register. */
  async loadsChanged(): Promise<void> {
    for (const breakpoint of this.#all) if (breakpoint.isMissing) this.#changed(this.#described(breakpoint));
    if (this.#loads.isFollowed) await this.lookAgain();
  }

  /**
   * Gives up the register of one code breakpoint for a step; null where there is none to give. Only one thread may run meanwhile, and whoever
   * steps it looks whether it comes to the breakpoint's address.
   */
  lend(): Promise<Loan | null> {
    return this.#inTurn(async () => {
      if (this.#loads.isFollowed) {
        await this.#loads.release();
        return { of: null, giveBack: () => this.lookAgain() };
      }
      const breakpoint = this.#all.find(
        ({ wish, watches }) => wish.kind !== 'data' && wish.condition === null && watches[0]?.isArmed === true,
      );
      const watch = breakpoint?.watches[0];
      return breakpoint === undefined || watch === undefined ? null : await this.#lent(breakpoint, watch);
    });
  }

  async #lent(breakpoint: Breakpoint, watch: ClientWatch): Promise<Loan> {
    const { address, expression } = watch.info;
    this.#byWatch.delete(watch.id);
    await watch.close();
    return {
      of: { breakpoint, address },
      giveBack: () =>
        this.#inTurn(async () => {
          const again = await this.#watch(expression, breakpoint.wish, 'execute');
          breakpoint.watches = breakpoint.watches.map((one) => (one === watch ? again : one));
          this.#byWatch.set(again.id, breakpoint);
        }),
    };
  }

  /** A watch has lost its registers, has them again, or has ended. */
  watchChanged(watch: ClientWatch, because: string | null): void {
    const breakpoint = this.#byWatch.get(watch.id);
    if (breakpoint === undefined) return;
    if (because !== null) breakpoint.message = because;
    this.#changed(this.#described(breakpoint));
  }

  /** Other code is loaded: those that led nowhere are looked for again, and those whose code is gone. */
  lookAgain(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#look();
      await this.#follow();
    });
  }

  /** The program has stopped for people to look: what could not be followed meanwhile is looked for. */
  async catchUp(): Promise<void> {
    if (!this.#loads.isFollowed && this.#all.some(({ isMissing, isLate }) => isMissing || isLate)) await this.lookAgain();
  }

  /** Another program runs: what is in code is elsewhere. */
  forgetCode(): Promise<void> {
    return this.#inTurn(async () => {
      for (const breakpoint of this.#all) if (breakpoint.wish.kind !== 'data') await this.#disarm(breakpoint);
      await this.#loads.release();
      await this.#look();
      await this.#follow();
    });
  }

  async #look(): Promise<void> {
    const view = await this.#options.view();
    for (const { breakpoints, locate } of this.#groups.values()) {
      for (const breakpoint of breakpoints) {
        const { isLate, place, watches } = breakpoint;
        const isGone = isLate && place.address !== null && view.image.moduleAt(place.address) === null;
        if (watches.length > 0 && !isGone) continue;
        if (isGone) await this.#disarm(breakpoint);
        await this.#arm(breakpoint, locate);
        if (isGone || breakpoint.watches.length > 0) this.#changed(this.#described(breakpoint));
      }
    }
  }

  /** Takes a register to follow what is loaded, where that can matter; gives it back where it cannot. */
  async #follow(): Promise<void> {
    const isWanted = this.#all.some(({ isMissing, isLate }) => isMissing || isLate);
    if (isWanted) await this.#loads.follow(await this.#options.view());
    else await this.#loads.release();
  }

  get #all(): Breakpoint[] {
    return [...this.#groups.values()].flatMap(({ breakpoints }) => breakpoints);
  }

  #described(breakpoint: Breakpoint): object {
    if (!breakpoint.isMissing) return described(breakpoint);
    const note = this.#loads.isFollowed
      ? 'It is looked for in what the program loads, by a debug register that anybody else may have.'
      : 'It is looked for again at the next stop: no debug register is free to follow what the program loads.';
    return described({ ...breakpoint, message: `${breakpoint.message ?? ''} ${note}`.trim() });
  }

  /** One after the other: breakpoints are set by requests, and found by stops. */
  #inTurn<T>(what: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(what);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #arm(breakpoint: Breakpoint, locate: Locate): Promise<void> {
    const { wish } = breakpoint;
    const watches: ClientWatch[] = [];
    try {
      const counted = wish.hitCondition === null ? null : hitCondition(wish.hitCondition);
      if (wish.hitCondition !== null && counted === null)
        throw new Error(`${JSON.stringify(wish.hitCondition)} is no hit condition: write a number, or >=, >, ==, <=, < or % and a number`);
      const { expressions, access, place, message, shown, isLate } = locate(wish);
      for (const expression of expressions) watches.push(await this.#watch(expression, wish, access));
      const start = await this.#startOf(wish, watches);
      Object.assign(breakpoint, { hitCondition: counted, place, message, shown, watches, start, isLate, isMissing: false });
      for (const watch of watches) this.#byWatch.set(watch.id, breakpoint);
    } catch (error) {
      for (const watch of watches) await watch.close();
      Object.assign(breakpoint, { message: await this.#refusal(error), place: NOWHERE, isLate: false, isMissing: mayBeLoaded(error) });
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
    if (!isLackOfSlots(error)) return text;
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

/** Whether there are too few registers, or there were. */
function isLackOfSlots(error: unknown): boolean {
  return error instanceof HwbkptError && (error.code === 'no-slot' || error.code === 'range-too-long');
}

function newBreakpoint(id: number, wish: BreakpointWish): Breakpoint {
  return {
    ...{ id, wish, hitCondition: null, place: NOWHERE, watches: [], message: null },
    ...{ shown: null, start: null, hits: 0, isMissing: false, isLate: false },
  };
}

const NOWHERE: BreakpointPlace = { file: null, line: null, address: null };

function sameWish(a: BreakpointWish, b: BreakpointWish): boolean {
  return a.key === b.key && a.condition === b.condition && a.hitCondition === b.hitCondition && a.logMessage === b.logMessage;
}
