// How the perf engine opens breakpoints: each samples its hits into the ring of its CPU.
import type { ArmOrder } from '../../facility/index.js';
import type { BreakpointMaker } from '../events/breakpoint-maker.js';
import { breakpointAttributes, STACK_COPY_BYTES } from '../events/layout.js';
import { openEvent } from '../events/open-event.js';
import type { Rings } from '../events/rings.js';

/** Hits with stacks that a ring is to hold at least. */
const FEWEST_STACKS = 256;
/** Less of a stack is of no use. */
const FEWEST_COPIED = 1024;

export function samplingBreakpoints(rings: Rings): BreakpointMaker {
  const copied = copiedBytes(rings.size);
  const attributes = (piece: ArmOrder, disabled = false): Uint8Array => breakpointAttributes(piece, disabled, copied);
  return {
    attaches: false,
    attributes,
    open: (piece, target) => openEvent(attributes(piece), target, { output: rings.leader(target.cpu), patient: true }),
  };
}

/** Where little memory may be locked, rings are small, and full copies would fill them at once. */
function copiedBytes(ringBytes: number): number {
  return Math.max(FEWEST_COPIED, Math.min(STACK_COPY_BYTES, Math.floor(ringBytes / FEWEST_STACKS / 8) * 8));
}
