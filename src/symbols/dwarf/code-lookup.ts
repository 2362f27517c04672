// Look-up by address: the line and the function of an instruction.
import type { LineSpan, SourceLine, Variable } from '../debug-info.js';
import type { CallMade, LocalVariable } from '../frame.js';
import type { Type } from '../types.js';
import { addressKey } from './bytes/address-key.js';
import { Die } from './dies/die.js';
import type { DwarfFile } from './file.js';
import { FunctionInlines, type InlinedCall } from './inlines.js';
import { LineCode } from './lines/line-code.js';
import { LineTables } from './lines/tables.js';
import { argumentAt } from './locations/call-sites.js';
import { type LocalsContext, localsOf } from './locations/locals.js';
import type { IntervalMap } from './ranges/interval-map.js';
import { functionName } from './units/names.js';
import { mapUnits } from './units/unit-map.js';
import { variablesOfUnit } from './variables/around.js';

/** Functions whose inlined calls are remembered; then all are forgotten. */
const MOST_FUNCTIONS = 1024;

/** The code of one file. Addresses are address keys (see Cursor.addressKey). Nothing here throws DwarfError. */
export class CodeLookup {
  readonly #file: DwarfFile;
  readonly #lines: LineTables;
  readonly #lineCode: LineCode;
  readonly #names = new Map<string, string | null>();
  readonly #inlines = new Map<string, FunctionInlines>();
  #units: IntervalMap | null = null;

  constructor(file: DwarfFile) {
    this.#file = file;
    this.#lines = new LineTables(file);
    this.#lineCode = new LineCode(file, this.#lines, () => this.#unitMap);
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

  /** See DebugInfo.linesIn. */
  linesIn(low: number, high: number): readonly LineSpan[] {
    return this.#lineCode.linesIn(low, high);
  }

  /** See DebugInfo.codeOfLine. */
  codeOfLine(file: string, line: number): readonly LineSpan[] {
    return this.#lineCode.codeOf(file, line);
  }

  /** See DebugInfo.variablesAround. */
  variablesAround(address: number, typeOf: (die: Die) => Type | null): readonly Variable[] {
    const number = this.#unitMap.find(address);
    const unit = number < 0 ? undefined : this.#file.units[this.#unitMap.value(number)]?.content;
    if (unit === undefined) return [];
    return this.#file.problems.guard(
      () => 'variables of a unit',
      [],
      () => variablesOfUnit(unit, typeOf),
    );
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

  /** The calls inlined around the instruction at `address`, innermost first. */
  inlinedAt(address: number): readonly InlinedCall[] {
    const map = this.#unitMap;
    for (let i = map.find(address); i >= 0; i = map.find(address, i)) {
      const number = map.value(i);
      const calls = this.#file.problems.guard(
        () => 'inlined calls',
        null,
        () => this.#inlinesIn(number, address),
      );
      if (calls !== null) return calls;
    }
    return [];
  }

  /** What can be seen at `address`; see {@link localsOf}. */
  localsAt(address: number, typeOf: (die: Die) => Type | null): readonly LocalVariable[] {
    const map = this.#unitMap;
    const { problems } = this.#file;
    const guard: LocalsContext['guard'] = (what, fallback, read) => problems.guard(what, fallback, read);
    for (let i = map.find(address); i >= 0; i = map.find(address, i)) {
      const found = guard<readonly LocalVariable[] | null>(
        () => 'local variables',
        null,
        () => {
          const owner = this.#functionDie(map.value(i), address);
          return owner === null ? null : localsOf(owner, address, { typeOf, guard });
        },
      );
      if (found !== null) return found;
    }
    return [];
  }

  /** See DebugInfo.argumentOf. */
  argumentOf(call: CallMade, register: number): bigint | null {
    // The address behind the call may be another function's.
    const address = addressKey(call.returnAddress) - 1;
    const map = this.#unitMap;
    for (let i = map.find(address); i >= 0; i = map.find(address, i)) {
      const value = this.#file.problems.guard(
        () => 'call site',
        null,
        () => {
          const owner = this.#functionDie(map.value(i), address);
          return owner === null ? null : argumentAt(owner, register, call);
        },
      );
      if (value !== null) return value;
    }
    return null;
  }

  #inlinesIn(number: number, address: number): InlinedCall[] | null {
    const unit = this.#file.units[number]?.content;
    const found = unit?.outline.functions.find(address) ?? -1;
    if (unit === undefined || found < 0) return null;
    const offset = unit.outline.functions.value(found);
    const key = `${number} ${offset}`;
    let inlines = this.#inlines.get(key);
    if (inlines === undefined) {
      // A unit in a .dwo file has the files of the one that stands for it.
      inlines = new FunctionInlines(unit, offset, this.#lines.of(number));
      if (this.#inlines.size >= MOST_FUNCTIONS) this.#inlines.clear();
      this.#inlines.set(key, inlines);
    }
    return inlines.at(address);
  }

  get #unitMap(): IntervalMap {
    this.#units ??= mapUnits(this.#file, this.#lines);
    return this.#units;
  }

  /** The entry of the innermost function (not an inlined one) that contains `address`. */
  #functionDie(number: number, address: number): Die | null {
    const unit = this.#file.units[number]?.content;
    const found = unit === undefined ? -1 : unit.outline.functions.find(address);
    return unit === undefined || found < 0 ? null : new Die(unit, unit.outline.functions.value(found));
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
