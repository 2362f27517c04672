// Requests on real threads: takes events into the facility's broker and has the engines carry out what comes of them.
//
// A piece whose users all consume its hits is logged by the engine, which does not ask anybody; one that somebody passes on stops its thread.
import type { EngineSession } from '../../engines/contract.js';
import { ArmError, FAILURE_CODES } from '../../engines/errors.js';
import {
  type ArmOrder,
  type Facility,
  type FacilityEvent,
  type HardwareEffect,
  HitRoutes,
  type Notice,
  type Scope,
  step,
} from '../../facility/index.js';
import { handlingFor, type Keep, type Sessions, sessionFor } from './sessions.js';

interface Armed {
  readonly session: EngineSession;
  order: ArmOrder;
  keep: Keep;
}

export class BrokerArming {
  /** Whose hits are whose, also of pieces that were given up a moment ago. */
  readonly routes = new HitRoutes();
  readonly #sessions: Sessions;
  readonly #broker: Facility;
  readonly #tell: (notice: Notice) => void;
  readonly #armed = new Map<number, Armed>();
  /** Numbers of effects of our own go down, the facility's go up. */
  #ownEffect = 0;

  /** `tell` is called in order, each notice at its time: `uninstalled` before the piece is disarmed. */
  constructor(sessions: Sessions, broker: Facility, tell: (notice: Notice) => void) {
    this.#sessions = sessions;
    this.#broker = broker;
    this.#tell = tell;
  }

  /** Takes `event` in, with all that follows; what was told. Throws FacilityError for what no caller may say. */
  feed(event: FacilityEvent): Notice[] {
    const notices: Notice[] = [];
    const broker = this.#broker;
    const before = broker.armed.map(({ cookie }) => cookie);
    const events: FacilityEvent[] = [event];
    for (let next = events.shift(); next !== undefined; next = events.shift()) {
      for (const effect of step(broker, next)) {
        if (effect.type === 'tell' || effect.type === 'refuse') {
          notices.push(effect);
          this.#tell(effect);
        } else events.push(...this.#perform(effect));
      }
    }
    this.#forget(before);
    this.routes.follow(broker);
    this.#treatAnew();
    return notices;
  }

  /** Whether hits of `cookie` stop their threads. */
  stops(cookie: number): boolean {
    return this.#armed.get(cookie)?.keep === 'stops';
  }

  #perform(effect: HardwareEffect): FacilityEvent[] {
    if (effect.type === 'disarm') {
      const session = this.#armed.get(effect.cookie)?.session;
      this.#armed.delete(effect.cookie);
      return session === undefined ? [{ type: 'done', effect: effect.effect }] : session.apply([effect]);
    }
    const { piece } = effect;
    const session = sessionFor(this.#sessions, piece.scope);
    if (session === null) return [{ type: 'failed', effect: effect.effect, code: 'EPERM' }];
    const keep = this.#keepOf(piece.cookie, piece.scope);
    const order = this.#orderOf(session, piece, keep);
    if (order instanceof ArmError) return [{ type: 'failed', effect: effect.effect, code: FAILURE_CODES[order.failure] }];
    const events = session.apply([{ ...effect, piece: order }]);
    if (events.some(({ type }) => type === 'done')) this.#armed.set(piece.cookie, { session, order, keep });
    return events;
  }

  /** The kernel's pieces are the engine's as they are: nobody stops for them. */
  #orderOf(session: EngineSession, piece: ArmOrder, keep: Keep): ArmOrder | ArmError {
    if (piece.scope.kind === 'kernel') return piece;
    try {
      return { ...piece, inKernel: piece.inKernel && session.capabilities.kernelWrites, handling: handlingFor(session, piece, keep) };
    } catch (error) {
      if (error instanceof ArmError) return error;
      throw error;
    }
  }

  #keepOf(cookie: number, scope: Scope): Keep {
    if (scope.kind === 'kernel') return 'each';
    const passes = this.#broker.requests.some(({ cookies, answer }) => answer === 'passed' && cookies.includes(cookie));
    return passes ? 'stops' : 'each';
  }

  /** Users that came or went may want hits of a piece to be treated otherwise; it stays armed meanwhile. */
  #treatAnew(): void {
    for (const [cookie, armed] of this.#armed) {
      const keep = this.#keepOf(cookie, armed.order.scope);
      if (keep === armed.keep) continue;
      const order = this.#orderOf(armed.session, armed.order, keep);
      if (order instanceof ArmError) throw order;
      armed.session.apply([{ type: 'move', effect: --this.#ownEffect, piece: order }]);
      Object.assign(armed, { order, keep });
    }
  }

  /** What was armed before and is gone without having been disarmed: an exec or an end took it along. */
  #forget(before: readonly number[]): void {
    const { armed } = this.#broker;
    for (const cookie of before) {
      const own = this.#armed.get(cookie);
      if (own === undefined || armed.some((piece) => piece.cookie === cookie)) continue;
      own.session.forget([cookie]);
      this.#armed.delete(cookie);
    }
  }

  /** Looks whether strangers still hold what they held, where a request waits for that. */
  look(): void {
    const { requests, competitors, kernelStrangers } = this.#broker;
    if (requests.every(({ installed }) => installed)) return;
    if (kernelStrangers === 0 && competitors.every(({ strangers }) => strangers === 0)) return;
    for (const session of [this.#sessions.threads, this.#sessions.kernel]) {
      const capacity = session?.capacity() ?? null;
      if (capacity !== null) this.feed(capacity);
    }
  }
}
