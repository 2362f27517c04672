// Carries out what the broker wants: each effect goes to the hardware, each answer back, until nothing is left to do.
import type { FacilityEvent, HardwareEffect, Notice } from '../events.js';
import type { Code } from '../request.js';
import type { Facility } from '../state.js';
import { step } from '../step.js';

/** Whoever owns the registers. */
export interface Hardware {
  /** Makes `effect` true: null. Or the reason why it cannot be; or `later`, and the answer comes as an event of its own. */
  perform(effect: HardwareEffect): Code | 'later' | null;
}

/** Takes `event` into `state`, with all that follows from it at once. Notices are told in order, each at its time. */
export function drive(state: Facility, event: FacilityEvent, hardware: Hardware, tell: (notice: Notice) => void): void {
  const events: FacilityEvent[] = [event];
  for (let next = events.shift(); next !== undefined; next = events.shift()) {
    for (const effect of step(state, next)) {
      if (effect.type === 'tell' || effect.type === 'refuse') {
        tell(effect);
        continue;
      }
      const code = hardware.perform(effect);
      if (code === null) events.push({ type: 'done', effect: effect.effect });
      else if (code !== 'later') events.push({ type: 'failed', effect: effect.effect, code });
    }
  }
}
