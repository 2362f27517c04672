// The breakpoints of one session: carries out the facility's effects, and keeps what is armed by cookie.
import { present } from '../../base/assert.js';
import type { ArmOrder, HardwareEffect } from '../../facility/index.js';
import type { EventTarget } from '../../linux/perf-event.js';
import type { Armed, CapacityEvent, EngineEvent, EngineSession } from '../contract.js';
import { type ArmError, FAILURE_CODES } from '../errors.js';
import { pidOf, scopeOf } from '../target-scope.js';
import { armErrorOf } from './arm-failure.js';
import { Batch, type BatchArmer } from './batch.js';
import type { BreakpointMaker } from './breakpoint-maker.js';
import { EventTable } from './event-table.js';
import { placeholderAttributes } from './layout.js';
import { moveEvents } from './move.js';
import { roomFor } from './open-event.js';

type PieceEffect = Extract<HardwareEffect, { readonly piece: ArmOrder }>;

/** What it works with. */
export interface BreakpointSetParts {
  readonly target: EngineSession['target'];
  /** Address registers of a CPU. */
  readonly slots: number;
  readonly maker: BreakpointMaker;
  readonly armer: BatchArmer;
}

export class BreakpointSet implements Disposable {
  readonly events = new EventTable();
  readonly #parts: BreakpointSetParts;
  /** What is armed, by cookie. */
  readonly #orders = new Map<number, ArmOrder>();
  readonly #paused = new Set<number>();
  /** Where the last slot was lacking. */
  #tight: EventTarget | null = null;

  constructor(parts: BreakpointSetParts) {
    this.#parts = parts;
  }

  /** What is armed as `cookie` now. */
  order(cookie: number): ArmOrder | undefined {
    return this.#orders.get(cookie);
  }

  /** As the contract's. */
  apply(effects: readonly HardwareEffect[]): EngineEvent[] {
    const events = this.#disarm(effects.filter((effect) => effect.type === 'disarm'));
    for (const effect of effects) if (effect.type === 'move') events.push(this.#move(effect));
    const arms = effects.filter((effect) => effect.type === 'arm');
    if (arms.length > 0) events.push(...this.#arm(arms));
    return events;
  }

  #disarm(effects: readonly { readonly effect: number; readonly cookie: number }[]): EngineEvent[] {
    this.forget(effects.map(({ cookie }) => cookie));
    return effects.map(({ effect }) => ({ type: 'done', effect, armed: null }));
  }

  /** As the contract's. */
  forget(cookies: readonly number[]): void {
    if (cookies.length === 0) return;
    for (const cookie of cookies) {
      this.#orders.delete(cookie);
      this.#paused.delete(cookie);
    }
    this.events.close(({ cookie }) => cookies.includes(cookie));
    this.#parts.maker.closed?.(cookies);
  }

  #move({ effect, piece }: PieceEffect): EngineEvent {
    try {
      this.#moveTo(piece, present(this.#orders.get(piece.cookie), 'an armed piece'));
      this.#orders.set(piece.cookie, piece);
      return { type: 'done', effect, armed: null };
    } catch (error) {
      return this.#failed(effect, armErrorOf(error, pidOf(this.#parts)));
    }
  }

  #moveTo(piece: ArmOrder, before: ArmOrder): void {
    const { maker } = this.#parts;
    const events = this.events.of(piece.cookie);
    const disabled = this.#paused.has(piece.cookie);
    const [from, to] = [maker.attributes(before, disabled), maker.attributes(piece, disabled)];
    moveEvents(events, from, to);
    try {
      maker.moved?.(piece);
    } catch (error) {
      moveEvents(events, to, from);
      throw error;
    }
  }

  #failed(effect: number, error: ArmError): EngineEvent {
    return { type: 'failed', effect, code: FAILURE_CODES[error.failure], error };
  }

  #arm(effects: readonly PieceEffect[]): EngineEvent[] {
    try {
      const armed = this.#armAll(effects.map(({ piece }) => piece));
      return effects.map(({ effect }) => ({ type: 'done', effect, armed }));
    } catch (error) {
      const reason = armErrorOf(error, pidOf(this.#parts));
      const capacity = reason.failure === 'no-slot' ? this.capacity() : null;
      return [...(capacity === null ? [] : [capacity]), ...effects.map(({ effect }) => this.#failed(effect, reason))];
    }
  }

  #armAll(pieces: readonly ArmOrder[]): Armed {
    const { maker, armer } = this.#parts;
    const batch = new Batch(maker);
    try {
      const armed = armer.arm(pieces, batch);
      for (const event of batch.opened) this.events.add(event);
      for (const piece of pieces) this.#orders.set(piece.cookie, piece);
      return armed;
    } catch (error) {
      batch.undo();
      this.#tight = batch.tight ?? this.#tight;
      maker.closed?.(pieces.map(({ cookie }) => cookie));
      throw error;
    }
  }

  /** As the contract's. */
  capacity(): CapacityEvent | null {
    if (this.#tight === null) return null;
    const room = this.#roomAt(this.#tight);
    if (room === null) this.#tight = null;
    const free = room === null ? this.#parts.slots : room + this.events.pieces;
    return { type: 'capacity', scope: scopeOf(this.#parts), free };
  }

  #roomAt(place: EventTarget): number | null {
    const placeholder = placeholderAttributes({ address: 0, length: 8, access: 'write' });
    try {
      return roomFor(placeholder, place, this.#parts.slots);
    } catch {
      // No descriptors, or no privilege any more: then nothing is known.
      return null;
    }
  }

  /** As the contract's. */
  pause(cookies: readonly number[], paused: boolean): void {
    for (const cookie of cookies) {
      if (paused) this.#paused.add(cookie);
      else this.#paused.delete(cookie);
    }
    for (const { event } of cookies.flatMap((cookie) => this.events.of(cookie))) {
      if (paused) event.disable();
      else event.enable();
    }
  }

  /** Disarms everything. */
  [Symbol.dispose](): void {
    this.forget([...this.#orders.keys()]);
  }
}
