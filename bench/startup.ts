// From the command to the armed line, for a small program.
import { spawn } from 'node:child_process';
import { HWBKPT, isInstalled, type Program, run } from './programs.js';
import { median, rounded } from './statistics.js';

export interface StartupRow {
  readonly what: string;
  /** Seconds, median. */
  readonly seconds: number;
}

export async function measureStartup(program: Program, runs: number): Promise<StartupRow[]> {
  const rows: StartupRow[] = [{ what: 'hwbkpt: command to armed', seconds: await medianSeconds(runs, () => untilArmed(program)) }];
  if (isInstalled('gdb'))
    rows.push({
      what: 'gdb: start, read symbols, quit',
      seconds: await medianSeconds(runs, () => timed('gdb', ['-q', '-batch', '-ex', 'info address counter', program.path])),
    });
  rows.push({ what: 'node: start and quit', seconds: await medianSeconds(runs, () => timed(process.execPath, ['-e', '0'])) });
  return rows;
}

async function medianSeconds(runs: number, once: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  for (let i = 0; i < runs; i++) figures.push(await once());
  return rounded(median(figures), 3);
}

async function timed(command: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  await run(command, args);
  return (performance.now() - start) / 1000;
}

async function untilArmed(program: Program): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [HWBKPT, 'stat', 'counter', '--', program.path, '--writes', '10'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const seconds = await new Promise<number>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('armed ')) resolve((performance.now() - start) / 1000);
    });
  });
  await new Promise((resolve) => child.once('close', resolve));
  return seconds;
}
