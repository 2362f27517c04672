// Turns an expression into a request for debug registers: what it names now, which registers cover that, and what the engine does with its hits.
import { present } from '../base/assert.js';
import { as, type VirtualAddress } from '../base/brand.js';
import type { Condition } from '../conditions/index.js';
import type { Capabilities } from '../engines/contract.js';
import type { ConditionNames } from '../expressions/index.js';
import { linearOfU64, SLOTS } from '../facility/index.js';
import type { Access } from '../model/access.js';
import type { NotCovered } from '../model/coverage.js';
import type { WatchInfo } from '../model/hit.js';
import { type Cover, CoverError, planCover } from '../registers/index.js';
import { checkOptions } from './check-options.js';
import { touchPages } from './condition-pages.js';
import { BadRequestError, NotMappedError } from './errors.js';
import { type ArmedPieces, Fulfilment, type FulfilmentParts, type Order, type Ordered } from './fulfilment.js';
import { conditionOf } from './hit-filter.js';
import { type HitPlan, type HitWish, planHits } from './hit-plan.js';
import type { SharedWatchOptions, WatchOptions } from './options.js';
import { refuseOwnReads } from './own-reads.js';
import type { ResolvedExpression } from './program.js';
import { isUnknownName, isUnsetPointer } from './rearming.js';
import type { Slots, SlotWish } from './slots.js';
import type { WatchArming } from './watch.js';

/** What the armory works with. */
export interface ArmoryParts extends FulfilmentParts {
  readonly slots: Slots;
  /** The engine's refusal of a watch as an error with advice. */
  explain(error: unknown, info: WatchInfo): unknown;
}

export class Armory {
  readonly #parts: ArmoryParts;
  readonly #fulfilment: Fulfilment;
  #showsStacks = false;

  constructor(parts: ArmoryParts) {
    this.#parts = parts;
    this.#fulfilment = new Fulfilment(parts);
  }

  /** What the engine can do. */
  get capabilities(): Capabilities {
    return this.#parts.session.capabilities;
  }

  /** Whether a stack was ever asked for. */
  get showsStacks(): boolean {
    return this.#showsStacks;
  }

  /**
   * Resolves `expression` and asks for registers: everything of it is armed, or nothing. Errors as Target.watch documents them.
   *
   * A name may be in a library that was loaded since the last look. In a held program it may be in one that is still to be loaded: then the
   * loader is let run until it is, or has finished.
   */
  arm(expression: string, options: WatchOptions): Ordered {
    this.check(options);
    return this.whenLoaded(expression, options, () => this.#armNow(expression, options));
  }

  /** Throws BadRequestError for options that cannot be had. */
  check(options: WatchOptions): void {
    checkOptions(options, this.#parts.session.capabilities.accesses);
    if (options.follow === true && this.#parts.program.pid === null)
      throw new BadRequestError('names of the kernel cannot be followed', { hint: 'Leave out --follow.' });
  }

  /** What `attempt` gives; where it throws that a name is not known, once more when {@link arm} would try again. */
  whenLoaded<T>(expression: string, options: WatchOptions, attempt: () => T): T {
    const { program, lifecycle } = this.#parts;
    try {
      return attempt();
    } catch (error) {
      if (!isUnknownName(error)) throw error;
      if (lifecycle.held) lifecycle.advance(this.#isLoaded(expression, options));
      else if (!program.refresh()) throw error;
      return attempt();
    }
  }

  #armNow(expression: string, options: SharedWatchOptions, missed: readonly NotCovered[] = []): Ordered {
    return this.order(this.#resolve(expression, options), options, missed);
  }

  /** Asks for registers for what is resolved already. `missed`: what it did not see before. Throws as {@link arm} does. */
  order(info: WatchInfo, options: SharedWatchOptions, missed: readonly NotCovered[]): Ordered {
    const { stackDepth = 0, priority = null, stop: stops = false } = options;
    // A busy program would hit thousands of times while its symbols are read for the first stack.
    if (stackDepth > 0) this.#parts.program.frames?.prepare();
    this.#showsStacks ||= stackDepth > 0;
    const { program } = this.#parts;
    refuseOwnReads({ ...options, access: info.access }, this.capabilities, () => program.isOnStack?.(info.address) === true);
    const condition = conditionOf(info, options, () => this.#conditionNames(info, options));
    this.#touchPages(condition, info);
    // Hits of where a pointer led before are told from the others one by one.
    const keep = options.follow === true ? 'each' : (options.keep ?? 'each');
    const plan = (cover: Cover): HitPlan => this.#planHits({ info, cover, condition, keep, stackDepth, stops }, priority);
    const pid = this.#elsewhere(options);
    const wish = (cover: Cover): SlotWish => ({ ...wishOf(cover, info.access), pid, stackDepth, priority, handling: plan(cover).handling });
    const cover = this.#planCover(info, wish, priority);
    const placement = this.#parts.slots.request(wish(cover));
    if (placement.kind === 'refused') throw this.#parts.explain(placement.error, info);
    const { request, installed } = placement;
    const { byEngine, filtered, filter } = plan(cover);
    const order: Order = {
      request,
      info,
      cover,
      byEngine,
      filtered,
      filter,
      missed,
      stackDepth,
      instructions: options.instruction ?? false,
    };
    return { order, pieces: installed === null ? null : this.#fulfilment.begin(order, installed) };
  }

  #conditionNames({ expression, access }: WatchInfo, { as }: WatchOptions): ConditionNames | null {
    return this.#parts.program.conditionNames?.(expression, { access, as: as ?? null }) ?? null;
  }

  /** What is not there at the hit cannot be read. */
  #touchPages(condition: Condition | null, info: WatchInfo): void {
    const { program, context } = this.#parts;
    const { pid } = program;
    if (pid !== null) touchPages(condition, info, { pid, read: (address, length) => context.readMemory(pid, address, length) });
  }

  /** {@link arm} in the program that an exec has brought: what that did before this moment was not watched. */
  armAgain(expression: string, options: WatchOptions): Ordered {
    if (expression.trimStart().startsWith('0x')) throw new BadRequestError('an address means nothing in another program');
    return this.#armNow(expression, options, ['after-exec']);
  }

  /** What is armed for `order`, which has had to wait for its registers; null where it has none. */
  installed(order: Order): ArmedPieces | null {
    const installed = this.#parts.slots.installed(order.request);
    if (installed === null) return null;
    // Another object, so that hits from before can be told from those that come.
    const missed: readonly NotCovered[] = [...new Set<NotCovered>([...order.missed, 'no-register'])];
    return this.#fulfilment.begin({ ...order, info: { ...order.info }, missed }, installed);
  }

  /** Byte for byte where that can be had, be it by sharing what is armed already; else with the registers that are free. */
  #planCover({ address, size, access }: WatchInfo, wish: (cover: Cover) => SlotWish, priority: number | null): Cover {
    const { slots } = this.#parts;
    const best = coverWith({ address, length: size, slots: SLOTS, access });
    // What may wait is planned as if it had all: others may leave.
    if (best !== null && priority !== null) return best;
    const free = slots.free(priority);
    if (best !== null && slots.lacking(wish(best)) <= free) return best;
    return planCover({ address, length: size, slots: free, access });
  }

  /** A held program has done nothing yet: what is in memory now is what its first hit will find, unless the watch has to wait. */
  #planHits(wish: Omit<HitWish, 'start'>, priority: number | null): HitPlan {
    const { session, lifecycle, program, context } = this.#parts;
    const { pid } = program;
    const isStart = lifecycle.held && priority === null;
    const start: HitWish['start'] = (address, length) => (isStart && pid !== null ? context.readMemory(pid, address, length) : null);
    return planHits(session, { ...wish, start });
  }

  /** Tells, while the loader is at work, when `expression` means something and its memory is there. */
  #isLoaded(expression: string, options: WatchOptions): () => boolean {
    const { program, context } = this.#parts;
    const pid = present(program.pid, 'the process that is being loaded');
    let found: ResolvedExpression | 'later' | null = 'later';
    return () => {
      if (program.refresh() || found === 'later') found = this.#tryResolve(expression, options);
      return (
        found !== null &&
        found !== 'later' &&
        program.isInPlace(found.address) &&
        context.readMemory(pid, found.address, found.size) !== null
      );
    };
  }

  /** `later`: pointers on the way are not set yet, which the loader does without loading anything. */
  #tryResolve(expression: string, { access, as }: WatchOptions): ResolvedExpression | 'later' | null {
    try {
      return this.#parts.program.resolve(expression, { access: access ?? 'write', as: as ?? null });
    } catch (error) {
      return isUnsetPointer(error) ? 'later' : null;
    }
  }

  /** Gives the registers back, or stops waiting for them. */
  disarm({ request }: Order): void {
    this.#parts.slots.withdraw(request);
  }

  /** How a watch stands that has no registers. */
  waiting(order: Order): WatchArming {
    return this.#fulfilment.waiting(order);
  }

  /** How a watch stands of which it is not known what it will take. */
  unarmed(missed: readonly NotCovered[]): WatchArming {
    return this.#fulfilment.unarmed(missed);
  }

  /** The process that is watched, where it is not the program's own; null: it is. */
  #elsewhere({ pid }: SharedWatchOptions): number | null {
    return pid === undefined || pid === this.#parts.program.pid ? null : pid;
  }

  #resolve(expression: string, options: SharedWatchOptions): WatchInfo {
    const { program, lifecycle } = this.#parts;
    const access = options.access ?? 'write';
    const { address, size, type } = program.resolve(expression, { access, as: options.as ?? null });
    const isElsewhere = this.#elsewhere(options) !== null;
    if (isElsewhere && !expression.trimStart().startsWith('0x')) throw namesElsewhere(expression, program.pid);
    if (program.pid !== null && isOfKernel(address) && !program.isMapped(address)) throw kernelAddress(address);
    const mayBeUnmapped = isElsewhere || lifecycle.held || options.unmapped === true;
    if (!mayBeUnmapped && !program.isMapped(address)) throw new NotMappedError(address, program.pid);
    return { expression, access, address: as<VirtualAddress>(address), size, type };
  }
}

/** Addresses from here on are the kernel's on x86-64. */
function isOfKernel(address: bigint): boolean {
  return address >= 1n << 63n;
}

function namesElsewhere(expression: string, pid: number | null): BadRequestError {
  return new BadRequestError(`${expression} is a name in process ${pid}, and another one is meant`, { hint: 'Give an address.' });
}

function kernelAddress(address: bigint): BadRequestError {
  return new BadRequestError(`0x${address.toString(16)} is an address of the kernel, not of a process`, {
    hint: 'To watch it, give --kernel in place of a process.',
  });
}

function wishOf({ pieces }: Cover, access: Access): Pick<SlotWish, 'pieces' | 'access'> {
  return { pieces: pieces.map(({ address, length }) => ({ address: linearOfU64(address), length })), access };
}

function coverWith(request: Parameters<typeof planCover>[0]): Cover | null {
  try {
    return planCover(request);
  } catch (error) {
    if (error instanceof CoverError) return null;
    throw error;
  }
}
