// The debug registers of one target: owns its facility, alone calls `step`, and has the engine carry out what comes of it.
import type { Armed, EngineSession } from '../engines/contract.js';
import { ArmError } from '../engines/errors.js';
import { inheritOf, pidOf, scopeOf } from '../engines/target-scope.js';
import {
  type Effect,
  type FacilityEvent,
  type HardwareEffect,
  HitRoutes,
  type Notice,
  newFacility,
  type PieceSpec,
  PRIORITY,
  type RequestId,
  type RequestSpec,
  requestOf,
  type Scope,
  SLOTS,
  sameScope,
  step,
} from '../facility/index.js';
import type { Access } from '../model/access.js';
import type { NotCovered } from '../model/coverage.js';

/** What one watch wants of the registers. */
export interface SlotWish {
  /** The process of several that it is for; default the target's own. */
  readonly pid?: number | null;
  readonly pieces: readonly PieceSpec[];
  readonly access: Access;
  readonly stackDepth: number;
  /** As in RequestSpec. */
  readonly handling: number;
  /** 0 to 255: it waits where there is no room, and makes room for higher ones. Null: now or never, and then it stays. */
  readonly priority: number | null;
}

/** How a request is armed. */
export interface Installed {
  readonly armed: Armed;
  /** Its pieces, as the engine calls them. */
  readonly cookies: readonly number[];
  /** Hits before this moment (ns of CLOCK_MONOTONIC) are not its: another watch had the registers already. */
  readonly since: number;
}

/** What became of a wish. `installed` null: it waits. */
export type Placement =
  | { readonly kind: 'registered'; readonly request: RequestId; readonly installed: Installed | null }
  | { readonly kind: 'refused'; readonly error: ArmError };

/** Told when a call has been carried out, of requests that the call was not about. */
export interface SlotsListener {
  evicted(request: RequestId): void;
  installed(request: RequestId): void;
  /** Everything, as it happens; for tests. */
  notice?(notice: Notice): void;
}

type Arm = Extract<HardwareEffect, { readonly type: 'arm' }>;

export class Slots {
  readonly #session: EngineSession;
  readonly #listener: SlotsListener;
  readonly #facility = newFacility();
  readonly routes = new HitRoutes();
  readonly #armed = new Map<number, Armed>();
  #nextRequest = 1;
  #since = 0;
  #news: Extract<Effect, { readonly type: 'tell' }>[] = [];
  /** Why the engine did not arm a request, by request. */
  readonly #failures = new Map<RequestId, ArmError>();
  #life: FacilityEvent[] = [];

  constructor(session: EngineSession, listener: SlotsListener) {
    this.#session = session;
    this.#listener = listener;
  }

  /** Slots that a wish of that priority can have, as far as the target's own watches go. */
  free(priority: number | null): number {
    const ahead = this.#facility.requests.filter(({ rank }) => rank >= (priority ?? PRIORITY.normal));
    return SLOTS - new Set(ahead.flatMap(({ cookies }) => cookies)).size;
  }

  /** How many of a wish's pieces are not armed already for another watch. */
  lacking({ pid = null, pieces, access, stackDepth, handling }: Omit<SlotWish, 'priority'>): number {
    const scope = this.#scope(pid);
    const isThere = ({ address, length }: PieceSpec): boolean =>
      this.#facility.armed.some(
        (one) =>
          one.address === address &&
          one.length === length &&
          one.access === access &&
          one.stackDepth === stackDepth &&
          sameScope(one.scope, scope) &&
          one.handling === handling,
      );
    return pieces.filter((piece) => !isThere(piece)).length;
  }

  /** Registers a wish: it is armed, waits, or is refused. */
  request(wish: SlotWish): Placement {
    this.look();
    const id = this.#nextRequest++;
    this.#do({ type: 'request', request: this.#spec(id, wish) }, id);
    const error = this.#failures.get(id);
    this.#failures.delete(id);
    if (requestOf(this.#facility, id) === null) return { kind: 'refused', error: error ?? this.#noSlot() };
    return { kind: 'registered', request: id, installed: this.installed(id) };
  }

  #scope(pid: number | null): Scope {
    return pid === null ? scopeOf(this.#session) : { kind: 'process', pid };
  }

  #spec(id: RequestId, { pid = null, pieces, access, stackDepth, handling, priority }: SlotWish): RequestSpec {
    const inherit = inheritOf(this.#session);
    const inKernel = this.#session.capabilities.kernelWrites;
    const rank = { priority: priority ?? PRIORITY.normal, callbacks: priority !== null };
    return { id, pieces, access, scope: this.#scope(pid), inherit, ...rank, answer: 'passed', inKernel, stackDepth, handling };
  }

  #noSlot(): ArmError {
    return new ArmError('no-slot', pidOf(this.#session), new Error('strangers hold the slots it needs'));
  }

  /** How a request is armed now; null where it waits, or is not known any more. */
  installed(id: RequestId): Installed | null {
    const request = requestOf(this.#facility, id);
    if (request === null || !request.installed) return null;
    const all = request.cookies.map((cookie) => this.#armed.get(cookie)).filter((armed) => armed !== undefined);
    const notCovered = new Set<NotCovered>(all.flatMap((armed) => armed.notCovered));
    const armed = { threads: Math.max(...all.map(({ threads }) => threads)), cpus: all[0]?.cpus ?? 0, notCovered: [...notCovered] };
    return { armed, cookies: request.cookies, since: this.#since };
  }

  /** Gives a request up; one that is not known any more is passed over. */
  withdraw(id: RequestId): void {
    if (requestOf(this.#facility, id) !== null) this.#do({ type: 'withdraw', id }, id);
  }

  /** Process `pid` runs another program: nothing of it is armed or registered any more. */
  executed(pid: number): void {
    this.#do({ type: 'exec', pid }, null);
  }

  /** Notes a birth or an end, to be taken in by {@link catchUp}. */
  note(event: Extract<FacilityEvent, { readonly type: 'threadStarted' | 'exit' }>): void {
    // Requests of a process do not mind its threads.
    if (scopeOf(this.#session).kind === 'thread') this.#life.push(event);
  }

  /** Takes in what was noted. */
  catchUp(): void {
    for (const event of this.#life.splice(0)) this.#do(event, null);
  }

  /** Whether a watch waits for slots that strangers hold. */
  get isKeptOut(): boolean {
    const { requests, competitors } = this.#facility;
    return requests.some(({ installed }) => !installed) && competitors.some(({ strangers }) => strangers > 0);
  }

  /** Looks whether strangers still hold what they held. */
  look(): void {
    if (!this.#facility.competitors.some(({ strangers }) => strangers > 0)) return;
    const capacity = this.#session.capacity();
    if (capacity !== null) this.#do(capacity, null);
  }

  /** Takes in an event, with all that follows; then says what others than `own` have become. */
  #do(event: FacilityEvent, own: RequestId | null): void {
    this.#since = Number(process.hrtime.bigint());
    const before = this.#facility.armed.map(({ cookie }) => cookie);
    const events = [event];
    for (let next = events.shift(); next !== undefined; next = events.shift()) events.push(...this.#step(next));
    this.#forget(before);
    this.routes.follow(this.#facility);
    for (const { request, what, cause } of this.#news.splice(0)) {
      if (request === own) continue;
      if (what === 'installed') this.#listener.installed(request);
      else if (cause === 'evicted') this.#listener.evicted(request);
    }
  }

  #step(event: FacilityEvent): FacilityEvent[] {
    const effects: HardwareEffect[] = [];
    for (const effect of step(this.#facility, event)) {
      if (effect.type === 'tell' || effect.type === 'refuse') this.#told(effect);
      else effects.push(effect);
    }
    const others = effects.filter(({ type }) => type !== 'arm');
    const arms = effects.filter((effect) => effect.type === 'arm');
    return [...this.#apply(others), ...[...this.#byOwner(arms)].flatMap(([owner, own]) => this.#arm(owner, own))];
  }

  #told(notice: Notice): void {
    this.#listener.notice?.(notice);
    if (notice.type === 'tell') this.#news.push(notice);
  }

  /** What one request needs is armed at once, as it succeeds or fails as a whole. */
  #byOwner(arms: readonly Arm[]): Map<RequestId, Arm[]> {
    const groups = new Map<RequestId, Arm[]>();
    for (const arm of arms) {
      const owner = this.#facility.requests.find(({ cookies }) => cookies.includes(arm.piece.cookie))?.id ?? 0;
      groups.set(owner, [...(groups.get(owner) ?? []), arm]);
    }
    return groups;
  }

  #apply(effects: readonly HardwareEffect[]): FacilityEvent[] {
    for (const effect of effects) if (effect.type === 'disarm') this.#armed.delete(effect.cookie);
    return effects.length > 0 ? this.#session.apply(effects) : [];
  }

  #arm(owner: RequestId, arms: readonly Arm[]): FacilityEvent[] {
    const events = this.#session.apply(arms);
    for (const event of events) {
      if (event.type === 'failed') this.#failures.set(owner, event.error);
      if (event.type !== 'done' || event.armed === null) continue;
      const arm = arms.find(({ effect }) => effect === event.effect);
      if (arm !== undefined) this.#armed.set(arm.piece.cookie, event.armed);
    }
    return events;
  }

  /** What was armed before and is gone without having been disarmed, the engine is to forget. */
  #forget(before: readonly number[]): void {
    const { armed } = this.#facility;
    const gone = before.filter((cookie) => this.#armed.has(cookie) && !armed.some((piece) => piece.cookie === cookie));
    if (gone.length > 0) this.#session.forget(gone);
    for (const cookie of gone) this.#armed.delete(cookie);
  }
}
