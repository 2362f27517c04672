// Look-up by address: the line and the function of an instruction.
import type { SourceLine } from '../debug-info.js';
import { Die } from './dies/die.js';
import type { DwarfFile } from './file.js';
import { LineTables } from './lines/tables.js';
import type { IntervalMap } from './ranges/interval-map.js';
import { functionName } from './units/names.js';
import { mapUnits } from './units/unit-map.js';

/** The code of one file. Addresses are address keys (see Cursor.addressKey). Nothing here throws DwarfError. */
export class CodeLookup {
  readonly #file: DwarfFile;
  readonly #lines: LineTables;
  readonly #names = new Map<string, string | null>();
  #units: IntervalMap | null = null;

  constructor(file: DwarfFile) {
    this.#file = file;
    this.#lines = new LineTables(file);
  }

  lineAt(address: number): SourceLine | null {
    const map = this.#unitMap;
    for (let i = map.find(address); i >= 0; i = map.find(address, i)) {
      const table = this.#lines.of(map.value(i));
      const row = table?.find(address) ?? -1;
      if (table !== null && row >= 0) return table.row(row);
    }
    return null;
  }

  functionAt(address: number): string | null {
    const map = this.#unitMap;
    for (let i = map.find(address); i >= 0; i = map.find(address, i)) {
      const number = map.value(i);
      const name = this.#file.problems.guard(
        () => 'function',
        null,
        () => this.#functionIn(number, address),
      );
      if (name !== null) return name;
    }
    return null;
  }

  get #unitMap(): IntervalMap {
    this.#units ??= mapUnits(this.#file, this.#lines);
    return this.#units;
  }

  #functionIn(number: number, address: number): string | null {
    const unit = this.#file.units[number]?.content;
    if (unit === undefined) return null;
    const { functions } = unit.outline;
    const found = functions.find(address);
    if (found < 0) return null;
    const offset = functions.value(found);
    const key = `${number} ${offset}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = functionName(new Die(unit, offset));
      this.#names.set(key, name);
    }
    return name;
  }
}
