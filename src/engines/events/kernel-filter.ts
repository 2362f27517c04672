// Conditions that a program at a breakpoint tests in the trap: what engines that stop their target may be given, and who gives it.
import type { ArmOrder } from '../../facility/index.js';
import type { Handling } from '../handling.js';

/** One piece's. */
export interface KernelFilter extends Disposable {
  /** The program to attach to its breakpoints. */
  readonly program: number;
  /** Hits left out so far. */
  readonly filtered: number;
  /** Whether it still tests. */
  readonly tests: boolean;
  /** From now on all hits pass. */
  open(): void;
  /** What the memory held before the last hit that passed; null where that is not known. */
  before(): Uint8Array | null;
}

export interface FilterMaker {
  /** Null where there is nothing to test, or it has to be tested outside of the kernel. */
  make(order: ArmOrder, handling: Handling | null): KernelFilter | null;
}
