// What find prints, for people and as JSON.
import { valueToJson } from '../../model/format-value.js';
import { type Finder, type FoundPlace, soughtText, valueTypeOf, watchLine } from '../../session/find/index.js';
import { tableLines } from '../output/table.js';
import { plural } from '../output/text.js';
import { visible } from '../output/visible.js';

/** A look through memory for a value: what it took. */
export interface Looked {
  /** The value, as typed. */
  readonly value: string;
  readonly read: number;
  readonly unreadable: number;
  readonly seconds: number;
}

/** `1.5 GB`, powers of 1000, three digits. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** What is left: a line for each of the first `limit` places, and how many more there are. */
export function placeLines(finder: Finder, limit: number): string[] {
  const shown = finder.first(limit);
  const rows = shown.map((place) => [`  ${hex(place.address)}`, valueText(place, finder), locationText(place)]);
  const more = finder.count - shown.length;
  return [...tableLines(rows, ['left', 'left', 'left']), ...(more > 0 ? [`  and ${count(more)} more`] : [])];
}

/** `1,234 places hold 100 (int32)`; after narrowing (`looked` null) `12 places left (int32)`. `gone`: places whose memory is no more. */
export function countLine(finder: Finder, looked: Looked | null, gone: number): string {
  const places = finder.count === 0 ? 'no place' : finder.count === 1 ? '1 place' : `${count(finder.count)} places`;
  const what = looked === null ? 'left' : `${finder.count > 1 ? 'hold' : 'holds'} ${visible(looked.value)}`;
  const lost = gone === 0 ? '' : `; the memory of ${plural(gone, 'other')} is gone`;
  return `${places} ${what} (${finder.type})${lost}`;
}

/** `searched 1.5 GB in 0.31 s; 8.19 kB could not be read`. */
export function lookedLine({ read, unreadable, seconds }: Looked): string {
  const skipped = unreadable === 0 ? '' : `; ${bytesText(unreadable)} could not be read`;
  return `searched ${bytesText(read)} in ${seconds.toFixed(2)} s${skipped}`;
}

/** Said where narrowing leaves nothing. */
export const NONE_DID = 'none of the places did that';

/** The command that watches what is left, or null. */
export function watchCommand(finder: Finder): string | null {
  // More than this cannot fit, whatever their size.
  const places = finder.count > MOST_WATCHED ? [] : finder.first(MOST_WATCHED);
  const { size } = finder;
  return watchLine(
    places.map(({ address }) => ({ address, size })),
    finder.type,
    finder.target,
  );
}

const MOST_WATCHED = 4;

/** One object for each of the first `limit` places, and `found` last. */
export function jsonLines(finder: Finder, { limit, looked, gone, file }: JsonParts): string[] {
  const places = finder.first(limit).map(({ address, value, location }) => ({
    type: 'place',
    address: hex(address),
    size: finder.size,
    value: finder.type === 'text' ? new TextDecoder().decode(value) : valueToJson(value, valueTypeOf(finder.type, finder.size)),
    region: location.region,
    symbol: location.symbol,
  }));
  const found = {
    type: 'found',
    places: finder.count,
    value_type: finder.type,
    read: looked?.read ?? null,
    unreadable: looked?.unreadable ?? null,
    gone,
    watch: watchCommand(finder),
    state: file,
  };
  return [...places, found].map((line) => JSON.stringify(line));
}

export interface JsonParts {
  readonly limit: number;
  readonly looked: Looked | null;
  readonly gone: number;
  readonly file: string;
}

function valueText({ value }: FoundPlace, { type }: Finder): string {
  return visible(soughtText(value, type));
}

function locationText({ location: { region, symbol } }: FoundPlace): string {
  const where = visible(region ?? 'not mapped any more');
  return symbol === null ? where : `${visible(symbol)} in ${where}`;
}

function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}

/** `1,234,567`. */
function count(number: number): string {
  return number.toLocaleString('en-US');
}
