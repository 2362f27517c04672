// Whether everything arrives: a million hits of one thread, and every CPU hot at once.
import { HWBKPT, type Program, run } from './programs.js';

export interface ExactnessRow {
  readonly what: string;
  readonly writes: number;
  readonly hits: number;
  readonly lost: number;
  /** writes - hits - lost: must be 0. */
  readonly uncounted: number;
  readonly unseenChanges: number;
}

export async function measureExactness(hot: Program, hotThreads: Program): Promise<ExactnessRow[]> {
  return [
    await measure('one hot thread, full rate', hot, { args: ['--writes', '1000000'], writes: 1_000_000 }),
    await measure('two hot threads, one variable', hotThreads, {
      args: ['--threads', '2', '--writes', '300000', '--shared'],
      writes: 600_000,
    }),
  ];
}

async function measure(what: string, program: Program, load: { args: readonly string[]; writes: number }): Promise<ExactnessRow> {
  const { writes } = load;
  const { stdout } = await run(process.execPath, [HWBKPT, 'stat', program.variable, '--json', '--', program.path, ...load.args]);
  const summary = stdout.split('\n').findLast((line) => line.startsWith('{"type":"summary"'));
  if (summary === undefined) throw new Error(`no summary in ${stdout.slice(0, 300)}`);
  const { hits, lost, unseen_changes: unseenChanges } = JSON.parse(summary) as { hits: number; lost: number; unseen_changes: number };
  return { what, writes, hits, lost, uncounted: writes - hits - lost, unseenChanges };
}
