// hwbkpt stat: how often, and by which threads.
import type { CountMessage } from '../../model/messages.js';
import type { TallyRow } from '../../session/index.js';
import type { Invocation } from '../command-spec.js';
import { Counted, type Sampling } from '../counted.js';
import { type Amount, amountText, samplingFields, samplingText, sumOf } from '../estimates.js';
import { type Alignment, tableLines } from '../output/table.js';
import { visible } from '../output/visible.js';
import type { Presenter } from '../presenter.js';
import { runSession } from '../session-run.js';
import { type CommonOptions, commonOptions } from '../watch-options.js';

export async function runStat(invocation: Invocation): Promise<number> {
  const options = commonOptions(invocation, 'stat');
  return runSession(options, statPresenter(options, invocation.options['perThread'] === true));
}

function statPresenter(options: CommonOptions, perThread: boolean): Presenter {
  const counted = new Counted(options, 'counts');
  return {
    keep: counted.keep,
    armed: (run) => counted.begin(run),
    hit: (hit) => counted.hit(hit),
    finish(sink) {
      const sampling = counted.sampling();
      const counts = countsOf(counted.rows(), options.expressions, perThread);
      const lines = options.json ? counts.map((count) => JSON.stringify(countMessage(count, sampling))) : countLines(counts, sampling);
      for (const line of lines) sink.line(line);
    },
  };
}

/** One line. `by`: the one thread it is of, where threads were told apart. */
export interface Count extends Amount {
  readonly watch: string;
  readonly threads: number;
  /** Null for a watch that no thread has touched. */
  readonly by?: Pick<TallyRow, 'pid' | 'tid' | 'comm'> | null;
}

/** A line for each watch, or for each thread of each; those that did most first. */
export function countsOf(rows: readonly TallyRow[], expressions: readonly string[], perThread: boolean): Count[] {
  return expressions.flatMap((watch) => {
    const own = rows.filter((row) => row.watch.expression === watch);
    if (!perThread) return [{ watch, ...sumOf(own), threads: new Set(own.map(({ tid }) => tid)).size }];
    if (own.length === 0) return [{ watch, count: 0, estimate: 0, threads: 0, by: null }];
    return threadsOf(watch, own).sort((a, b) => b.estimate - a.estimate);
  });
}

function threadsOf(watch: string, rows: readonly TallyRow[]): Count[] {
  const threads = new Map<string, [TallyRow, ...TallyRow[]]>();
  for (const row of rows) {
    const key = `${row.pid} ${row.tid}`;
    const others = threads.get(key);
    if (others === undefined) threads.set(key, [row]);
    else others.push(row);
  }
  return [...threads.values()].map((own) => {
    const [{ pid, tid }] = own;
    const comm = own.findLast((row) => row.comm !== null)?.comm ?? null;
    return { watch, ...sumOf(own), threads: 1, by: { pid, tid, comm } };
  });
}

export function countMessage(line: Count, sampling: Sampling | null): CountMessage {
  const { watch, count, threads, by } = line;
  const thread = by === undefined ? {} : { pid: by?.pid ?? null, tid: by?.tid ?? null, comm: by?.comm ?? null };
  return { type: 'count', watch, count, threads, ...thread, ...samplingFields(line, sampling) };
}

const TOTALS: readonly Alignment[] = ['right', 'right', 'left'];
const THREADS: readonly Alignment[] = ['right', 'right', 'left', 'right', 'left'];

/** The table, with its header. */
export function countLines(counts: readonly Count[], sampling: Sampling | null): string[] {
  const perThread = counts[0]?.by !== undefined;
  const header = perThread ? ['PID', 'TID', 'COMM', 'COUNT', 'WATCH'] : ['COUNT', 'THREADS', 'WATCH'];
  const rows = counts.map((line) => {
    const { watch, threads, by } = line;
    const amount = amountText(line, sampling);
    const named = `${watch}${samplingText(line, sampling)}`;
    if (by === undefined) return [amount, String(threads), named];
    return [String(by?.pid ?? '-'), String(by?.tid ?? '-'), visible(by?.comm ?? '-'), amount, named];
  });
  return tableLines([header, ...rows], perThread ? THREADS : TOTALS);
}
