// hwbkpt who: accesses grouped by the place in the code that made them.
import { isatty } from 'node:tty';
import { valueToText } from '../../model/format-value.js';
import type { Invocation } from '../command-table.js';
import { type Group, Groups, groupMessage } from '../groups.js';
import type { LineSink } from '../output/sink.js';
import { type Alignment, LiveBlock, tableLines } from '../output/table.js';
import { placeLabel } from '../output/text.js';
import type { Presenter } from '../presenter.js';
import { runSession } from '../session-run.js';
import { type CommonOptions, commonOptions } from '../watch-options.js';

const REDRAW_MS = 200;

export async function runWho(invocation: Invocation): Promise<number> {
  const options = commonOptions(invocation, 'who');
  return runSession(options, new WhoPresenter(options));
}

class WhoPresenter implements Presenter {
  readonly #options: CommonOptions;
  readonly #groups = new Groups();
  #live: LiveBlock | null = null;
  #timer: NodeJS.Timeout | null = null;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(options: CommonOptions) {
    this.#options = options;
  }

  hit(hit: Parameters<Presenter['hit']>[0]): void {
    this.#groups.add(hit);
  }

  roundEnd(sink: LineSink): void {
    if (this.#options.json || !isatty(sink.fd)) return;
    const wait = this.#drawnAt + REDRAW_MS - performance.now();
    // Also when nothing follows what has come: the table is never old for longer than that.
    if (wait <= 0) this.#draw(sink);
    else this.#timer ??= setTimeout(() => this.#draw(sink), wait);
  }

  #draw(sink: LineSink): void {
    this.#stopTimer();
    this.#live ??= new LiveBlock(sink);
    this.#drawnAt = performance.now();
    this.#live.draw(this.#lines());
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  interrupt(): void {
    this.#live?.clear();
  }

  finish(sink: LineSink): void {
    this.#stopTimer();
    this.#live?.clear();
    const lines = this.#options.json ? this.#groups.sorted().map((group) => JSON.stringify(groupMessage(group))) : this.#lines();
    for (const line of lines) sink.line(line);
  }

  #lines(): string[] {
    const { expressions, access } = this.#options;
    return groupLines(this.#groups.sorted(), { watches: expressions.length > 1, values: access !== 'execute' });
  }
}

/** Which columns are shown beside those that always are. */
interface Shown {
  readonly watches: boolean;
  readonly values: boolean;
}

interface Column {
  readonly header: string;
  readonly alignment: Alignment;
  readonly cell: (group: Group) => string;
}

const WATCH: Column = { header: 'WATCH', alignment: 'left', cell: ({ watch }) => watch.expression };
const COUNT: Column = { header: 'COUNT', alignment: 'right', cell: ({ count }) => count.toLocaleString('en-US') };
const FIRST: Column = { header: 'FIRST', alignment: 'right', cell: ({ first, watch }) => valueToText(first, watch.type) };
const LAST: Column = { header: 'LAST', alignment: 'right', cell: ({ last, watch }) => valueToText(last, watch.type) };
const PLACE: Column = { header: 'PLACE', alignment: 'left', cell: ({ place }) => placeLabel(place) };

/** The table of `groups`, with its header. */
export function groupLines(groups: readonly Group[], shown: Shown): string[] {
  const columns = [...(shown.watches ? [WATCH] : []), COUNT, ...(shown.values ? [FIRST, LAST] : []), PLACE];
  const rows = groups.map((group) => columns.map(({ cell }) => cell(group)));
  return tableLines(
    [columns.map(({ header }) => header), ...rows],
    columns.map(({ alignment }) => alignment),
  );
}
