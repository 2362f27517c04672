// Breakpoints of single threads as perf events that send the thread a signal (O_ASYNC) at each hit: gone when we are.
import type { ArmOrder } from '../../facility/index.js';
import { isErrno } from '../../linux/errno.js';
import type { PerfEvent } from '../../linux/perf-event.js';
import type { FilterMaker, KernelFilter } from '../events/kernel-filter.js';
import { placeholderAttributes, stopAttributes } from '../events/layout.js';
import { openEvent, roomFor } from '../events/open-event.js';
import type { Handling } from '../handling.js';
import type { BreakpointMaker, Seer, ThreadBreakpoint, ThreadPiece } from './breakpoints.js';
import { ownSignalFor } from './own-signal.js';
import { isSample, PerfSamples, readSample, sampleTime } from './perf-samples.js';
import type { Tracee } from './tracee.js';

/** si_code of a file's signal: POLL_IN to POLL_HUP. */
const POLL = { first: 1, last: 6 } as const;
/** Words of siginfo_t: si_code, and si_fd of a file's signal. */
const INFO = { code: 2, fd: 6 } as const;

const words = new Uint32Array(2);

class PerfBreakpoint implements ThreadBreakpoint {
  readonly #event: PerfEvent;
  /** As in samples. */
  readonly id: number;
  #order: ArmOrder;
  /** What its counter showed when it was last looked at, and samples since. */
  #seen = 0;

  /** Of a filtered one, whose counter counts what was left out too: whether samples are unread. */
  readonly #isUnread: (() => boolean) | null;

  constructor(event: PerfEvent, order: ArmOrder, isUnread: (() => boolean) | null) {
    this.#isUnread = isUnread;
    this.#event = event;
    this.id = event.id();
    this.#order = order;
  }

  get fd(): number {
    return this.#event.fd;
  }

  /** A sample tells of one hit. */
  sampled(): void {
    this.#seen++;
  }

  get isFiltered(): boolean {
    return this.#isUnread !== null;
  }

  rise(): number {
    if (this.#isUnread !== null) return 0;
    const count = this.#event.countInto(words);
    const rise = count - this.#seen;
    this.#seen = count;
    return rise;
  }

  get isAhead(): boolean {
    if (this.#isUnread !== null) return this.#isUnread();
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
      this.#event.modify(stopAttributes(order, disabled));
      this.#order = order;
    } catch (error) {
      this.#event.modify(stopAttributes(this.#order, disabled));
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#event[Symbol.dispose]();
  }
}

export class PerfBreakpoints implements BreakpointMaker {
  readonly needsStanding = false;
  readonly #filters: FilterMaker;
  /** Of each thread; null where there is no room for them. */
  readonly #samples = new Map<Tracee, PerfSamples | null>();

  /** `filters`: who tests conditions in the kernel. */
  constructor(filters: FilterMaker) {
    this.#filters = filters;
  }

  signalFor(tid: number): number {
    return ownSignalFor(tid);
  }

  open(order: ArmOrder, tracee: Tracee, disabled: boolean, filter: KernelFilter | null = null): ThreadBreakpoint | null {
    const { tid, signal } = tracee;
    const samples = this.#samplesFor(tracee, order.inKernel);
    const output = samples?.leader;
    // What hits before the signal is in place would be counted and tell nobody.
    const event = openUnlessEnded(stopAttributes(order, true), tid, output);
    if (event === null) return null;
    event.signalThread(tid, signal);
    const isFiltered = filter !== null && samples !== null && filter.tests;
    if (isFiltered) event.attach(filter.program);
    if (!disabled) event.enable();
    return new PerfBreakpoint(event, order, isFiltered ? () => samples.ring.hasRecords : null);
  }

  #samplesFor(tracee: Tracee, inKernel: boolean): PerfSamples | null {
    let samples = this.#samples.get(tracee);
    if (samples === undefined) {
      samples = PerfSamples.open(tracee.tid, inKernel);
      this.#samples.set(tracee, samples);
    }
    return samples;
  }

  filterFor(order: ArmOrder, handling: Handling | null): KernelFilter | null {
    return this.#filters.make(order, handling);
  }

  look(tracee: Tracee, seer: Seer): void {
    const samples = this.#samples.get(tracee) ?? null;
    let isWhole = samples !== null;
    samples?.ring.read((words, at) => {
      if (!isSample(words, at)) {
        isWhole = false;
        return;
      }
      const id = readSample(words, at, seer.seen);
      for (const piece of tracee.pieces) if (sampledBy(piece, id)) seer.sampled(tracee, piece);
    });
    // Without a ring, and where it was too small, counters know.
    if (!isWhole) lookByCounters(tracee, seer);
  }

  oldestAhead(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const samples of this.#samples.values()) {
      samples?.ring.peek((words, at) => {
        if (isSample(words, at)) oldest = Math.min(oldest, sampleTime(words, at));
      });
    }
    return oldest;
  }

  gone(tracee: Tracee): void {
    this.#samples.get(tracee)?.[Symbol.dispose]();
    this.#samples.delete(tracee);
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

/** ENODEV: the thread has ended, and so has its ring. */
function openUnlessEnded(attributes: Uint8Array, tid: number, output: PerfEvent | undefined): PerfEvent | null {
  try {
    return openEvent(attributes, { tid, cpu: -1 }, { output, patient: true });
  } catch (error) {
    if (isErrno(error, 'ENODEV')) return null;
    throw error;
  }
}

function sampledBy({ breakpoint }: ThreadPiece, id: number): boolean {
  if (!(breakpoint instanceof PerfBreakpoint) || breakpoint.id !== id) return false;
  breakpoint.sampled();
  return true;
}

function lookByCounters(tracee: Tracee, seer: Seer): void {
  for (const piece of tracee.pieces) {
    const rise = piece.breakpoint.rise();
    if (rise > 0) seer.counted(tracee, piece, rise);
  }
}
