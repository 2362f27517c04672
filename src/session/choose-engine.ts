// The only place that knows the engines by name: takes the best one that works here.
import type { Engine } from '../engines/contract.js';
import { PerfEngine } from '../engines/perf/engine.js';
import { BadRequestError } from './errors.js';

/** What `--engine` takes. */
export const ENGINE_NAMES = ['auto', 'perf', 'sim'] as const;

/** The engine called `name`, or the best one for `auto`. Rejects with BadRequestError for an engine this version does not have. */
export async function chooseEngine(name: string): Promise<Engine> {
  if (name === 'auto' || name === 'perf') return new PerfEngine();
  // A whole machine comes with it, which others need not wait for.
  if (name === 'sim') return new (await import('../engines/sim/engine.js')).SimEngine();
  throw new BadRequestError(`there is no engine ${JSON.stringify(name)}`, { hint: `Engines of this version: ${ENGINE_NAMES.join(', ')}.` });
}
