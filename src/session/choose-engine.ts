// The only place that knows the engines by name: takes the best one that works here.
import type { Engine } from '../engines/contract.js';
import type { OwnTargets } from '../engines/own-target.js';
import { PerfEngine } from '../engines/perf/engine.js';
import { SimEngine } from '../engines/sim/engine.js';
import { BadRequestError } from './errors.js';

/** What `--engine` takes. */
export const ENGINE_NAMES = ['auto', 'perf', 'sim'] as const;

/** The engine called `name`, or the best one for `auto`. Throws BadRequestError for an engine this version does not have. */
export function chooseEngine(name: string): Engine {
  if (name === 'auto' || name === 'perf') return new PerfEngine();
  if (name === 'sim') return new SimEngine();
  throw new BadRequestError(`there is no engine ${JSON.stringify(name)}`, { hint: `Engines of this version: ${ENGINE_NAMES.join(', ')}.` });
}

/** The engine called `name` where it makes its targets itself; null for one that watches the system's processes. */
export function ownTargetsOf(name: string): OwnTargets | null {
  return name === 'sim' ? new SimEngine() : null;
}
