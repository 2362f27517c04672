// How long the stop engine takes to attach to a program of 1,000 threads and to arm them, while they sleep and while all of them are busy.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { armDirectly } from '#hwbkpt/engines/direct.js';
import { StopEngine } from '#hwbkpt/engines/stop/engine.js';
import { threadIds } from '#hwbkpt/linux/procfs/process.js';
import { raisePriorityOfAll } from '#hwbkpt/linux/scheduling.js';
import { buildProgram } from './programs.js';
import { median, rounded } from './statistics.js';

const THREADS = 1000;
/** ms that all threads run before anybody comes. */
const LEAD = 1000;

export interface ThreadsRow {
  readonly threads: string;
  readonly attachSeconds: number;
  readonly armSeconds: number;
  readonly letGoSeconds: number;
}

/** Medians of `rounds`. */
export async function measureThreads(rounds: number): Promise<ThreadsRow[]> {
  const program = buildProgram('hot-threads', 'own');
  const address = BigInt(program.address);
  const loads = [
    { threads: `${THREADS}, asleep`, args: ['--wait'] },
    { threads: `${THREADS}, busy, of which one hits`, args: ['--writes', '1000000000000'] },
  ];
  const rows: ThreadsRow[] = [];
  for (const { threads, args } of loads) {
    const times: Times[] = [];
    for (let round = 0; round < rounds; round++) times.push(await once(program.path, args, address));
    const of = (which: keyof Times): number => rounded(median(times.map((time) => time[which])), 2);
    rows.push({ threads, attachSeconds: of('attach'), armSeconds: of('arm'), letGoSeconds: of('letGo') });
  }
  return rows;
}

/** Seconds. */
interface Times {
  readonly attach: number;
  readonly arm: number;
  readonly letGo: number;
}

async function once(path: string, args: readonly string[], address: bigint): Promise<Times> {
  // A shell between: the engine does not trace this process's own children.
  const shell = spawn('sh', ['-c', 'exec 3<&0; "$0" "$@" <&3 & echo $!; wait', path, '--threads', `${THREADS}`, ...args]);
  const pid = await firstNumber(shell);
  // As `nice -n -20` would: this process itself would have a thousandth of the time.
  using _ = raisePriorityOfAll(-20);
  try {
    while (threadIds(pid).length <= THREADS) await sleep(10);
    await sleep(LEAD);
    const begun = performance.now();
    const session = new StopEngine().open({ pid, tid: null, inherit: 'threads' });
    const attached = performance.now();
    armDirectly(session, [{ cookie: 1, address, length: 8, access: 'write' }]);
    const armed = performance.now();
    await session[Symbol.asyncDispose]();
    return { attach: (attached - begun) / 1e3, arm: (armed - attached) / 1e3, letGo: (performance.now() - armed) / 1e3 };
  } finally {
    process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => shell.once('close', resolve));
  }
}

function firstNumber(shell: ChildProcess): Promise<number> {
  return new Promise((resolve) => shell.stdout?.once('data', (chunk: Buffer) => resolve(Number.parseInt(chunk.toString(), 10))));
}
