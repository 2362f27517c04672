// One breakpoint of one thread: a perf event that sends the thread a signal at each hit.
import type { ArmOrder } from '../../facility/index.js';
import type { PerfEvent } from '../../linux/perf-event.js';
import { bpfAttributes } from '../events/layout.js';
import { openEvent } from '../events/open-event.js';
import type { Piece } from './pieces.js';

const words = new Uint32Array(2);

export class ThreadEvent {
  readonly piece: Piece;
  readonly event: PerfEvent;
  /** It is disabled, and only open until its last hits are told. */
  retired = false;
  /** What its counter showed when it was last looked at. */
  seen = 0;

  constructor(piece: Piece, event: PerfEvent) {
    this.piece = piece;
    this.event = event;
  }

  /** Hits since the last look. Throws LinuxError. */
  rise(): number {
    const count = this.event.countInto(words);
    const rise = count - this.seen;
    this.seen = count;
    return rise;
  }

  /** Whether there are hits that nobody has looked at. */
  get isAhead(): boolean {
    return this.event.countInto(words) > this.seen;
  }
}

/** The attribute block of a piece's breakpoints: each is for one thread, whoever is made by it. */
export function eventAttributes(order: ArmOrder, disabled: boolean): Uint8Array {
  return bpfAttributes({ ...order, inherit: 'none' }, disabled);
}

/** Opens a piece's breakpoint on a thread; null where the thread has ended. Throws LinuxError. */
export function openThreadEvent(piece: Piece, tid: number, signal: number): ThreadEvent | null {
  // What hits before the signal is in place would be counted and tell nobody.
  const event = openEvent(eventAttributes(piece.order, true), { tid, cpu: -1 }, { output: undefined, patient: true });
  if (event === null) return null;
  event.signalThread(tid, signal);
  if (!piece.paused) event.enable();
  return new ThreadEvent(piece, event);
}
