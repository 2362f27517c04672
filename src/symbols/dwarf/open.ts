// Opens the DWARF sections of one file as `DebugInfo`.
import type { FileAddress } from '../../base/brand.js';
import type { DebugInfo, LineSpan, SourceLine, Variable } from '../debug-info.js';
import type { CallMade, LocalVariable } from '../frame.js';
import type { Type } from '../types.js';
import { addressKey } from './bytes/address-key.js';
import { CodeLookup } from './code-lookup.js';
import type { Die } from './dies/die.js';
import { DwarfFile } from './file.js';
import type { IndexStore } from './index-store.js';
import type { InlinedCall } from './inlines.js';
import { Problems } from './problems.js';
import type { DwarfSections } from './sections.js';
import type { SplitFiles } from './split/source.js';
import { SplitUnits } from './split/split-units.js';
import { NamedTypes } from './types/named.js';
import { Types } from './types/types.js';
import { VariableLookup } from './variables/lookup.js';

/** What else belongs to a file. */
export interface DwarfOptions {
  /** Sections of the file that `.gnu_debugaltlink` (or DWARF 5's .debug_sup) names, where dwz moved what several files share. */
  readonly alternate?: DwarfSections;
  /** Finds the .dwo and .dwp files of split DWARF. */
  readonly split?: SplitFiles;
  /** Keeps the index of a large file between runs. */
  readonly index?: IndexStore | null;
}

/**
 * The debug information in `sections`. Nothing is read before it is asked for, and broken or missing parts never
 * make a method throw: they find less, and `problems` says why.
 */
export function openDwarf(sections: DwarfSections, options: DwarfOptions = {}): DebugInfo {
  const problems = new Problems();
  const split = new SplitUnits(options.split ?? null, problems);
  const alternate = options.alternate === undefined ? null : new DwarfFile(options.alternate, problems, { split });
  return new Dwarf(new DwarfFile(sections, problems, { split, alternate, index: options.index ?? null }));
}

class Dwarf implements DebugInfo {
  readonly #file: DwarfFile;
  readonly #typeOf: (die: Die) => Type | null;
  readonly #variables: VariableLookup;
  readonly #types: NamedTypes;
  readonly #code: CodeLookup;

  constructor(file: DwarfFile) {
    this.#file = file;
    const types = new Types(file);
    this.#typeOf = (die) => types.ofVariable(die);
    this.#variables = new VariableLookup(file, this.#typeOf);
    this.#types = new NamedTypes(file, types);
    this.#code = new CodeLookup(file);
  }

  variables(name: string): readonly Variable[] {
    return this.#variables.named(name);
  }

  variableNames(): Iterable<string> {
    return this.#variables.names();
  }

  types(name: string): readonly Type[] {
    return this.#types.named(name);
  }

  lineAt(address: FileAddress): SourceLine | null {
    return this.#code.lineAt(addressKey(address));
  }

  linesIn(low: FileAddress, high: FileAddress): readonly LineSpan[] {
    return this.#code.linesIn(addressKey(low), addressKey(high));
  }

  codeOfLine(file: string, line: number): readonly LineSpan[] {
    return this.#code.codeOfLine(file, line);
  }

  variablesAround(address: FileAddress): readonly Variable[] {
    return this.#code.variablesAround(addressKey(address), this.#typeOf);
  }

  functionAt(address: FileAddress): string | null {
    return this.#code.functionAt(addressKey(address));
  }

  localsAt(address: FileAddress): readonly LocalVariable[] {
    return this.#code.localsAt(addressKey(address), this.#typeOf);
  }

  argumentOf(call: CallMade, register: number): bigint | null {
    return this.#code.argumentOf(call, register);
  }

  inlinedAt(address: FileAddress): readonly InlinedCall[] {
    return this.#code.inlinedAt(addressKey(address));
  }

  get problems(): readonly string[] {
    return this.#file.problems.list;
  }
}
