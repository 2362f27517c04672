// hwbkpt who: accesses grouped by the place in the code that made them.
import type { Item } from '../../session/index.js';
import type { Invocation } from '../command-table.js';
import { type Group, Groups, groupMessage } from '../groups.js';
import { eventMessage, placeText } from '../output/messages.js';
import { LiveBlock, tableLines } from '../output/table.js';
import { eventLine } from '../output/text.js';
import { type Presenter, runSession } from '../session-run.js';
import type { LineSink } from '../sink.js';
import { type CommonOptions, commonOptions } from '../watch-options.js';

const REDRAW_MS = 200;

export async function runWho(invocation: Invocation): Promise<number> {
  const options = commonOptions(invocation, 'who');
  return runSession(options, whoPresenter(options));
}

function whoPresenter(options: CommonOptions): Presenter {
  const groups = new Groups();
  const several = options.expressions.length > 1;
  const live = !options.json && options.output === undefined && process.stdout.isTTY ? new LiveBlock(process.stdout) : null;
  let drawnAt = 0;
  return {
    items(items: readonly Item[], sink: LineSink): void {
      for (const item of items) {
        if (item.kind === 'hit') groups.add(item);
        else if (options.json) sink.line(JSON.stringify(eventMessage(item)));
        else process.stderr.write(`hwbkpt: ${eventLine(item)}\n`);
      }
      if (live === null || performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      live.draw(groupLines(groups.sorted(), several));
    },
    finish(sink: LineSink): void {
      live?.clear();
      const sorted = groups.sorted();
      const lines = options.json ? sorted.map((group) => JSON.stringify(groupMessage(group))) : groupLines(sorted, several);
      for (const line of lines) sink.line(line);
    },
  };
}

function groupLines(groups: readonly Group[], several: boolean): string[] {
  const rows = groups.map((group) => {
    const place = `${placeText(group.place)}${group.kernel ? ' in the kernel' : ''}`;
    const values = [group.count.toLocaleString('en-US'), show(group.first), show(group.last), place];
    return several ? [group.watch.expression, ...values] : values;
  });
  const header = ['COUNT', 'FIRST', 'LAST', 'PLACE'];
  const alignments = ['right', 'right', 'right', 'left'] as const;
  return several ? tableLines([['WATCH', ...header], ...rows], ['left', ...alignments]) : tableLines([header, ...rows], alignments);
}

function show(value: Group['first']): string {
  return value === null ? '?' : String(value);
}
