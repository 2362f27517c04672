// hwbkpt watch: a line for every access.
import type { Item } from '../../session/index.js';
import type { Invocation } from '../command-table.js';
import { HitJsonPrinter } from '../output/json.js';
import { eventMessage } from '../output/messages.js';
import { eventLine, hitLine } from '../output/text.js';
import { type Presenter, runSession } from '../session-run.js';
import type { LineSink } from '../sink.js';
import { commonOptions } from '../watch-options.js';

export async function runWatch(invocation: Invocation): Promise<number> {
  const options = commonOptions(invocation, 'watch');
  return runSession(options, options.json ? jsonPresenter() : textPresenter());
}

/** Hits and events as JSON lines. */
export function jsonPresenter(): Presenter {
  const printer = new HitJsonPrinter();
  return {
    items(items: readonly Item[], sink: LineSink): void {
      for (const item of items) sink.line(item.kind === 'hit' ? printer.line(item) : JSON.stringify(eventMessage(item)));
    },
    finish: () => undefined,
  };
}

function textPresenter(): Presenter {
  let since = 0n;
  return {
    armed: () => {
      since = process.hrtime.bigint();
    },
    items(items: readonly Item[], sink: LineSink): void {
      for (const item of items) {
        if (item.kind === 'hit') sink.line(hitLine(item, since));
        else process.stderr.write(`hwbkpt: ${eventLine(item)}\n`);
      }
    },
    finish: () => undefined,
  };
}
