// A facility over made hardware that answers late, and fails now and then, watched from outside: every effect is checked when it is issued.
import { expect } from 'vitest';
import type { ArmOrder, Effect, FacilityEvent, HardwareEffect } from '../../src/facility/events.js';
import { HitRoutes } from '../../src/facility/hit-routes.js';
import type { Code, RequestSpec, Scope } from '../../src/facility/request.js';
import { copyFacility, type Facility, newFacility, requestOf } from '../../src/facility/state.js';
import { step } from '../../src/facility/step.js';
import { breakpointOf, installedByReference } from './reference.js';

type Life = Extract<FacilityEvent, { readonly type: 'threadStarted' | 'exec' | 'exit' }>;

interface Armed {
  order: ArmOrder;
  tids: readonly number[];
  /** False while it is being armed. */
  live: boolean;
  disarming: boolean;
}

const SLOTS = 4;
/** A thread that nobody names, of no process in particular. */
const NOBODY = 0;

export class World {
  readonly state: Facility = newFacility();
  readonly routes = new HitRoutes();
  readonly pending: HardwareEffect[] = [];
  /** Threads and their processes; those of process 1 and 2 are there from the start. */
  readonly pidOf = new Map([
    [11, 1],
    [12, 1],
    [21, 2],
  ]);
  readonly #hardware = new Map<number, Armed>();
  readonly #installed = new Map<number, boolean>();
  /** Cookies of those that were told installed, at the end of the last event. */
  readonly #owned = new Map<number, readonly number[]>();
  readonly #specs = new Map<number, RequestSpec>();
  readonly strangers = new Map<number, number>();
  readonly processStrangers = new Map<number, number>();
  kernelStrangers = 0;
  /** What has happened to threads and the facility has not taken in yet. */
  #life: Life[] = [];
  evictions = 0;
  refusals = 0;

  get isQuiet(): boolean {
    return this.pending.length === 0 && this.state.queue.length === 0;
  }

  /** Takes an event, and looks at all that comes of it. */
  take(event: FacilityEvent): void {
    if (event.type === 'request') this.#specs.set(event.request.id, event.request);
    if (event.type === 'threadStarted' || event.type === 'exec' || event.type === 'exit') this.#life.push(event);
    const before = this.#snapshotOfCopy(event);
    const effects = step(this.state, event);
    if (before !== null) expect(JSON.stringify(this.state)).toBe(before);
    this.#live();
    for (const effect of effects) this.#see(effect);
    this.#checkTells();
    this.#checkRoutes();
    if (this.isQuiet) this.#checkQuiet();
  }

  /** What a copy becomes by `event`, every so often; the state itself must not notice. */
  #snapshotOfCopy(event: FacilityEvent): string | null {
    if (this.state.nextEffect % 3 !== 0) return null;
    const text = JSON.stringify(this.state);
    const copy = copyFacility(this.state);
    expect(copy).toEqual(this.state);
    step(copy, event);
    expect(JSON.stringify(this.state)).toBe(text);
    return JSON.stringify(copy);
  }

  /** Answers effect number `at` of those under way; `code`: it fails, where it can. */
  answer(at: number, code: Code | null): void {
    const [effect] = this.pending.splice(at % Math.max(1, this.pending.length), 1);
    if (effect === undefined) return;
    if (effect.type === 'arm' && (code !== null || !this.#hasRoom(effect.piece))) {
      this.#hardware.delete(effect.piece.cookie);
      this.take({ type: 'failed', effect: effect.effect, code: code ?? 'ENOSPC' });
    } else if (effect.type === 'move' && code !== null) {
      this.take({ type: 'failed', effect: effect.effect, code });
    } else {
      this.#perform(effect);
      this.take({ type: 'done', effect: effect.effect });
    }
  }

  #perform(effect: HardwareEffect): void {
    const armed = this.#hardware.get(effect.type === 'disarm' ? effect.cookie : effect.piece.cookie);
    if (effect.type === 'disarm') this.#hardware.delete(effect.cookie);
    else if (armed !== undefined) Object.assign(armed, { order: effect.piece, live: true });
  }

  /** Strangers take or free slots of `scope`, as far as there is room; the facility is told if `told`, and of what is freed. */
  setStrangers(scope: Scope, wanted: number, told: boolean): void {
    const count = Math.min(wanted, this.#roomBeside(scope));
    const before = this.#everyThread().map(({ tid, pid }) => this.kernelStrangers + this.#strangersOf(tid, pid));
    if (scope.kind === 'kernel') this.kernelStrangers = count;
    else if (scope.kind === 'thread') this.strangers.set(scope.tid, count);
    else {
      this.processStrangers.set(scope.pid, count);
      for (const [tid, pid] of this.pidOf) if (pid === scope.pid) this.strangers.set(tid, count);
    }
    const isFreed = this.#everyThread().some(({ tid, pid }, at) => this.kernelStrangers + this.#strangersOf(tid, pid) < (before[at] ?? 0));
    if (told || isFreed) this.take({ type: 'capacity', scope, free: SLOTS - count });
  }

  /** Slots that strangers can have there: those of its threads that have most are decisive. */
  #roomBeside(scope: Scope): number {
    let room = SLOTS;
    for (const { tid, pid } of this.#everyThread()) {
      if (scope.kind === 'thread' && tid !== scope.tid) continue;
      if (scope.kind === 'process' && pid !== scope.pid) continue;
      const other = scope.kind === 'kernel' ? this.#strangersOf(tid, pid) : this.kernelStrangers;
      room = Math.min(room, SLOTS - other - this.#usedIn(tid, pid));
    }
    return Math.max(0, room);
  }

  #everyThread(): { tid: number; pid: number }[] {
    return [...[...this.pidOf].map(([tid, pid]) => ({ tid, pid })), ...[1, 2, 3].map((pid) => ({ tid: NOBODY, pid }))];
  }

  #strangersOf(tid: number, pid: number): number {
    return this.strangers.get(tid) ?? this.processStrangers.get(pid) ?? 0;
  }

  #usedIn(tid: number, pid: number): number {
    return [...this.#hardware.values()].filter((armed) => coversThread(armed, tid, pid)).length;
  }

  /** `piece` is counted already. */
  #hasRoom(piece: ArmOrder): boolean {
    return this.#everyThread()
      .filter(({ tid, pid }) => coversThread({ order: piece, tids: piece.tids }, tid, pid))
      .every(({ tid, pid }) => this.#usedIn(tid, pid) + this.#strangersOf(tid, pid) + this.kernelStrangers <= SLOTS);
  }

  /** What has happened to threads, where the facility has got so far. */
  #live(): void {
    const taken = this.#life.filter((event) => !this.state.queue.includes(event));
    this.#life = this.#life.filter((event) => this.state.queue.includes(event));
    for (const event of taken) {
      if (event.type === 'threadStarted') this.#born(event);
      else this.#lose(event);
    }
  }

  #born({ tid, pid, parent, how }: Extract<Life, { type: 'threadStarted' }>): void {
    this.pidOf.set(tid, pid);
    for (const armed of this.#hardware.values()) {
      const { inherit } = armed.order;
      if (armed.tids.includes(parent) && (inherit === 'children' || (inherit === 'threads' && how === 'thread')))
        armed.tids = [...armed.tids, tid];
    }
  }

  #lose(event: Exclude<Life, { type: 'threadStarted' }>): void {
    const gone = [...this.pidOf]
      .filter(([tid, pid]) => (event.type === 'exec' ? pid === event.pid : tid === event.tid))
      .map(([tid]) => tid);
    for (const [cookie, armed] of this.#hardware) {
      const { scope } = armed.order;
      const hadThreads = armed.tids.length > 0;
      armed.tids = armed.tids.filter((tid) => !gone.includes(tid));
      const isGone = scope.kind === 'process' ? event.type === 'exec' && scope.pid === event.pid : hadThreads && armed.tids.length === 0;
      if (isGone) this.#hardware.delete(cookie);
    }
    if (event.type !== 'exit') return;
    this.pidOf.delete(event.tid);
    this.strangers.delete(event.tid);
  }

  #see(effect: Effect): void {
    switch (effect.type) {
      case 'arm':
        this.pending.push(effect);
        this.#hardware.set(effect.piece.cookie, { order: effect.piece, tids: effect.piece.tids, live: false, disarming: false });
        this.#checkNotTwice(effect.piece);
        this.#checkKnownRoom();
        return;
      case 'disarm': {
        const armed = this.#hardware.get(effect.cookie);
        expect(armed).toMatchObject({ live: true, disarming: false });
        if (armed !== undefined) armed.disarming = true;
        for (const [id, cookies] of this.#owned)
          if (cookies.includes(effect.cookie)) expect(this.#installed.get(id), `${id} is told before its disarm`).toBe(false);
        this.pending.push(effect);
        return;
      }
      case 'move':
        expect(this.#hardware.get(effect.piece.cookie)).toMatchObject({ live: true, disarming: false });
        this.pending.push(effect);
        return;
      case 'tell':
        this.#told(effect);
        return;
      case 'refuse':
        this.refusals++;
    }
  }

  #told({ request, what, cause }: Extract<Effect, { type: 'tell' }>): void {
    if (what === 'triggered') return;
    expect(this.#installed.get(request) ?? false, `${request} ${what} ${cause}: tells alternate`).toBe(what === 'uninstalled');
    this.#installed.set(request, what === 'installed');
    if (cause !== 'evicted') return;
    this.evictions++;
    expect(this.#specs.get(request)?.callbacks, `${request} may be evicted`).toBe(true);
  }

  #piecesOf(id: number): (Armed | undefined)[] {
    return requestOf(this.state, id)?.cookies.map((cookie) => this.#hardware.get(cookie)) ?? [];
  }

  #checkNotTwice(piece: ArmOrder): void {
    const name = breakpointOf(piece, piece);
    const same = [...this.#hardware.values()].filter((armed) => breakpointOf({ ...armed.order, tids: armed.tids }, armed.order) === name);
    expect(same, 'requests for the same bytes share a piece').toHaveLength(1);
  }

  /** What the facility knows to be taken it does not take. */
  #checkKnownRoom(): void {
    for (const { tid, pid } of this.#everyThread()) {
      const one =
        this.state.competitors.find((other) => other.tid === tid) ??
        this.state.competitors.find((other) => other.pid === pid && other.tid === -1);
      expect(this.#usedIn(tid, pid) + (one?.strangers ?? 0) + this.state.kernelStrangers).toBeLessThanOrEqual(SLOTS);
    }
  }

  #checkTells(): void {
    this.#owned.clear();
    for (const { id, installed, cookies } of this.state.requests) {
      expect(this.#installed.get(id) ?? false).toBe(installed);
      if (!installed) continue;
      for (const armed of this.#piecesOf(id)) expect(armed, 'told installed, so armed').toMatchObject({ live: true, disarming: false });
      this.#owned.set(id, cookies);
    }
    for (const [id, installed] of this.#installed) if (installed) expect(requestOf(this.state, id)?.installed).toBe(true);
  }

  /** A hit goes to whom `step` would tell; and to those who have just left, until all is through. */
  #checkRoutes(): void {
    this.routes.follow(this.state);
    for (const { cookie } of this.state.armed) {
      const told = this.#triggered(cookie);
      expect(this.routes.of(cookie)).toEqual(expect.arrayContaining(told));
    }
    if (this.state.version % 4 !== 0) return;
    this.routes.drained(this.state.version);
    for (let cookie = 1; cookie < this.state.nextCookie; cookie++)
      expect([...this.routes.of(cookie)].sort()).toEqual(this.#triggered(cookie));
  }

  #triggered(cookie: number): number[] {
    const effects = step(this.state, { type: 'trap', tid: NOBODY, cookies: [cookie] });
    return effects.map((effect) => (effect.type === 'tell' ? effect.request : Number.NaN)).sort();
  }

  #checkQuiet(): void {
    expect([...this.#hardware.keys()].sort(), 'armed as the facility believes').toEqual(
      this.state.armed.map(({ cookie }) => cookie).sort(),
    );
    const used = new Set(this.state.requests.flatMap(({ cookies }) => cookies));
    expect(
      [...this.#hardware.keys()].filter((cookie) => !used.has(cookie)),
      'nothing is armed for nobody',
    ).toEqual([]);
    for (const request of this.state.requests) {
      const { installed, cookies, pieces, callbacks } = request;
      expect({ installed, cookies: cookies.length }).toEqual({ installed, cookies: installed ? pieces.length : 0 });
      expect(installed || callbacks, 'without callbacks nobody waits').toBe(true);
      for (const [at, armed] of this.#piecesOf(request.id).entries()) expect(armed?.order).toMatchObject(pieces[at] ?? {});
    }
    const installed = this.state.requests.filter((request) => request.installed).map(({ id }) => id);
    expect(installed.sort((a, b) => a - b)).toEqual(this.expected());
  }

  /** What the reference says of now. */
  expected(): number[] {
    const known = (tid: number): number => this.state.competitors.find((one) => one.tid === tid)?.strangers ?? 0;
    const strangers = new Map<number, number>();
    for (const { tid } of this.state.competitors) if (tid > 0) strangers.set(tid, known(tid));
    const processes = this.state.competitors.filter(({ tid }) => tid === -1);
    const processStrangers = new Map(processes.map(({ pid, strangers: count }) => [pid, count]));
    const { requests, kernelStrangers } = this.state;
    return installedByReference({ requests, kernelStrangers, strangers, processStrangers, pidOf: this.pidOf });
  }
}

function coversThread({ order, tids }: Pick<Armed, 'order' | 'tids'>, tid: number, pid: number): boolean {
  const { scope } = order;
  if (scope.kind === 'kernel') return true;
  return scope.kind === 'process' ? scope.pid === pid : tids.includes(tid);
}
