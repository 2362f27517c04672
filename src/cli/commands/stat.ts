// hwbkpt stat: how often, and by how many threads.
import type { CountMessage } from '../../model/messages.js';
import type { Item } from '../../session/index.js';
import type { Invocation } from '../command-table.js';
import { eventMessage } from '../output/messages.js';
import { tableLines } from '../output/table.js';
import { eventLine } from '../output/text.js';
import { type Presenter, runSession } from '../session-run.js';
import type { LineSink } from '../sink.js';
import { type CommonOptions, commonOptions } from '../watch-options.js';

interface Count {
  hits: number;
  readonly threads: Set<number>;
}

export async function runStat(invocation: Invocation): Promise<number> {
  const options = commonOptions(invocation, 'stat');
  return runSession(options, statPresenter(options));
}

function statPresenter(options: CommonOptions): Presenter {
  const counts = new Map(options.expressions.map((expression): [string, Count] => [expression, { hits: 0, threads: new Set() }]));
  return {
    items(items: readonly Item[], sink: LineSink): void {
      for (const item of items) {
        if (item.kind !== 'hit') {
          if (options.json) sink.line(JSON.stringify(eventMessage(item)));
          else process.stderr.write(`hwbkpt: ${eventLine(item)}\n`);
          continue;
        }
        const count = counts.get(item.watch.expression);
        if (count === undefined) continue;
        count.hits++;
        count.threads.add(item.tid);
      }
    },
    finish(sink: LineSink): void {
      const messages = [...counts].map(
        ([watch, { hits, threads }]): CountMessage => ({ type: 'count', watch, count: hits, threads: threads.size }),
      );
      if (options.json) for (const message of messages) sink.line(JSON.stringify(message));
      else for (const line of countLines(messages)) sink.line(line);
    },
  };
}

function countLines(messages: readonly CountMessage[]): string[] {
  const rows = messages.map(({ watch, count, threads }) => [count.toLocaleString('en-US'), String(threads), watch]);
  return tableLines([['COUNT', 'THREADS', 'WATCH'], ...rows], ['right', 'right', 'left']);
}
