// How the perf engine opens breakpoints: each samples its hits into the ring of its CPU.
import type { BreakpointMaker } from '../events/breakpoint-maker.js';
import { breakpointAttributes } from '../events/layout.js';
import { openEvent } from '../events/open-event.js';
import type { Rings } from '../events/rings.js';

export function samplingBreakpoints(rings: Rings): BreakpointMaker {
  return {
    attaches: false,
    attributes: breakpointAttributes,
    open: (piece, target) => openEvent(breakpointAttributes(piece), target, { output: rings.leader(target.cpu), patient: true }),
  };
}
