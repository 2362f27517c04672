// Waits for a launched command that is no longer watched.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunTarget } from '../servers/share/index.js';
import { STATUS } from './errors.js';

/** Between looks, ms: short while the end may be near, longer for a program that runs on. */
const SHORTEST_WAIT = 1;
const LONGEST_WAIT = 25;

/** The command's status as a shell has it: its own, or 128 + N when signal N ended it. */
export async function launchedStatus(target: RunTarget): Promise<number> {
  for (let wait = SHORTEST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    const ending = target.pollEnding();
    if (ending?.kind === 'exited') return ending.status;
    if (ending?.kind === 'killed') return 128 + ending.signal;
    if (ending?.kind === 'gone') return STATUS.OK;
    await sleep(wait);
  }
}
