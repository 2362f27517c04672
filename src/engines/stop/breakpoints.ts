// What a breakpoint of one thread is to all else in this folder, whatever it is made of: perf events, or the thread's own debug registers.
import type { ArmOrder } from '../../facility/index.js';
import type { KernelFilter } from '../events/kernel-filter.js';
import type { Handling } from '../handling.js';
import type { Piece } from './pieces.js';
import type { SeenHit } from './seen-hit.js';
import type { Tracee } from './tracee.js';

/** One breakpoint in one thread, off or on. Disposing of it takes it out. */
export interface ThreadBreakpoint extends Disposable {
  /** Whether it has a filter in the kernel. */
  readonly isFiltered?: boolean;
  /** Hits since the last look. Throws LinuxError. */
  rise(): number;
  /** Whether there are hits that nobody has looked at. */
  readonly isAhead: boolean;
  /** All hits. */
  count(): number;
  enable(): void;
  disable(): void;
  /** To other bytes or another access, `disabled` or not, with no moment in which it is nowhere. Throws LinuxError; it is where it was then. */
  move(order: ArmOrder, disabled: boolean): void;
}

/** A piece in a thread. */
export interface ThreadPiece {
  readonly piece: Piece;
  readonly breakpoint: ThreadBreakpoint;
  /** It is off, and only kept until its last hits are told. */
  retired: boolean;
}

/** Who is shown hits. */
export interface Seer {
  /** To be filled before {@link sampled}, but for cookie and values. */
  readonly seen: SeenHit;
  sampled(tracee: Tracee, piece: ThreadPiece): void;
  /** A breakpoint was hit `rise` times, and nothing but the thread as it stands tells how. */
  counted(tracee: Tracee, piece: ThreadPiece, rise: number): void;
}

/** A way to make breakpoints of single threads, each of which stops its thread at a hit by a signal of our own. */
export interface BreakpointMaker {
  /** Whether threads must stand while theirs are made, moved, switched or taken out. */
  readonly needsStanding: boolean;
  /** The signal that they send thread `tid`. */
  signalFor(tid: number): number;
  /** Makes one; null where the thread has ended. `filter`: of {@link filterFor}. Throws LinuxError (ENOSPC: no slot). */
  open(order: ArmOrder, tracee: Tracee, disabled: boolean, filter?: KernelFilter | null): ThreadBreakpoint | null;
  /** A test of the piece's condition in the kernel, should there be one. */
  filterFor?(order: ArmOrder, handling: Handling | null): KernelFilter | null;
  /** Whether the signal that has stopped `tracee`, of siginfo_t `info`, came from one of its breakpoints. */
  isOwn(info: Uint32Array, tracee: Tracee): boolean;
  /**
   * Whether a hit's signal is queued behind another stop of `tracee`, and must be taken before anything else is done: the program would not
   * survive getting it.
   */
  owes(tracee: Tracee): boolean;
  /** Shows what `tracee`'s breakpoints have caught since the last look, hit by hit and in their order; without it their counters are all there is. */
  look?(tracee: Tracee, seer: Seer): void;
  /** When the oldest hit was that its thread has not stopped for yet, ns; infinity where there is none, or nobody can know. */
  oldestAhead?(): number;
  /** No breakpoint of `tracee` is left, nor will there be another. */
  gone?(tracee: Tracee): void;
  /** How many more could be made in thread `tid` now, up to `most`; null where it has ended. */
  room(tid: number, most: number): number | null;
}
