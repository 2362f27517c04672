// What engines on perf events do each in its own way: how the event of a piece is opened, and what goes with it.
import type { ArmOrder } from '../../facility/index.js';
import type { EventTarget, PerfEvent } from '../../linux/perf-event.js';

export interface BreakpointMaker {
  /**
   * An event is whole only some microseconds after it is open: a program is attached to it. A thread born meanwhile inherits it without the
   * program.
   */
  readonly attaches: boolean;
  /** The attributes of a piece that is armed: what it is moved to, or back. `disabled`: it is paused. */
  attributes(piece: ArmOrder, disabled: boolean): Uint8Array;
  /** Opens the event of a piece, which may hit from then on; null where the thread has ended. Throws LinuxError or ArmError. */
  open(piece: ArmOrder, target: EventTarget): PerfEvent | null;
  /** All events of a piece were just moved to it. Throws LinuxError or ArmError: then they are moved back. */
  moved?(piece: ArmOrder): void;
  /** All events of these pieces were closed again before the arming was over: nobody has asked for what they reported. */
  undone?(cookies: readonly number[]): void;
  /** No event of these pieces is open any more; perhaps none ever was. Their last hits have still to be read. */
  closed?(cookies: readonly number[]): void;
}
