// Takes what an engine has counted by itself into the tallies of the watches that it was counted for.
import { highU32, lowU32 } from '../base/u64.js';
import type { EngineSession, RawHit } from '../engines/contract.js';
import type { HitCount } from '../engines/handling.js';
import type { AccessRebuilder } from '../instructions/index.js';
import type { WatchInfo } from '../model/hit.js';
import type { Place } from '../model/place.js';
import type { PlaceCache } from './places.js';
import type { Tally } from './tally.js';
import type { SampledWindow } from './tally-sum.js';

export interface EngineCountsParts {
  readonly session: Pick<EngineSession, 'counts'>;
  rebuilder(): Pick<AccessRebuilder, 'accessorOf'> | null;
  readonly places: PlaceCache;
  stack(raw: Pick<RawHit, 'stack' | 'kernel'>): readonly Place[] | null;
}

/** Whose accesses a piece counts. */
export interface Follower {
  readonly info: WatchInfo;
  readonly tally: Tally;
}

/** What of one counter has been taken already, and who it is. */
interface Taken {
  readonly who: Omit<HitCount, 'count' | 'first' | 'last'>;
  count: number;
  readonly places: Map<WatchInfo, Resolved>;
}

interface Resolved {
  readonly place: Place;
  readonly stack: readonly Place[] | null;
}

/** Totals of the engine only grow: what has come since the last look is what a tally gets. */
export class EngineCounts {
  readonly #parts: EngineCountsParts;
  readonly #followers = new Map<number, Set<Follower>>();
  readonly #taken = new Map<string, Taken>();
  /** The window of sampled time that is under way: what is read belongs to it. */
  window: SampledWindow | null = null;

  constructor(parts: EngineCountsParts) {
    this.#parts = parts;
  }

  /** From now on what these pieces count is `follower`'s too; what they have counted before is not. */
  follow(cookies: readonly number[], follower: Follower): void {
    this.read();
    for (const cookie of cookies) this.#followers.set(cookie, new Set(this.#followers.get(cookie)).add(follower));
  }

  /** These pieces are not `follower`'s any more; what they have counted up to now is. */
  leave(cookies: readonly number[], follower: Follower): void {
    this.read();
    for (const cookie of cookies) this.#followers.get(cookie)?.delete(follower);
  }

  /** Takes what has been counted since the last call; returns how many accesses that were. */
  read(): number {
    if (this.#followers.size === 0) return 0;
    let sum = 0;
    for (const total of totals(this.#parts.session.counts())) sum += this.#take(total);
    return sum;
  }

  #take({ key, counts: [first, ...rest], count }: Total): number {
    const taken = this.#taken.get(key) ?? { who: first, count: 0, places: new Map() };
    this.#taken.set(key, taken);
    const more = count - taken.count;
    if (more <= 0) return 0;
    const isFirst = taken.count === 0;
    taken.count = count;
    const last = (rest.at(-1) ?? first).last;
    for (const { info, tally } of this.#followers.get(first.cookie) ?? []) {
      const by = { ...first, watch: info, ...this.#resolve(taken, info) };
      tally.addCounted(by, { count: more, first: isFirst ? first.first : last, last }, this.window);
    }
    return more;
  }

  /** At the first sight, while the code is still there. */
  #resolve(taken: Taken, info: WatchInfo): Resolved {
    const known = taken.places.get(info);
    if (known !== undefined) return known;
    const { ip, kernel, stack } = taken.who;
    const at = info.access === 'execute' ? ip : kernel ? BigInt.asUintN(64, ip - 1n) : this.#accessorOf(ip, info);
    const place = this.#parts.places.at(lowU32(at), highU32(at), kernel);
    const resolved = { place, stack: stack === null ? null : this.#parts.stack({ stack, kernel }) };
    taken.places.set(info, resolved);
    return resolved;
  }

  #accessorOf(ip: bigint, { access }: WatchInfo): bigint {
    return this.#parts.rebuilder()?.accessorOf(ip, access === 'write') ?? BigInt.asUintN(64, ip - 1n);
  }
}

interface Total {
  readonly key: string;
  /** Those of one accessor; an engine may have several. */
  readonly counts: readonly [HitCount, ...HitCount[]];
  readonly count: number;
}

function totals(counts: readonly HitCount[]): Total[] {
  const byKey = new Map<string, [HitCount, ...HitCount[]]>();
  for (const one of counts) {
    const { cookie, pid, tid, ip, kernel, stack } = one;
    const key = `${cookie} ${pid} ${tid} ${ip} ${kernel} ${stack?.join() ?? ''}`;
    const others = byKey.get(key);
    if (others === undefined) byKey.set(key, [one]);
    else others.push(one);
  }
  // What is new comes in the order of threads, then of code: an engine has no order of time.
  const sorted = [...byKey].sort(([, [a]], [, [b]]) => a.tid - b.tid || Number(a.ip - b.ip));
  return sorted.map(([key, list]) => ({ key, counts: list, count: list.reduce((sum, { count }) => sum + count, 0) }));
}
