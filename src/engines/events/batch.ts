// The events opened for one batch of `arm`s, kept until it is known whether the whole succeeds.
import type { ArmOrder } from '../../facility/index.js';
import { isErrno } from '../../linux/errno.js';
import type { EventTarget, PerfEvent } from '../../linux/perf-event.js';
import type { Armed } from '../contract.js';
import type { BreakpointMaker } from './breakpoint-maker.js';
import type { ArmedEvent } from './event-table.js';
import { openEvent } from './open-event.js';

/** Arms pieces wherever they are due. */
export interface BatchArmer {
  /** Opens `pieces` (one at least) through `batch`. Throws LinuxError or ArmError; what it has opened by then is undone by the caller. */
  arm(pieces: readonly ArmOrder[], batch: Batch): Armed;
}

export class Batch {
  readonly #maker: BreakpointMaker;
  readonly #opened: ArmedEvent[] = [];
  readonly #markers: PerfEvent[] = [];
  #tight: EventTarget | null = null;

  constructor(maker: BreakpointMaker) {
    this.#maker = maker;
  }

  /** All breakpoints opened so far. */
  get opened(): readonly ArmedEvent[] {
    return this.#opened;
  }

  /** Where a slot was lacking, once one was. */
  get tight(): EventTarget | null {
    return this.#tight;
  }

  /** Whether threads born while breakpoints are opened may inherit them unfinished. */
  get attaches(): boolean {
    return this.#maker.attaches;
  }

  /** Opens a breakpoint that only takes a slot, until {@link closeMarkers}; false where the thread has ended. Throws LinuxError. */
  openMarker(attributes: Uint8Array, target: EventTarget): boolean {
    const event = openEvent(attributes, target, { output: undefined, patient: true });
    if (event !== null) this.#markers.push(event);
    return event !== null;
  }

  closeMarkers(): void {
    for (const event of this.#markers) event[Symbol.dispose]();
    this.#markers.length = 0;
  }

  /** Opens one breakpoint; false where the thread has ended. Throws LinuxError or ArmError. */
  open(piece: ArmOrder, target: EventTarget): boolean {
    const event = this.#tryOpen(piece, target);
    if (event === null) return false;
    this.#opened.push({ event, id: event.id(), cookie: piece.cookie, ...target });
    return true;
  }

  #tryOpen(piece: ArmOrder, target: EventTarget): PerfEvent | null {
    try {
      return this.#maker.open(piece, target);
    } catch (error) {
      if (isErrno(error, 'ENOSPC')) this.#tight = target;
      throw error;
    }
  }

  /** Closes all breakpoints: the whole did not succeed. */
  undo(): void {
    this.closeMarkers();
    for (const { event } of this.#opened) event[Symbol.dispose]();
    this.#maker.undone?.([...new Set(this.#opened.map(({ cookie }) => cookie))]);
    this.#opened.length = 0;
  }
}
