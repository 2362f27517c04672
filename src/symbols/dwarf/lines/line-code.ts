// From lines to code and from ranges of code to lines: what breakpoints by line, steps and listings ask.
import { as, type FileAddress } from '../../../base/brand.js';
import type { LineSpan } from '../../debug-info.js';
import { At } from '../codes/attributes.js';
import type { DwarfFile } from '../file.js';
import type { IntervalMap } from '../ranges/interval-map.js';
import type { LineTable } from './table.js';
import type { LineTables } from './tables.js';

/** Code asked for at once, bytes. */
const MOST_CODE = 1 << 20;
/** Spans given for one question; a line of a template or a macro can be in thousands of places. */
const MOST_SPANS = 10_000;

interface Span {
  readonly low: number;
  readonly high: number;
  readonly file: string;
  readonly line: number;
}

/** Lines of one file. Addresses are address keys (see Cursor.addressKey). */
export class LineCode {
  readonly #file: DwarfFile;
  readonly #lines: LineTables;
  readonly #units: () => IntervalMap;

  constructor(file: DwarfFile, lines: LineTables, units: () => IntervalMap) {
    this.#file = file;
    this.#lines = lines;
    this.#units = units;
  }

  /** The lines of the code from `low` up to `high`, in order of address. */
  linesIn(low: number, high: number): LineSpan[] {
    const map = this.#units();
    const end = Math.min(high, low + MOST_CODE);
    const tables = new Set<LineTable>();
    for (let i = map.find(low); i >= 0; i = map.find(low, i)) {
      const table = this.#lines.of(map.value(i));
      if (table !== null) tables.add(table);
    }
    const spans: Span[] = [];
    for (const table of tables) {
      table.eachRow((row) => {
        if (row.line === 0 || row.high <= low || row.low >= end || spans.length >= MOST_SPANS) return;
        spans.push({ low: Math.max(low, row.low), high: Math.min(end, row.high), file: table.path(row.file), line: row.line });
      });
      if (spans.length > 0) break;
    }
    return joined(spans);
  }

  /** The code of the first line from `line` on that has some, in the files whose path ends with `path`. */
  codeOf(path: string, line: number): LineSpan[] {
    const wanted = path.split('/').filter((part) => part !== '' && part !== '.');
    const name = wanted.at(-1);
    if (name === undefined) return [];
    // Headers' code is in units that are named otherwise: those are looked at only where no unit is called so.
    const own = this.#unitNumbers((unitName) => unitName.endsWith(name));
    const found = this.#nearest(own, wanted, line);
    return joined(
      found.length > 0
        ? found
        : this.#nearest(
            this.#unitNumbers((unitName) => !unitName.endsWith(name)),
            wanted,
            line,
          ),
    );
  }

  #unitNumbers(takes: (name: string) => boolean): number[] {
    const { problems, units } = this.#file;
    return [...units.keys()].filter((number) =>
      problems.guard(
        () => 'name of a unit',
        true,
        () => units[number]?.header.kind !== 'type' && takes(units[number]?.root.string(At.name) ?? ''),
      ),
    );
  }

  #nearest(units: readonly number[], wanted: readonly string[], line: number): Span[] {
    let best = Number.POSITIVE_INFINITY;
    let spans: Span[] = [];
    const tables = new Set(units.map((number) => this.#lines.of(number)).filter((table) => table !== null));
    for (const table of tables) {
      const matching = new Map<number, boolean>();
      table.eachRow((row) => {
        if (row.line < line || row.line > best || spans.length >= MOST_SPANS) return;
        let matches = matching.get(row.file);
        if (matches === undefined) {
          matches = endsWith(table.path(row.file), wanted);
          matching.set(row.file, matches);
        }
        if (!matches) return;
        if (row.line < best) spans = [];
        best = row.line;
        spans.push({ low: row.low, high: row.high, file: table.path(row.file), line: row.line });
      });
    }
    const [first] = spans;
    return spans.filter(({ file }) => file === first?.file);
  }
}

/** Whether the last parts of `path` are these, folders of no effect (`.`) left out. */
function endsWith(path: string, wanted: readonly string[]): boolean {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const from = parts.length - wanted.length;
  return from >= 0 && wanted.every((part, i) => part === parts[from + i]);
}

/** In order of address; rows of one line that follow each other are one. */
function joined(spans: readonly Span[]): LineSpan[] {
  const sorted = [...spans].sort((a, b) => a.low - b.low || a.high - b.high);
  const found: Span[] = [];
  for (const span of sorted) {
    const last = found.at(-1);
    if (last !== undefined && last.high >= span.low && last.line === span.line && last.file === span.file)
      found[found.length - 1] = { ...last, high: Math.max(last.high, span.high) };
    else found.push(span);
  }
  return found.map(({ low, high, file, line }) => ({ start: address(low), end: address(high), file, line }));
}

function address(key: number): FileAddress {
  return as<FileAddress>(BigInt(key));
}
