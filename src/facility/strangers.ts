// Slots that others than the facility's users hold: told by whoever asked the hardware, for nothing else is learnt from it.
import { competitorFor, leaveUnused } from './competitors.js';
import type { FacilityEvent } from './events.js';
import { unblock } from './settle.js';
import { type Facility, SLOTS, WHOLE_PROCESS } from './state.js';

type CapacityEvent = Extract<FacilityEvent, { readonly type: 'capacity' }>;

/** Of a process: of all its threads. Whoever waits for room may try again. */
export function capacityChanged(state: Facility, { scope, free }: CapacityEvent): void {
  const strangers = SLOTS - free;
  state.stale = true;
  switch (scope.kind) {
    case 'kernel':
      if (strangers > state.kernelStrangers) noteMore(state);
      state.kernelStrangers = strangers;
      break;
    case 'process':
      setStrangers(state, competitorFor(state, scope.pid, WHOLE_PROCESS), strangers);
      for (const [at, { pid }] of state.competitors.entries()) if (pid === scope.pid) setStrangers(state, at, strangers);
      break;
    case 'thread':
      setStrangers(state, competitorFor(state, scope.pid, scope.tid), strangers);
      break;
  }
  unblock(state);
}

function setStrangers(state: Facility, at: number, strangers: number): void {
  const one = state.competitors[at];
  if (one === undefined) return;
  if (strangers > one.strangers) noteMore(state);
  one.strangers = strangers;
  leaveUnused(state, at);
}

/** An effect that fails now fails for this reason: the next plan minds it. */
function noteMore(state: Facility): void {
  if (state.outstanding.length > 0) state.strangersCame = true;
}
