// Breakpoints of single threads as perf events that send the thread a signal (O_ASYNC) at each hit: gone when we are.
import type { ArmOrder } from '../../facility/index.js';
import type { PerfEvent } from '../../linux/perf-event.js';
import { bpfAttributes, placeholderAttributes } from '../events/layout.js';
import { openEvent, roomFor } from '../events/open-event.js';
import type { BreakpointMaker, ThreadBreakpoint } from './breakpoints.js';
import { ownSignalFor } from './own-signal.js';
import type { Tracee } from './tracee.js';

/** si_code of a file's signal: POLL_IN to POLL_HUP. */
const POLL = { first: 1, last: 6 } as const;
/** Words of siginfo_t: si_code, and si_fd of a file's signal. */
const INFO = { code: 2, fd: 6 } as const;

const words = new Uint32Array(2);

class PerfBreakpoint implements ThreadBreakpoint {
  readonly #event: PerfEvent;
  #order: ArmOrder;
  /** What its counter showed when it was last looked at. */
  #seen = 0;

  constructor(event: PerfEvent, order: ArmOrder) {
    this.#event = event;
    this.#order = order;
  }

  get fd(): number {
    return this.#event.fd;
  }

  rise(): number {
    const count = this.#event.countInto(words);
    const rise = count - this.#seen;
    this.#seen = count;
    return rise;
  }

  get isAhead(): boolean {
    return this.#event.countInto(words) > this.#seen;
  }

  count(): number {
    return this.#event.countInto(words);
  }

  enable(): void {
    this.#event.enable();
  }

  disable(): void {
    this.#event.disable();
  }

  move(order: ArmOrder, disabled: boolean): void {
    try {
      this.#event.modify(attributes(order, disabled));
      this.#order = order;
    } catch (error) {
      this.#event.modify(attributes(this.#order, disabled));
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#event[Symbol.dispose]();
  }
}

/** Each is for one thread alone, whoever is made by it. */
function attributes(order: ArmOrder, disabled: boolean): Uint8Array {
  return bpfAttributes({ ...order, inherit: 'none' }, disabled);
}

export class PerfBreakpoints implements BreakpointMaker {
  readonly needsStanding = false;

  signalFor(tid: number): number {
    return ownSignalFor(tid);
  }

  open(order: ArmOrder, { tid, signal }: Tracee, disabled: boolean): ThreadBreakpoint | null {
    // What hits before the signal is in place would be counted and tell nobody.
    const event = openEvent(attributes(order, true), { tid, cpu: -1 }, { output: undefined, patient: true });
    if (event === null) return null;
    event.signalThread(tid, signal);
    if (!disabled) event.enable();
    return new PerfBreakpoint(event, order);
  }

  isOwn(info: Uint32Array, { pieces, steps, owesSignal }: Tracee): boolean {
    const code = info[INFO.code] ?? 0;
    if (code < POLL.first || code > POLL.last) return false;
    if (owesSignal) return true;
    const fd = info[INFO.fd] ?? 0;
    const isIts = (breakpoint: ThreadBreakpoint): boolean => breakpoint instanceof PerfBreakpoint && breakpoint.fd === fd;
    return pieces.some(({ breakpoint }) => isIts(breakpoint)) || steps.some(isIts);
  }

  /** Theirs does nothing to a program. */
  owes(): boolean {
    return false;
  }

  room(tid: number, most: number): number | null {
    return roomFor(placeholderAttributes({ address: 0, length: 8, access: 'write' }), { tid, cpu: -1 }, most);
  }
}
