// hwbkpt who: accesses grouped by the place in the code that made them.
import { isatty } from 'node:tty';
import { valueToText } from '../../model/format-value.js';
import type { Invocation } from '../command-spec.js';
import { Counted, type CountedRun, type Sampling } from '../counted.js';
import { amountText, samplingText } from '../estimates.js';
import { type Group, groupMessage, groupsOf } from '../groups.js';
import type { LineSink } from '../output/sink.js';
import { type Alignment, LiveBlock, tableLines } from '../output/table.js';
import { callerLabels, placeLabel } from '../output/text.js';
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
  readonly #counted: Counted;
  #live: LiveBlock | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** What was drawn last. */
  #drawn = '';

  constructor(options: CommonOptions) {
    this.#options = options;
    this.#counted = new Counted(options, 'values');
  }

  get keep(): Counted['keep'] {
    return this.#counted.keep;
  }

  armed(run: CountedRun, sink: LineSink): void {
    this.#counted.begin(run);
    if (!this.#options.json && isatty(sink.fd)) this.#timer = setInterval(() => this.#draw(sink), REDRAW_MS);
  }

  hit(hit: Parameters<Presenter['hit']>[0]): void {
    this.#counted.hit(hit);
  }

  #draw(sink: LineSink): void {
    const lines = this.#lines();
    const text = lines.join('\n');
    // Before the first hit there is nothing to show.
    if (text === this.#drawn || lines.length === 1) return;
    this.#drawn = text;
    this.#live ??= new LiveBlock(sink);
    this.#live.draw(lines);
  }

  interrupt(): void {
    this.#live?.clear();
    this.#drawn = '';
  }

  finish(sink: LineSink): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#live?.clear();
    const lines = this.#options.json ? this.#messages() : this.#lines();
    for (const line of lines) sink.line(line);
  }

  #messages(): string[] {
    const sampling = this.#counted.sampling();
    return groupsOf(this.#counted.rows()).map((group) => JSON.stringify(groupMessage(group, sampling)));
  }

  #lines(): string[] {
    const { expressions, watch } = this.#options;
    const shown = { watches: expressions.length > 1, values: watch.access !== 'execute' };
    return groupLines(groupsOf(this.#counted.rows()), shown, this.#counted.sampling());
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
  readonly cell: (group: Group, sampling: Sampling | null) => string;
}

const WATCH: Column = { header: 'WATCH', alignment: 'left', cell: ({ watch }) => watch.expression };
const COUNT: Column = { header: 'COUNT', alignment: 'right', cell: amountText };
const FIRST: Column = { header: 'FIRST', alignment: 'right', cell: ({ first, watch }) => valueToText(first, watch.type) };
const LAST: Column = { header: 'LAST', alignment: 'right', cell: ({ last, watch }) => valueToText(last, watch.type) };
const PLACE: Column = { header: 'PLACE', alignment: 'left', cell: placeCell };

function placeCell(group: Group, sampling: Sampling | null): string {
  return `${placeLabel(group.place)}${samplingText(group, sampling)}`;
}

/** The table of `groups`, with its header; below each line those who called, where call chains were asked for. */
export function groupLines(groups: readonly Group[], shown: Shown, sampling: Sampling | null = null): string[] {
  const columns = [...(shown.watches ? [WATCH] : []), COUNT, ...(shown.values ? [FIRST, LAST] : []), PLACE];
  const rows = groups.map((group) => columns.map(({ cell }) => cell(group, sampling)));
  const [header = '', ...lines] = tableLines(
    [columns.map(({ header }) => header), ...rows],
    columns.map(({ alignment }) => alignment),
  );
  const indent = ' '.repeat(header.indexOf(PLACE.header));
  return [
    header,
    ...lines.flatMap((line, at) => [line, ...callerLabels(groups[at]?.stack ?? null).map((label) => `${indent}from ${label}`)]),
  ];
}
