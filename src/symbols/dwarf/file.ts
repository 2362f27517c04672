// One file's debug information: its sections, units and shared tables, each read when first needed.
import { AbbrevStore } from './abbrev/store.js';
import { type AbbrevTable, parseAbbrevTable } from './abbrev/table.js';
import { Budget } from './budget.js';
import { At } from './codes/attributes.js';
import { Die } from './dies/die.js';
import { readUnsigned } from './forms/values.js';
import type { IndexStore } from './index-store.js';
import type { Problems } from './problems.js';
import { type DwarfSections, LoadedSections } from './sections.js';
import type { SplitUnits } from './split/split-units.js';
import { readUnitHeaders } from './units/headers.js';
import { Unit, type UnitHeader } from './units/unit.js';

interface Units {
  readonly all: readonly Unit[];
  readonly info: readonly Unit[];
  readonly types: readonly Unit[];
  readonly bySignature: ReadonlyMap<bigint, Unit>;
}

/** What a file belongs to. */
export interface DwarfRelations {
  /** For people: '' for the program's own file. */
  readonly label?: string;
  /** The file that dwz made, where it was given. */
  readonly alternate?: DwarfFile | null;
  /** For a .dwo file: the unit of the program's file that stands for it. */
  readonly skeleton?: Unit | null;
  /** Keeps what walks over the whole file found. */
  readonly index?: IndexStore | null;
  /** The other files of split DWARF. */
  readonly split: SplitUnits;
}

let filesMade = 0;

/** A file with DWARF sections, and dwz's alternate file where it was given; or the piece of a package that belongs to one unit. */
export class DwarfFile {
  /** Tells this file from all others: offsets alone do not tell entries of several files apart. */
  readonly number = filesMade++;
  readonly label: string;
  readonly skeleton: Unit | null;
  readonly index: IndexStore | null;
  readonly sections: LoadedSections;
  readonly problems: Problems;
  readonly alternate: DwarfFile | null;
  /** For an alternate file: the file that uses it. */
  #user: DwarfFile | null = null;
  /** Entries of range lists that may still be read. */
  readonly rangeBudget = new Budget('range lists', 20_000_000);
  #lineBudget: Budget | null = null;
  readonly #split: SplitUnits;
  readonly #abbrevs = new AbbrevStore();
  readonly #abbrevTables = new Map<number, AbbrevTable>();
  #abbrevBudget: Budget | null = null;
  #units: Units | null = null;
  #contents: readonly Unit[] | null = null;
  #language: number | null = null;

  constructor(sections: DwarfSections, problems: Problems, relations: DwarfRelations) {
    const { label = '', alternate = null, skeleton = null, index = null, split } = relations;
    this.sections = new LoadedSections(sections, problems);
    this.problems = problems;
    this.label = label;
    this.alternate = alternate;
    this.skeleton = skeleton;
    this.index = index;
    this.#split = split;
    if (alternate !== null) alternate.#user = this;
  }

  /** All units, those of .debug_types last. */
  get units(): readonly Unit[] {
    return this.#read().all;
  }

  /** Tells that no unit has its entries elsewhere, which saves looking at each. */
  assumeWhole(): void {
    this.#contents ??= this.units;
  }

  /** Whether any unit has its entries elsewhere, and was found there. */
  get isSplit(): boolean {
    return this.#contents !== this.units && this.units.some((unit) => unit.content !== unit);
  }

  /** The units that hold entries: like {@link units}, but what split DWARF has elsewhere (with its types) in place of the units that stand for it. */
  get contents(): readonly Unit[] {
    this.#contents ??= [
      ...this.units.flatMap((unit) => (unit.content === unit ? [unit] : unit.content.file.units)),
      ...(this.isSplit ? this.#split.packagedTypes() : []),
    ];
    return this.#contents;
  }

  /** The unit whose entries include offset `offset` of `section`. */
  unitAt(section: 'info' | 'types', offset: number): Unit | null {
    const units = this.#read()[section];
    let low = 0;
    let high = units.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((units[middle]?.offset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = units[low - 1];
    return unit !== undefined && offset < unit.end ? unit : null;
  }

  /** See {@link Unit.content}. */
  contentOf(unit: Unit): Unit {
    return this.skeleton === null && unit.header.kind !== 'type' ? this.#split.of(unit) : unit;
  }

  /** The type that the unit with `signature` describes, here or in the program's package; null where no unit has it. */
  typeOf(signature: bigint): Die | null {
    return this.ownType(signature) ?? (this.label === '' ? null : this.#split.typeOf(signature));
  }

  /** The type that a unit of this very file with `signature` describes. */
  ownType(signature: bigint): Die | null {
    const unit = this.#read().bySignature.get(signature) ?? null;
    const type = unit?.header.type ?? null;
    return unit === null || type === null ? null : new Die(unit, type.offset);
  }

  /** The alternate file, or null with a problem noted where it is needed but was not given. */
  needAlternate(): DwarfFile | null {
    if (this.alternate === null)
      this.problems.add('a part of the debug information is in an alternate file (made by dwz), which was not found');
    return this.alternate;
  }

  /** The abbreviations that a unit with this header uses; shared between units. Throws DwarfError. */
  abbrevTable(header: UnitHeader): AbbrevTable {
    // The size of values, and so the steps over an entry, depend on these; DWARF 2 differs from all later ones.
    const shape = (header.addressSize === 8 ? 1 : 0) + (header.offsetSize === 8 ? 2 : 0) + (header.version <= 2 ? 4 : 0);
    const key = header.abbrevOffset * 8 + shape;
    let table = this.#abbrevTables.get(key);
    if (table === undefined) {
      const section = this.sections.get('abbrev');
      this.#abbrevBudget ??= new Budget('abbreviation tables', 1_000_000 + section.length * 8);
      table = parseAbbrevTable({ section, store: this.#abbrevs, budget: this.#abbrevBudget }, header.abbrevOffset, header);
      this.#abbrevTables.set(key, table);
    }
    return table;
  }

  /** Bytes of line number programs that may still be run: each is once, unless they overlap. */
  get lineBudget(): Budget {
    this.#lineBudget ??= new Budget('line tables', 1_000_000 + this.sections.get('line').length * 4);
    return this.#lineBudget;
  }

  /** Language of the first unit that gives one, for units (such as `asking`) that give none; of the using file where this one has none. */
  commonLanguage(asking: Unit): number {
    this.#language ??= this.problems.guard(
      () => asking.describe(),
      0,
      () => this.#firstLanguage(),
    );
    return this.#language;
  }

  #firstLanguage(): number {
    for (const unit of this.units) {
      if (unit.header.kind !== 'compile') continue;
      const attribute = unit.root.attribute(At.language);
      if (attribute !== null) return readUnsigned(unit, attribute) ?? 0;
    }
    return this.#user === null ? 0 : this.#user.#firstLanguage();
  }

  #read(): Units {
    this.#units ??= this.#readUnits();
    return this.#units;
  }

  #readUnits(): Units {
    const unitsOf = (section: 'info' | 'types'): Unit[] =>
      readUnitHeaders(section, this.sections.get(section), this.problems).map((header) => new Unit(this, header));
    const info = unitsOf('info');
    const types = unitsOf('types');
    const all = [...info, ...types];
    const bySignature = new Map<bigint, Unit>();
    for (const unit of all) {
      const signature = unit.header.type?.signature;
      if (signature !== undefined && !bySignature.has(signature)) bySignature.set(signature, unit);
    }
    return { all, info, types, bySignature };
  }
}
