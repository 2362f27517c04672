// A minute of a hot variable, counted in the kernel: how much memory the tool takes at most, and whether the count is right.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { HWBKPT, nanosecondsPerWrite, type Program, run, workingEngines } from './programs.js';
import { rounded } from './statistics.js';

export interface AggregationRow {
  readonly what: string;
  readonly seconds: number;
  readonly writes: number;
  readonly hits: number;
  readonly lost: number;
  /** Most memory the tool ever had (VmHWM), MiB. */
  readonly peakMiB: number;
  /** The same of a node that does nothing. */
  readonly nodeMiB: number;
  readonly ownMiB: number;
  /** What of it came after the first seconds: what a longer run would add to. */
  readonly grewMiB: number;
}

const POLL_MS = 50;
/** By then everything is loaded and armed. */
const SETTLED_MS = 2_000;
const MIB = 1024;
/** Writes that show how many fit into the time. */
const SAMPLE = 200_000;

/** Runs each way of counting for about `seconds`. */
export async function measureAggregation(program: Program, seconds: number): Promise<AggregationRow[]> {
  const { peak: nodeKiB } = await measured(['-e', `setTimeout(() => {}, 500)`]);
  const rows: AggregationRow[] = [];
  for (const engine of workingEngines())
    for (const command of ['stat', 'who']) rows.push(await measureOnce(program, { command, engine, seconds, nodeKiB }));
  return rows;
}

interface Way {
  readonly command: string;
  readonly engine: string;
  readonly seconds: number;
  readonly nodeKiB: number;
}

async function measureOnce({ path, variable }: Program, { command, engine, seconds, nodeKiB }: Way): Promise<AggregationRow> {
  const commandLine = (writes: number): string[] => [
    ...[HWBKPT, command, variable, '--engine', engine, '--json'],
    ...['--', path, '--writes', String(writes)],
  ];
  const nanoseconds = nanosecondsPerWrite(await run(process.execPath, commandLine(SAMPLE)));
  const writes = Math.round((seconds * 1e9) / nanoseconds);
  const start = performance.now();
  const { peak, settled, stdout } = await measured(commandLine(writes));
  const summary = stdout.split('\n').findLast((line) => line.startsWith('{"type":"summary"'));
  if (summary === undefined) throw new Error(`no summary in ${stdout.slice(0, 300)}`);
  const { hits, lost } = JSON.parse(summary) as { hits: number; lost: number };
  return {
    what: `hwbkpt ${command} (${engine})`,
    ...{ seconds: rounded((performance.now() - start) / 1000, 1), writes, hits, lost },
    ...{ peakMiB: rounded(peak / MIB, 1), nodeMiB: rounded(nodeKiB / MIB, 1), ownMiB: rounded((peak - nodeKiB) / MIB, 1) },
    grewMiB: rounded((peak - settled) / MIB, 1),
  };
}

/** What was seen of a process's memory, KiB. */
interface Measured {
  readonly peak: number;
  readonly settled: number;
  readonly stdout: string;
}

/** Runs node with `args`, looking at its memory until it ends. */
async function measured(args: readonly string[]): Promise<Measured> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  let peak = 0;
  let settled = 0;
  const start = performance.now();
  const timer = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid ?? 0));
    if (performance.now() - start < SETTLED_MS) settled = peak;
  }, POLL_MS);
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  return { peak, settled, stdout };
}

/** KiB; 0 when the process has ended. */
function highWater(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
