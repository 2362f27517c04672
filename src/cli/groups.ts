// Accesses grouped by the place in the code that made them, and by the way there: what `who` shows.
import { valueToJson } from '../model/format-value.js';
import type { WatchInfo } from '../model/hit.js';
import type { GroupMessage } from '../model/messages.js';
import type { Place } from '../model/place.js';
import type { TallyRow } from '../session/index.js';
import { placeKey } from '../session/tally-keys.js';
import type { Sampling } from './counted.js';
import { samplingFields } from './estimates.js';
import { placeText } from './output/messages.js';

/** All accesses of one watch at one place, and by one call chain where those were asked for. */
export interface Group {
  readonly watch: WatchInfo;
  readonly place: Place;
  readonly kernel: boolean;
  readonly stack: readonly Place[] | null;
  readonly count: number;
  readonly estimate: number;
  /** Value left by the first access, and by the last, of those whose value is known. */
  readonly first: Uint8Array | null;
  readonly last: Uint8Array | null;
}

/** What the threads did, together: most frequent first; of equals, the one seen first. */
export function groupsOf(rows: readonly TallyRow[]): Group[] {
  const stacks = new Map<readonly Place[], number>();
  const groups = new Map<string, [TallyRow, ...TallyRow[]]>();
  for (const row of rows) {
    if (row.stack !== null && !stacks.has(row.stack)) stacks.set(row.stack, stacks.size);
    const { watch, kernel, place, ip } = row;
    const way = row.stack === null ? '' : stacks.get(row.stack);
    const key = [watch.expression, watch.type.name, kernel, placeKey(place, ip), way].join('\n');
    const others = groups.get(key);
    if (others === undefined) groups.set(key, [row]);
    else others.push(row);
  }
  return [...groups.values()].map(together).sort((a, b) => b.estimate - a.estimate);
}

function together(rows: readonly [TallyRow, ...TallyRow[]]): Group {
  const [{ watch, place, kernel, stack }] = rows;
  let [count, estimate, earliest, latest] = [0, 0, rows[0], rows[0]];
  for (const row of rows) {
    count += row.count;
    estimate += row.estimate;
    if (row.firstAt < earliest.firstAt) earliest = row;
    if (row.lastAt > latest.lastAt) latest = row;
  }
  return { watch, place, kernel, stack, count, estimate, first: earliest.first, last: latest.last };
}

export function groupMessage(group: Group, sampling: Sampling | null): GroupMessage {
  const { watch, place, kernel, stack, count, first, last } = group;
  return {
    type: 'group',
    watch: watch.expression,
    function: place.function,
    file: place.file,
    line: place.line,
    kernel,
    count,
    ...samplingFields(group, sampling),
    first: valueToJson(first, watch.type),
    last: valueToJson(last, watch.type),
    ...(stack === null ? {} : { stack: stack.map(placeText) }),
  };
}
