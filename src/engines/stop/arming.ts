// Arms pieces on threads that are traced, and takes them out again; keeps the books of what the counters saw.
import { present } from '../../base/assert.js';
import type { ArmOrder, HardwareEffect } from '../../facility/index.js';
import { isErrno } from '../../linux/errno.js';
import type { Armed, CapacityEvent, EngineTarget } from '../contract.js';
import { ArmError } from '../errors.js';
import { armErrorOf } from '../events/arm-failure.js';
import { presentCpus } from '../events/cpus.js';
import { placeholderAttributes } from '../events/layout.js';
import { roomFor } from '../events/open-event.js';
import { checkDescriptors } from '../events/resources.js';
import { ownSignalFor } from './own-signal.js';
import type { Piece, Pieces } from './pieces.js';
import { eventAttributes, openThreadEvent, type ThreadEvent } from './thread-event.js';
import type { Tracee, TraceeTable } from './tracee.js';
import { type EffectOutcome, packError } from './wire.js';

const SLOTS = 4;

type PieceEffect = Extract<HardwareEffect, { readonly piece: ArmOrder }>;

export interface ArmingParts {
  readonly target: EngineTarget;
  readonly table: TraceeTable;
  readonly pieces: Pieces;
}

export class Arming {
  readonly #parts: ArmingParts;
  /** The thread where the last slot was lacking. */
  #tight: number | null = null;
  /** Hits counted by breakpoints that are closed. */
  counted = 0;

  constructor(parts: ArmingParts) {
    this.#parts = parts;
  }

  apply(effects: readonly HardwareEffect[]): EffectOutcome[] {
    const outcomes: EffectOutcome[] = [];
    for (const effect of effects) if (effect.type === 'disarm') outcomes.push(this.#disarm(effect));
    for (const effect of effects) if (effect.type === 'move') outcomes.push(this.#move(effect));
    const arms = effects.filter((effect) => effect.type === 'arm');
    if (arms.length > 0) outcomes.push(...this.#arm(arms));
    return outcomes;
  }

  #disarm({ effect, cookie }: { readonly effect: number; readonly cookie: number }): EffectOutcome {
    this.forget([cookie]);
    return { type: 'done', effect, armed: null };
  }

  /** Takes pieces out; those with a hit that is not told yet are closed when it is. */
  forget(cookies: readonly number[]): void {
    const gone = new Set(cookies);
    for (const tracee of this.#parts.table.all) for (const one of tracee.events) if (gone.has(one.piece.cookie)) this.#retire(one);
    for (const tracee of this.#parts.table.all) this.sweep(tracee);
    for (const cookie of cookies) this.#parts.pieces.delete(cookie);
  }

  #retire(one: ThreadEvent): void {
    one.event.disable();
    one.retired = true;
  }

  /** Closes what is retired and has told everything. */
  sweep(tracee: Tracee): void {
    if (tracee.events.length === 0) return;
    const kept = tracee.events.filter((one) => !one.retired || one.isAhead);
    if (kept.length === tracee.events.length) return;
    for (const one of tracee.events) if (!kept.includes(one)) this.#close(one);
    tracee.events = kept;
  }

  /** Whether hits of retired breakpoints are still to be told. */
  get isDraining(): boolean {
    for (const { events } of this.#parts.table.all) if (events.some(({ retired }) => retired)) return true;
    return false;
  }

  #close({ event }: ThreadEvent): void {
    this.counted += event.count();
    event[Symbol.dispose]();
  }

  /** The thread has ended, runs another program, or is let go of: closes its breakpoints. */
  closeAll(tracee: Tracee): void {
    for (const one of tracee.events) this.#close(one);
    tracee.events = [];
  }

  #arm(effects: readonly PieceEffect[]): EffectOutcome[] {
    const opened: { readonly tracee: Tracee; readonly event: ThreadEvent }[] = [];
    const { pid } = this.#parts.target;
    try {
      const pieces = effects.map(({ piece }) => this.#parts.pieces.make(piece, pid));
      const threads = this.#armAll(pieces, opened);
      for (const { tracee, event } of opened) tracee.events.push(event);
      for (const piece of pieces) this.#parts.pieces.add(piece);
      const armed: Armed = { threads, cpus: presentCpus().length, notCovered: [] };
      return effects.map(({ effect }) => ({ type: 'done', effect, armed }));
    } catch (error) {
      for (const { event } of opened) event.event[Symbol.dispose]();
      const reason = armErrorOf(error, pid);
      const capacity = reason.failure === 'no-slot' ? this.capacity() : null;
      const failures = effects.map(({ effect }): EffectOutcome => ({ type: 'failed', effect, error: packError(reason) }));
      return capacity === null ? failures : [capacity, ...failures];
    }
  }

  /** Returns the number of threads. */
  #armAll(pieces: readonly Piece[], opened: { readonly tracee: Tracee; readonly event: ThreadEvent }[]): number {
    const covered = new Set<number>();
    const planned = pieces.flatMap((piece) => this.#threadsOf(piece.order).map((tracee) => ({ piece, tracee })));
    checkDescriptors({ threads: planned.length, places: 1, pieces: 1, others: 0 });
    for (const { piece, tracee } of planned) {
      const event = this.#open(piece, tracee);
      if (event === null) continue;
      opened.push({ tracee, event });
      covered.add(tracee.tid);
    }
    if (covered.size === 0) throw new ArmError('no-process', this.#parts.target.pid, new Error('it has ended'));
    return covered.size;
  }

  #threadsOf({ scope, tids }: ArmOrder): Tracee[] {
    const { table } = this.#parts;
    if (scope.kind === 'process') return [...(table.process(scope.pid)?.threads.values() ?? [])];
    return tids.map((tid) => table.get(tid)).filter((tracee) => tracee !== undefined);
  }

  #open(piece: Piece, tracee: Tracee): ThreadEvent | null {
    if (tracee.signal === 0) tracee.signal = ownSignalFor(tracee.tid);
    try {
      return openThreadEvent(piece, tracee.tid, tracee.signal);
    } catch (error) {
      if (isErrno(error, 'ENOSPC')) this.#tight = tracee.tid;
      throw error;
    }
  }

  /** A thread that `parent` has made, before its first instruction: it gets what its parent has, as far as that is passed on. */
  inherit(child: Tracee, parent: Tracee, how: 'thread' | 'child'): void {
    for (const { piece, retired } of parent.events) {
      if (retired || piece.order.inherit === 'none' || (how === 'child' && piece.order.inherit === 'threads')) continue;
      const event = this.#open(piece, child);
      if (event !== null) child.events.push(event);
    }
  }

  #move({ effect, piece: order }: PieceEffect): EffectOutcome {
    const piece = present(this.#parts.pieces.get(order.cookie), 'an armed piece');
    try {
      this.#moveEvents(piece, order);
      this.#parts.pieces.setOrder(piece, order);
      return { type: 'done', effect, armed: null };
    } catch (error) {
      return { type: 'failed', effect, error: packError(armErrorOf(error, this.#parts.target.pid)) };
    }
  }

  #moveEvents(piece: Piece, order: ArmOrder): void {
    if (piece.order.address === order.address && piece.order.length === order.length && piece.order.access === order.access) return;
    const [from, to] = [eventAttributes(piece.order, piece.paused), eventAttributes(order, piece.paused)];
    const moved: ThreadEvent[] = [];
    try {
      for (const one of this.#eventsOf(piece.cookie)) {
        one.event.modify(to);
        moved.push(one);
      }
    } catch (error) {
      for (const one of moved) one.event.modify(from);
      throw error;
    }
  }

  *#eventsOf(cookie: number): Iterable<ThreadEvent> {
    for (const { events } of this.#parts.table.all) for (const one of events) if (one.piece.cookie === cookie && !one.retired) yield one;
  }

  pause(cookies: readonly number[], paused: boolean): void {
    for (const cookie of cookies) {
      const piece = this.#parts.pieces.get(cookie);
      if (piece !== undefined) piece.paused = paused;
      for (const { event } of this.#eventsOf(cookie)) {
        if (paused) event.disable();
        else event.enable();
      }
    }
  }

  capacity(): CapacityEvent | null {
    const { target, table } = this.#parts;
    if (this.#tight === null) return null;
    const placeholder = placeholderAttributes({ address: 0, length: 8, access: 'write' });
    const own = new Set((table.get(this.#tight)?.events ?? []).filter(({ retired }) => !retired).map(({ piece }) => piece.cookie)).size;
    const room = roomFor(placeholder, { tid: this.#tight, cpu: -1 }, SLOTS - own);
    const scope =
      target.tid === null ? { kind: 'process' as const, pid: target.pid } : { kind: 'thread' as const, pid: target.pid, tid: target.tid };
    return { type: 'capacity', scope, free: own + (room ?? SLOTS - own) };
  }
}
