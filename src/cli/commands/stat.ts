// hwbkpt stat: how often, and by how many threads.
import type { CountMessage } from '../../model/messages.js';
import type { Invocation } from '../command-table.js';
import { tableLines } from '../output/table.js';
import type { Presenter } from '../presenter.js';
import { runSession } from '../session-run.js';
import { type CommonOptions, commonOptions } from '../watch-options.js';

interface Count {
  hits: number;
  readonly threads: Set<number>;
}

export async function runStat(invocation: Invocation): Promise<number> {
  const options = commonOptions(invocation, 'stat');
  return runSession(options, statPresenter(options));
}

function statPresenter({ expressions, json }: CommonOptions): Presenter {
  const counts = new Map(expressions.map((expression): [string, Count] => [expression, { hits: 0, threads: new Set() }]));
  return {
    hit({ watch, tid }) {
      const count = counts.get(watch.expression);
      if (count === undefined) return;
      count.hits++;
      count.threads.add(tid);
    },
    finish(sink) {
      const messages = [...counts].map(
        ([watch, { hits, threads }]): CountMessage => ({ type: 'count', watch, count: hits, threads: threads.size }),
      );
      const lines = json ? messages.map((message) => JSON.stringify(message)) : countLines(messages);
      for (const line of lines) sink.line(line);
    },
  };
}

function countLines(messages: readonly CountMessage[]): string[] {
  const rows = messages.map(({ watch, count, threads }) => [count.toLocaleString('en-US'), String(threads), watch]);
  return tableLines([['COUNT', 'THREADS', 'WATCH'], ...rows], ['right', 'right', 'left']);
}
