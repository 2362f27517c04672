// A watch on a local variable: armed in one call of its function from soon after its start to its end, and, if so wished, in later calls.
//
// Breakpoints at the function's start and at all its ends tell which calls are under way, in the order of time: a call that ended before the
// variable was armed is known to have ended, and hits after the end are left out. What the call did with it before it was armed is not seen.
import { as, type VirtualAddress } from '../base/brand.js';
import { SLOTS } from '../facility/index.js';
import type { NotCovered } from '../model/coverage.js';
import type { TargetEvent, WatchInfo } from '../model/hit.js';
import type { Armory } from './armory.js';
import { BadRequestError } from './errors.js';
import { type Aim, type FollowerWatch, type Release, WatchOver } from './follower-watch.js';
import type { FrameGuards, FrameNews } from './frame-guards.js';
import type { FrameVariable } from './frame-variable.js';
import type { WatchOptions } from './options.js';

export interface FrameWatchParts {
  readonly armory: Armory;
  readonly guards: FrameGuards;
  readonly expression: string;
  readonly options: WatchOptions;
  /** In the program that runs now; null where it has none. Throws. */
  find(): FrameVariable | null;
}

/** One call of the function that is under way. */
interface Call {
  readonly tid: number;
  readonly frame: bigint;
  /** When it began, ns. */
  readonly since: number;
}

type State =
  /** Nothing is armed. */
  | { readonly kind: 'idle' }
  /** No call is followed. */
  | { readonly kind: 'between' }
  /** `armed`: its variable is. */
  | { readonly kind: 'in'; readonly call: Call; readonly armed: boolean }
  /** The one call that was wanted is over. */
  | { readonly kind: 'over' };

export class FrameWatch implements FollowerWatch {
  readonly #parts: FrameWatchParts;
  #variable: FrameVariable;
  #info: WatchInfo;
  #state: State = { kind: 'idle' };
  readonly #missed = new Set<NotCovered>();

  /** `variable`: what `find` has found. */
  constructor(parts: FrameWatchParts, variable: FrameVariable) {
    this.#parts = parts;
    this.#variable = variable;
    this.#info = this.#infoAt(0n);
  }

  #infoAt(address: bigint): WatchInfo {
    const { expression, options } = this.#parts;
    const { size, type } = this.#variable;
    return { expression, access: options.access ?? 'write', address: as<VirtualAddress>(address), size, type };
  }

  first(): Aim {
    const { entry, exits, function: name } = this.#variable;
    if (exits.length === 0) throw new BadRequestError(`it is not known where ${name} ends`, { hint: 'Its code cannot be taken apart.' });
    if (exits.length + 2 > SLOTS)
      throw new BadRequestError(
        `${name} is left at ${exits.length} places: with its start and the variable that takes ${exits.length + 2} debug registers`,
        { hint: `There are ${SLOTS}. Built with -O0 a function has one return.` },
      );
    try {
      this.#parts.guards.set({ entry, exits });
    } catch (error) {
      this.release();
      throw error;
    }
    this.#parts.guards.take();
    this.#state = { kind: 'between' };
    return this.#waits({ kind: 'waiting-for-call', watch: this.#info, function: name });
  }

  again(): Aim {
    const variable = this.#parts.find();
    if (variable === null) throw new BadRequestError(`nothing called ${this.#parts.expression} in it`);
    this.#variable = variable;
    this.#missed.add('after-exec');
    return this.first();
  }

  isDue(): boolean {
    return this.#state.kind === 'over' || (this.#state.kind !== 'idle' && !this.#parts.guards.isEmpty);
  }

  next(release: Release, missed: (code: NotCovered) => void): Aim | null {
    if (this.#state.kind === 'over') throw new WatchOver(`the call of ${this.#variable.function} has ended`);
    let ended: number | null = null;
    for (const news of this.#parts.guards.take()) ended = this.#take(news, missed) ?? ended;
    if (ended !== null) release(ended);
    const everyCall = this.#parts.options.everyCall === true;
    if (ended !== null && !everyCall) this.#state = { kind: 'over' };
    const told: TargetEvent | null = ended === null ? null : { kind: 'frame-ended', watch: this.#info, time: BigInt(Math.round(ended)) };
    if (this.#state.kind === 'in' && !this.#state.armed) return this.#arm(this.#state.call, told === null ? [] : [told]);
    return told === null ? null : this.#waits(told);
  }

  /** When the call whose variable is armed ended, where this tells it. */
  #take({ kind, tid, frame, time }: FrameNews, missed: (code: NotCovered) => void): number | null {
    const state = this.#state;
    if (state.kind === 'between' && kind === 'entry') this.#state = { kind: 'in', call: { tid, frame, since: time }, armed: false };
    if (state.kind !== 'in') return null;
    const { call, armed } = state;
    // A call that lies where this one lay, or nearer to the stack's start, comes after it: it was left by an exception or longjmp.
    const isOver = tid === call.tid && (kind === 'exit' ? frame === call.frame : frame >= call.frame);
    // Inner calls, and those of other threads, have a variable of their own.
    if (!isOver && kind === 'entry') missed('re-aiming');
    if (!isOver) return null;
    this.#state = kind === 'exit' ? { kind: 'between' } : { kind: 'in', call: { tid, frame, since: time }, armed: false };
    if (!armed) missed('re-aiming');
    return armed ? time : null;
  }

  #arm(call: Call, before: readonly TargetEvent[]): Aim {
    this.#missed.add('re-aiming');
    const info = this.#infoAt(BigInt.asUintN(64, call.frame + this.#variable.offset));
    const { armory, options } = this.#parts;
    const { order, pieces: armed } = armory.order(info, { ...options, follow: true }, [...this.#missed]);
    if (armed === null) throw new BadRequestError('the debug registers that it needs are taken');
    const pieces = { ...armed, arming: { ...armed.arming, pointerSlots: this.#slots } };
    this.#info = order.info;
    this.#state = { kind: 'in', call, armed: true };
    const { threads } = pieces.arming;
    const blind = process.hrtime.bigint() - BigInt(Math.round(call.since));
    const event: TargetEvent = { kind: 're-aimed', watch: order.info, time: BigInt(Math.round(call.since)), blind, threads };
    return { info: order.info, arming: pieces.arming, ordered: { order, pieces }, isAstray: () => false, events: [...before, event] };
  }

  /** For the start and the ends. */
  get #slots(): number {
    return 1 + this.#variable.exits.length;
  }

  #waits(event: TargetEvent): Aim {
    const arming = { ...this.#parts.armory.unarmed([...this.#missed]), pointerSlots: this.#slots };
    return { info: this.#info, arming, ordered: null, isAstray: () => false, events: [event] };
  }

  release(): void {
    this.#state = this.#state.kind === 'in' && this.#state.armed ? this.#state : { kind: 'idle' };
    this.#parts.guards.release();
  }

  changedAtLast(): number | null {
    let ended: number | null = null;
    for (const news of this.#parts.guards.take()) ended ??= this.#take(news, () => undefined);
    this.#state = { kind: 'idle' };
    return ended;
  }
}
