// What can be wrong with the options of a watch before anything is looked up.
import type { Access } from '../model/access.js';
import { BadRequestError } from './errors.js';
import type { WatchOptions } from './options.js';

/** Linux's default of kernel.perf_event_max_stack. */
const MOST_FRAMES = 127;

/** What the type of `options` promises, for callers without types. */
export function checkOptions(options: WatchOptions, accesses: readonly Access[]): void {
  const { access = 'write', stackDepth = 0, priority = 0, follow = false } = options;
  const hasPriority = options.priority !== undefined;
  if (!accesses.includes(access))
    throw new BadRequestError(`access ${JSON.stringify(access)} is not supported`, { hint: `Take one of ${accesses.join(', ')}.` });
  if (!Number.isInteger(stackDepth) || stackDepth < 0 || stackDepth > MOST_FRAMES)
    throw new BadRequestError(`a stack of ${stackDepth} frames cannot be had`, { hint: `Take 0 to ${MOST_FRAMES}.` });
  if (!Number.isInteger(priority) || priority < 0 || priority > 255)
    throw new BadRequestError(`there is no priority ${priority}`, { hint: 'Take 0 to 255; 20 is usual, 90 is high.' });
  if (follow && (hasPriority || access === 'execute'))
    throw new BadRequestError(`a watch ${hasPriority ? 'with a priority' : 'on code'} cannot follow its name`);
}
