// The line table of one unit, as sorted arrays that a binary search runs over.

import type { Budget } from '../budget.js';
import { NumberList, U32List } from '../bytes/growable.js';
import type { Problems } from '../problems.js';
import { type NameSections, readLineHeader } from './header.js';
import { runLineProgram } from './program.js';
import { Sequences } from './sequences.js';

/** A row of the table: `file` is a path, absolute where the compiler recorded enough; '' where the number is unknown. */
export interface LineRow {
  readonly file: string;
  readonly line: number;
}

/** What a table needs of the unit it belongs to. */
export interface LineTableOwner {
  /** The compilation directory, '' where it is unknown. */
  readonly directory: string;
  readonly problems: Problems;
  readonly budget: Budget;
}

/** Lines larger than this are not lines. */
const MOST_LINES = 0xffff_ffff;

/** Address -> file and line. Addresses are address keys (see Cursor.addressKey). */
export class LineTable {
  readonly #sequences: Sequences;
  readonly #lines: Uint32Array;
  readonly #files: Uint32Array;
  readonly #path: (file: number) => string | null;
  readonly #paths = new Map<number, string>();

  private constructor(sequences: Sequences, rows: { lines: Uint32Array; files: Uint32Array }, path: (file: number) => string | null) {
    this.#sequences = sequences;
    this.#lines = rows.lines;
    this.#files = rows.files;
    this.#path = path;
  }

  /** Reads the table at `offset` of .debug_line. A broken program keeps its rows up to there. Throws DwarfError for a broken header. */
  static read(sections: NameSections, offset: number, unit: LineTableOwner): LineTable {
    const header = readLineHeader(sections, offset);
    unit.budget.spend(header.end - offset);
    const addresses = new NumberList();
    const lines = new U32List();
    const files = new U32List();
    const sequences = new Sequences();
    unit.problems.guard(
      () => `line table at 0x${offset.toString(16)}`,
      undefined,
      () =>
        runLineProgram(sections.line, header, (address, file, line, endSequence) => {
          addresses.push(address);
          lines.push(line >= 0 && line <= MOST_LINES ? line : 0);
          files.push(Math.min(file, MOST_LINES));
          if (endSequence) sequences.end(addresses);
        }),
    );
    sequences.seal(addresses);
    const path = (file: number): string | null => header.files.path(file, unit.directory);
    return new LineTable(sequences, { lines: lines.toArray(), files: files.toArray() }, path);
  }

  /** Number of the row that covers `address`, or -1. Line 0 (code that belongs to no line) counts as none. */
  find(address: number): number {
    const row = this.#sequences.rowAt(address);
    return row >= 0 && (this.#lines[row] ?? 0) > 0 ? row : -1;
  }

  row(number: number): LineRow {
    return { file: this.path(this.#files[number] ?? 0), line: this.#lines[number] ?? 0 };
  }

  /** The path of file `number`; '' where the number is unknown. */
  path(number: number): string {
    let path = this.#paths.get(number);
    if (path === undefined) {
      path = this.#path(number) ?? '';
      this.#paths.set(number, path);
    }
    return path;
  }

  /** Each row's code, with the number of its file; ascending within a run of code. Line 0: belongs to no line. */
  eachRow(sink: (row: { readonly low: number; readonly high: number; readonly file: number; readonly line: number }) => void): void {
    this.#sequences.eachRow((row, low, high) => sink({ low, high, file: this.#files[row] ?? 0, line: this.#lines[row] ?? 0 }));
  }

  /** Gives the extent of each run of code to `sink`. */
  eachSequence(sink: (low: number, high: number) => void): void {
    this.#sequences.each(sink);
  }
}
