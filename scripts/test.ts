// Runs all tests and says at the end, alone on the last line, how many passed, failed and were skipped. Fails too when nothing ran, or
// when a process that a test started is still there. Arguments go on to vitest: `npm test -- --project pure src/registers`.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endLeftovers, RUN_MARKER } from './leftovers.js';
import { readTally, type Tally, tallyLine } from './tally.js';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const RESULTS = `${REPOSITORY}build/test-results.json`;
const INTERRUPTED = 130;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const marker = randomUUID();
  rmSync(RESULTS, { force: true });
  const { status, interrupted } = await runVitest(args, marker);
  const left = await endLeftovers(marker);
  if (interrupted) {
    console.error('interrupted');
    return INTERRUPTED;
  }
  for (const { pid, command } of left) console.error(`left behind by a test, and ended now: ${pid} ${command}`);
  const tally = addFailures(readTally(RESULTS), { status, left: left.length });
  console.log(tallyLine(tally));
  return tally.failed > 0 || tally.passed === 0 ? 1 : 0;
}

interface VitestEnd {
  readonly status: number | null;
  readonly interrupted: boolean;
}

function runVitest(args: readonly string[], marker: string): Promise<VitestEnd> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`];
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], {
    cwd: REPOSITORY,
    stdio: 'inherit',
    env: { ...process.env, [RUN_MARKER]: marker },
  });
  let interrupted = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    interrupted = true;
    passOn(child, signal);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => resolve({ status, interrupted }));
  });
}

/** A terminal gives its Ctrl-C to vitest as well, and vitest takes a second one as an order to leave at once. */
function passOn(child: ChildProcess, signal: NodeJS.Signals): void {
  if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
}

/** What is wrong with the run beside failed tests counts as failed, so that the last line never looks better than the run was. */
function addFailures(tally: Tally, { status, left }: { readonly status: number | null; readonly left: number }): Tally {
  if (tally.failed > 0 || status === 0) return { ...tally, failed: tally.failed + left };
  console.error(`vitest ended with ${status ?? 'a signal'} though no test failed: see above`);
  return { ...tally, failed: 1 + left };
}
