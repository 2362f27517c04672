// Arms pieces on threads that are traced, and takes them out again; keeps the books of what the counters saw.
import { present } from '../../base/assert.js';
import type { ArmOrder, HardwareEffect } from '../../facility/index.js';
import { isErrno, LinuxError } from '../../linux/errno.js';
import type { Armed, CapacityEvent, EngineTarget } from '../contract.js';
import { ArmError } from '../errors.js';
import { armErrorOf } from '../events/arm-failure.js';
import { presentCpus } from '../events/cpus.js';
import { checkDescriptors } from '../events/resources.js';
import type { BreakpointMaker, ThreadBreakpoint, ThreadPiece } from './breakpoints.js';
import type { Piece, Pieces } from './pieces.js';
import type { Tracee, TraceeTable } from './tracee.js';
import { type EffectOutcome, packError } from './wire.js';

const SLOTS = 4;

type PieceEffect = Extract<HardwareEffect, { readonly piece: ArmOrder }>;

export interface ArmingParts {
  readonly target: EngineTarget;
  readonly table: TraceeTable;
  readonly pieces: Pieces;
  readonly maker: BreakpointMaker;
}

interface Opened {
  readonly tracee: Tracee;
  readonly made: ThreadPiece;
}

export class Arming {
  readonly #parts: ArmingParts;
  /** The thread where the last slot was lacking. */
  #tight: number | null = null;
  /** Hits counted by breakpoints that are closed. */
  counted = 0;
  /** Of them, those that filters in the kernel have left out. */
  filtered = 0;

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
    for (const tracee of this.#parts.table.all) for (const one of tracee.pieces) if (gone.has(one.piece.cookie)) this.#retire(one);
    for (const tracee of this.#parts.table.all) this.sweep(tracee);
    for (const cookie of cookies) {
      this.#closeFilter(cookie);
      this.#parts.pieces.delete(cookie);
    }
  }

  #retire(one: ThreadPiece): void {
    one.breakpoint.disable();
    one.retired = true;
  }

  /** Closes what is retired and has told everything. */
  sweep(tracee: Tracee): void {
    if (!tracee.pieces.some(({ retired }) => retired)) return;
    const kept = tracee.pieces.filter(({ retired, breakpoint }) => !retired || breakpoint.isAhead);
    for (const one of tracee.pieces) if (!kept.includes(one)) this.#close(one.breakpoint);
    tracee.pieces = kept;
  }

  /** Whether hits of retired breakpoints are still to be told. */
  get isDraining(): boolean {
    for (const { pieces } of this.#parts.table.all) if (pieces.some(({ retired }) => retired)) return true;
    return false;
  }

  /** What it has left out, counters have counted. */
  #closeFilter(cookie: number): void {
    const filter = this.#parts.pieces.get(cookie)?.filter ?? null;
    if (filter === null) return;
    this.filtered += filter.filtered;
    filter[Symbol.dispose]();
  }

  #close(breakpoint: ThreadBreakpoint): void {
    this.counted += breakpoint.count();
    breakpoint[Symbol.dispose]();
  }

  /** The thread has ended, runs another program, or is let go of: closes its breakpoints. */
  closeAll(tracee: Tracee): void {
    for (const { breakpoint } of tracee.pieces) this.#close(breakpoint);
    tracee.pieces = [];
    this.#parts.maker.gone?.(tracee);
  }

  #arm(effects: readonly PieceEffect[]): EffectOutcome[] {
    const opened: Opened[] = [];
    const { pid } = this.#parts.target;
    try {
      const pieces = effects.map(({ piece }) => this.#make(piece));
      const threads = this.#armAll(pieces, opened);
      for (const { tracee, made } of opened) tracee.pieces.push(made);
      for (const piece of pieces) this.#parts.pieces.add(piece);
      const armed: Armed = { threads, cpus: presentCpus().length, notCovered: [] };
      return effects.map(({ effect }) => ({ type: 'done', effect, armed }));
    } catch (error) {
      for (const { made } of opened) made.breakpoint[Symbol.dispose]();
      const reason = armErrorOf(error, pid);
      const capacity = reason.failure === 'no-slot' ? this.capacity() : null;
      const failures = effects.map(({ effect }): EffectOutcome => ({ type: 'failed', effect, error: packError(reason) }));
      return capacity === null ? failures : [capacity, ...failures];
    }
  }

  #make(order: ArmOrder): Piece {
    const piece = this.#parts.pieces.make(order, this.#parts.target.pid);
    piece.filter = this.#parts.maker.filterFor?.(order, piece.prepared?.handling ?? null) ?? null;
    return piece;
  }

  /** Returns the number of threads. */
  #armAll(pieces: readonly Piece[], opened: Opened[]): number {
    const covered = new Set<number>();
    const planned = pieces.flatMap((piece) => this.#threadsOf(piece.order).map((tracee) => ({ piece, tracee })));
    const threads = new Set(planned.map(({ tracee }) => tracee));
    // A thread's first breakpoint brings the ring of all.
    const rings = [...threads].filter((tracee) => tracee.pieces.length === 0).length;
    checkDescriptors({ threads: threads.size, places: 1, pieces: pieces.length, others: rings });
    for (const { piece, tracee } of planned) {
      const made = this.#open(piece, tracee);
      if (made === null) continue;
      opened.push({ tracee, made });
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

  #open(piece: Piece, tracee: Tracee): ThreadPiece | null {
    const { maker } = this.#parts;
    if (tracee.signal === 0) tracee.signal = maker.signalFor(tracee.tid);
    try {
      const breakpoint = maker.open(piece.order, tracee, piece.paused, piece.filter);
      return breakpoint === null ? null : { piece, breakpoint, retired: false };
    } catch (error) {
      if (isErrno(error, 'ENOSPC')) this.#tight = tracee.tid;
      throw error;
    }
  }

  /**
   * A thread that `parent` has made, before its first instruction: it gets what its parent has, as far as that is passed on. False where it could
   * not get all (a stranger holds a slot of it).
   */
  inherit(child: Tracee, parent: Tracee, how: 'thread' | 'child'): boolean {
    let isWhole = true;
    for (const { piece, retired } of parent.pieces) {
      if (retired || piece.order.inherit === 'none' || (how === 'child' && piece.order.inherit === 'threads')) continue;
      try {
        const made = this.#open(piece, child);
        if (made !== null) child.pieces.push(made);
      } catch (error) {
        if (!(error instanceof LinuxError) && !(error instanceof ArmError)) throw error;
        isWhole = false;
      }
    }
    return isWhole;
  }

  #move({ effect, piece: order }: PieceEffect): EffectOutcome {
    const piece = present(this.#parts.pieces.get(order.cookie), 'an armed piece');
    // It knows the old place and the old condition only.
    piece.filter?.open();
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
    const moved: ThreadBreakpoint[] = [];
    try {
      for (const { breakpoint } of this.#of(piece.cookie)) {
        breakpoint.move(order, piece.paused);
        moved.push(breakpoint);
      }
    } catch (error) {
      for (const breakpoint of moved) breakpoint.move(piece.order, piece.paused);
      throw error;
    }
  }

  *#of(cookie: number): Iterable<ThreadPiece> {
    for (const { pieces } of this.#parts.table.all) for (const one of pieces) if (one.piece.cookie === cookie && !one.retired) yield one;
  }

  pause(cookies: readonly number[], paused: boolean): void {
    for (const cookie of cookies) {
      const piece = this.#parts.pieces.get(cookie);
      if (piece !== undefined) piece.paused = paused;
      for (const { breakpoint } of this.#of(cookie)) {
        if (paused) breakpoint.disable();
        else breakpoint.enable();
      }
    }
  }

  capacity(): CapacityEvent | null {
    const { target, table, maker } = this.#parts;
    if (this.#tight === null) return null;
    const own = new Set((table.get(this.#tight)?.pieces ?? []).filter(({ retired }) => !retired).map(({ piece }) => piece.cookie)).size;
    const room = maker.room(this.#tight, SLOTS - own);
    const scope =
      target.tid === null ? { kind: 'process' as const, pid: target.pid } : { kind: 'thread' as const, pid: target.pid, tid: target.tid };
    return { type: 'capacity', scope, free: own + (room ?? SLOTS - own) };
  }
}
