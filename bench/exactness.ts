// Whether everything arrives: a million hits of one thread, each with its value and in order, and every CPU hot at once.
import { createReadStream, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { HWBKPT, type Program, run, workingEngines } from './programs.js';

export interface ExactnessRow {
  readonly what: string;
  readonly writes: number;
  readonly hits: number;
  /** Hits whose old and new values are those that the program wrote, in its order; null where nobody looked. */
  readonly inSequence: number | null;
  readonly lost: number;
  /** writes - hits - lost: must be 0. */
  readonly uncounted: number;
  readonly unseenChanges: number;
}

interface Load {
  readonly engine: string;
  readonly writes: number;
  /** Of the program. */
  readonly args: readonly string[];
}

const MILLION = 1_000_000;
const HITS = `${tmpdir()}/hwbkpt-bench.jsonl`;

export async function measureExactness(hot: Program, hotThreads: Program): Promise<ExactnessRow[]> {
  const rows: ExactnessRow[] = [];
  for (const engine of workingEngines()) {
    const alone = { engine, writes: MILLION, args: ['--writes', String(MILLION)] };
    rows.push(await measureValues(`one hot thread, every value (${engine})`, hot, alone));
    rows.push(await measureCount(`one hot thread, counted (${engine})`, hot, alone));
    const both = { engine, writes: 600_000, args: ['--threads', '2', '--writes', '300000', '--shared'] };
    rows.push(await measureCount(`two hot threads, one variable, counted (${engine})`, hotThreads, both));
  }
  return rows;
}

/** Through a file: a reader at the other end of a pipe would take the processor that the tool needs. */
async function measureValues(what: string, program: Program, load: Load): Promise<ExactnessRow> {
  await run(process.execPath, [HWBKPT, 'watch', program.variable, '--json', '-o', HITS, ...targetOf(program, load)]);
  let inSequence = 0;
  let summary: Summary | null = null;
  try {
    for await (const line of createInterface({ input: createReadStream(HITS) })) {
      if (line.startsWith('{"type":"hit"') && isNext(line, inSequence)) inSequence++;
      else if (line.startsWith('{"type":"summary"')) summary = JSON.parse(line) as Summary;
    }
  } finally {
    unlinkSync(HITS);
  }
  return { ...row(what, load, summary), inSequence };
}

/** The program writes 0, 1, 2 ... over a zero. */
function isNext(line: string, index: number): boolean {
  const { old, new: now } = JSON.parse(line) as { old: unknown; new: unknown };
  return String(now) === String(index) && String(old) === String(Math.max(0, index - 1));
}

async function measureCount(what: string, program: Program, load: Load): Promise<ExactnessRow> {
  const { stdout } = await run(process.execPath, [HWBKPT, 'stat', program.variable, '--json', ...targetOf(program, load)]);
  const summary = stdout.split('\n').findLast((line) => line.startsWith('{"type":"summary"'));
  return row(what, load, summary === undefined ? null : (JSON.parse(summary) as Summary));
}

function targetOf({ path }: Program, { engine, args }: Load): string[] {
  return ['--engine', engine, '--', path, ...args];
}

interface Summary {
  readonly hits: number;
  readonly lost: number;
  readonly unseen_changes: number;
}

function row(what: string, { writes }: Load, summary: Summary | null): ExactnessRow {
  if (summary === null) throw new Error(`${what}: no summary`);
  const { hits, lost, unseen_changes: unseenChanges } = summary;
  return { what, writes, hits, inSequence: null, lost, uncounted: writes - hits - lost, unseenChanges };
}
