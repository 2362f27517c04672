// Finds what a run of tests left running. Every process of a run carries the run's marker in its environment, so that nobody else's is touched.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The environment variable that holds the marker. */
export const RUN_MARKER = 'HWBKPT_TEST_RUN';

const PATIENCE_MS = 3000;
const LOOK_EVERY_MS = 50;

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/** Gives dying processes a moment, then ends what is left of the run by its pids, and names it. */
export async function endLeftovers(marker: string): Promise<Leftover[]> {
  const deadline = Date.now() + PATIENCE_MS;
  let left = findMarked(marker);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(LOOK_EVERY_MS);
    left = findMarked(marker);
  }
  for (const { pid } of left) end(pid);
  return left;
}

function findMarked(marker: string): Leftover[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(`${RUN_MARKER}=${marker}`))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim() }));
}

/** Empty for what is gone or not ours to read. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone in the meantime.
  }
}
