// The line tables of a file, one per unit, each read when first needed and kept.
import { At } from '../codes/attributes.js';
import type { DwarfFile } from '../file.js';
import { readOffset } from '../forms/values.js';
import type { Unit } from '../units/unit.js';
import type { NameSections } from './header.js';
import { LineTable } from './table.js';

/** Line tables by number of their unit. Units that share a table (and a directory) share its rows. */
export class LineTables {
  readonly #file: DwarfFile;
  readonly #byUnit: (LineTable | null | undefined)[] = [];
  readonly #byPlace = new Map<string, LineTable>();

  constructor(file: DwarfFile) {
    this.#file = file;
  }

  /** The table of unit `number`; null where it has none or it cannot be read. */
  of(number: number): LineTable | null {
    let table = this.#byUnit[number];
    if (table === undefined) {
      const unit = this.#file.units[number];
      table = unit === undefined ? null : this.#read(unit);
      this.#byUnit[number] = table;
    }
    return table;
  }

  #read(unit: Unit): LineTable | null {
    return this.#file.problems.guard(
      () => `line table of the ${unit.describe()}`,
      null,
      () => {
        const attribute = unit.root.attribute(At.stmtList);
        const offset = attribute === null ? null : readOffset(unit, attribute);
        return offset === null ? null : this.#shared(offset, unit.root.string(At.compDir) ?? '');
      },
    );
  }

  #shared(offset: number, directory: string): LineTable {
    const place = `${offset} ${directory}`;
    let table = this.#byPlace.get(place);
    if (table === undefined) {
      const { problems, lineBudget } = this.#file;
      table = LineTable.read(this.#sections(), offset, { directory, problems, budget: lineBudget });
      this.#byPlace.set(place, table);
    }
    return table;
  }

  #sections(): NameSections {
    const { sections } = this.#file;
    return { line: sections.get('line'), str: sections.get('str'), lineStr: sections.get('lineStr') };
  }
}
