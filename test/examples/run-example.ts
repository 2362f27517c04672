// Runs one of examples/ as a reader would: compiled, with plain node.
import { inject } from 'vitest';
import { type Ended, ManagedProcess } from '../helpers/managed-process.js';
import { REPOSITORY } from '../helpers/paths.js';

const PATIENCE_MS = 30_000;

/** Runs build/examples/NAME.js to its end. Throws where dist/ is not what the sources say, or where it takes too long. */
export async function runExample(name: string, args: readonly string[]): Promise<Ended> {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  await using running = startExample(name, args);
  return await running.finishedWithin(PATIENCE_MS);
}

/** Starts it only. Hold it with `await using`. */
export function startExample(name: string, args: readonly string[]): ManagedProcess {
  return new ManagedProcess(process.execPath, [`${REPOSITORY}/build/examples/${name}.js`, ...args]);
}
