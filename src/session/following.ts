// One watch that stays with what its name means: looks where that leads, guards the pointers on the way, and arms what is at its end.
//
// The pointers are guarded first, and then read again: a change between the two is noticed. The time from a pointer's change to the arming
// is not watched, as the target is not stopped; it is told with each re-aiming, and as `re-aiming` among what was not covered.
import { as, type VirtualAddress } from '../base/brand.js';
import { HwbkptError } from '../base/errors.js';
import { SLOTS } from '../facility/index.js';
import type { NotCovered } from '../model/coverage.js';
import type { TargetEvent, WatchInfo } from '../model/hit.js';
import type { Armory } from './armory.js';
import { BadRequestError } from './errors.js';
import { type FollowGuards, slotsOf } from './follow-guards.js';
import { type Break, type Look, leadsTheSameWay, lookAlong } from './follow-look.js';
import type { Aim, FollowerWatch, Occasion, Release } from './follower-watch.js';
import type { Ordered } from './fulfilment.js';
import type { WatchOptions } from './options.js';
import type { Program } from './program.js';

/** A way that changes while it is guarded is looked at again, so often at once. */
const TRIES = 3;

/** So many times as long as arming takes, nothing is armed again: threads that come and go make it dear. */
const REST = 3;

export interface FollowingParts {
  readonly armory: Armory;
  readonly program: Program;
  readonly guards: FollowGuards;
  readonly expression: string;
  readonly options: WatchOptions;
}

export class Following implements FollowerWatch {
  readonly #parts: FollowingParts;
  /** Null while nobody looks: before the first time, and after an exec until the name means something again. */
  #look: Look | null = null;
  #info: WatchInfo;
  readonly #isAstray: (time: number) => boolean;
  readonly #missed = new Set<NotCovered>();
  /** What it leads to is not armed, or may have changed unnoticed. */
  #isUnsure = false;
  #restUntil = Number.NEGATIVE_INFINITY;
  /** When the way changed to what is not armed yet; null: there is nothing to be armed. */
  #movedAt: number | null = null;
  /** Nobody told when. */
  #isFoundOut = false;

  constructor(parts: FollowingParts) {
    this.#parts = parts;
    this.#isAstray = (time) => parts.guards.news.isAstray(time);
    const { expression, options } = parts;
    const type = { kind: 'bytes', size: 0, name: '' } as const;
    this.#info = { expression, access: options.access ?? 'write', address: as<VirtualAddress>(0n), size: 0, type };
  }

  /** The first time. Throws what Target.watch documents, unless it is worth waiting; nothing is armed then. */
  first(): Aim {
    const { armory, expression, options } = this.#parts;
    try {
      armory.whenLoaded(expression, options, () => this.#strictLook());
    } catch (error) {
      if (!isWorthWaiting(error, this.#lookNow())) throw error;
    }
    return this.#start();
  }

  /** In the program that an exec has brought. Throws as {@link first}. */
  again(): Aim {
    this.#missed.add('after-exec');
    return this.#start();
  }

  #start(): Aim {
    this.#movedAt = null;
    this.#parts.guards.news.take();
    try {
      return this.#aim(null);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  #strictLook(): void {
    const look = this.#lookNow();
    if (look.kind === 'broken') throw look.break.error;
  }

  #lookNow(): Look {
    const { program, expression, options } = this.#parts;
    return lookAlong(program, expression, options);
  }

  /** Whether it is time to look again. `loaded`: other libraries are there; `polled`: it is time for what nobody tells. */
  isDue(at: number, { loaded, polled }: Occasion): boolean {
    if (this.#look === null) return false;
    if (this.#movedAt !== null) return at >= this.#restUntil;
    return !this.#parts.guards.news.isEmpty || this.#isUnsure || loaded || (polled && this.#look.kind === 'broken');
  }

  /**
   * Looks, and arms where the way leads now; null where that is the same, or it is too soon. Once the way has changed, `release` is called.
   * `missed` is told what was not covered though the way is the same. Throws where there is nothing to wait for any more.
   */
  next(release: Release, missed: (code: NotCovered) => void): Aim | null {
    this.#movedAt ??= this.#change(missed, release);
    const start = now();
    if (this.#movedAt === null || (start < this.#restUntil && !this.#parts.guards.stops)) return null;
    const aim = this.#aimAgain(this.#movedAt);
    this.#movedAt = null;
    this.#restUntil = now() + REST * (now() - start);
    return aim;
  }

  /** Since when (ns) the way is another one; null where it is the same. */
  #change(missed: (code: NotCovered) => void, release: Release): number | null {
    const before = this.#look;
    const news = this.#parts.guards.news.take();
    const look = this.#lookNow();
    if (before === null) return null;
    if (isGone(before, look)) {
      if (news === null) return null;
      missed('re-aiming');
      release(news.first);
      this.#isUnsure = true;
      return null;
    }
    if (!this.#isUnsure && leadsTheSameWay(before, look)) {
      this.#parts.guards.hold(look.pointers, look.time);
      if (news?.changed === true) missed('re-aiming');
      return null;
    }
    this.#isFoundOut = news === null;
    const since = news?.first ?? now();
    this.#missed.add(before.kind === 'broken' && before.break.kind === 'library' ? 'after-load' : 're-aiming');
    release(since);
    return since;
  }

  /** What cannot be armed now is tried again. */
  #aimAgain(since: number): Aim {
    // Throws where there is nothing to wait for.
    const look = this.#lookNow();
    try {
      return this.#aim(since);
    } catch (error) {
      if (!(error instanceof HwbkptError)) throw error;
      const found: Break = { kind: 'pointer', reason: error.message, error };
      this.#look = { ...look, kind: 'broken', break: found };
      return this.#waits(found);
    }
  }

  /** Guards the pointers and arms what they lead to. `since`: when they changed; null: it is the first time. */
  #aim(since: number | null): Aim {
    const look = this.#guard();
    this.#look = look;
    if (look.kind === 'broken') return this.#waits(look.break);
    const { armory, expression, options } = this.#parts;
    const { address, size, type } = look.place;
    const info = { expression, access: options.access ?? 'write', address: as<VirtualAddress>(address), size, type };
    const ordered = this.#counted(armory.order(info, options, [...this.#missed]));
    const { pieces } = ordered;
    if (pieces === null) throw new BadRequestError('the debug registers that it needs are taken');
    this.#info = info;
    const { threads } = pieces.arming;
    const blind = since === null || this.#isFoundOut ? null : BigInt(Math.max(0, Math.round(now() - since)));
    const events =
      since === null ? [] : [{ kind: 're-aimed', watch: ordered.order.info, time: BigInt(Math.round(since)), blind, threads } as const];
    return { info: ordered.order.info, arming: pieces.arming, ordered, isAstray: this.#isAstray, events };
  }

  /** Guards the pointers of the way as it is; returns a look at it that they hold. */
  #guard(): Look {
    const { guards } = this.#parts;
    let look = this.#lookNow();
    for (let tries = 0; tries < TRIES && !guards.holds(look.pointers); tries++) {
      this.#check(look);
      guards.set(look.pointers, look.time);
      look = this.#lookNow();
    }
    this.#isUnsure = !guards.holds(look.pointers);
    if (this.#isUnsure) guards.set(look.pointers, look.time);
    else guards.hold(look.pointers, look.time);
    return look;
  }

  #check({ pointers }: Look): void {
    const needed = slotsOf(pointers);
    if (needed < SLOTS) return;
    throw new BadRequestError(
      `to follow ${this.#parts.expression} takes ${needed + 1} debug registers or more: ${needed} for the pointers on its path`,
      {
        hint: `There are ${SLOTS}. Begin nearer to its end, with a name or address that leads there by fewer pointers, or watch it without --follow.`,
      },
    );
  }

  #waits(found: Break): Aim {
    const { armory, guards } = this.#parts;
    const arming = { ...armory.unarmed([...this.#missed]), pointerSlots: guards.slots };
    const watch = this.#info;
    const event: TargetEvent =
      found.kind === 'library'
        ? { kind: 'waiting-for-library', watch, library: found.library }
        : { kind: 'waiting-for-pointer', watch, reason: found.reason };
    return { info: watch, arming, ordered: null, isAstray: this.#isAstray, events: [event] };
  }

  #counted({ order, pieces }: Ordered): Ordered {
    const { guards } = this.#parts;
    return { order, pieces: pieces === null ? null : { ...pieces, arming: { ...pieces.arming, pointerSlots: guards.slots } } };
  }

  /** Nothing of it is armed any more, and nobody looks. */
  release(): void {
    this.#look = null;
    this.#parts.guards.release();
  }

  /** After {@link release}, when all is in: since when (ns) what was armed was perhaps not what is named; null: it was to the end. */
  changedAtLast(): number | null {
    return this.#parts.guards.news.take()?.first ?? null;
  }
}

/** ns of CLOCK_MONOTONIC. */
function now(): number {
  return Number(process.hrtime.bigint());
}

/** Whether the first look, which `error` came of, found a way that breaks off; but an element that is not there is one mistyped. */
function isWorthWaiting(error: unknown, look: Look): boolean {
  return look.kind === 'broken' && !(error instanceof HwbkptError && error.code === 'bad-index');
}

/** Where even the first pointer cannot be read any more, the process is just ending. */
function isGone(before: Look, look: Look): boolean {
  return before.pointers.length > 0 && look.pointers.length === 0 && look.kind === 'broken' && look.break.kind === 'pointer';
}
