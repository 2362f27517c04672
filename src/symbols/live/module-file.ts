// One program or library file with everything that is known about its names: its symbols, its debug information, or those of its
// separate debug file. What is broken or missing becomes a problem to report, and the rest goes on.
import type { FileAddress } from '../../base/brand.js';
import { HwbkptError } from '../../base/errors.js';
import type { ByteSource } from '../bytes.js';
import type { DebugInfo, SourceLine, Variable } from '../debug-info.js';
import type { IndexStore } from '../dwarf/index-store.js';
import type { InlinedCall } from '../dwarf/inlines.js';
import { openDwarf } from '../dwarf/open.js';
import { codeStart } from '../elf/eh-frame-index.js';
import { type ElfFile, openElf } from '../elf/elf-file.js';
import type { ElfSymbol } from '../elf/symbol.js';
import type { SymbolTable } from '../elf/symbol-table.js';
import type { Type } from '../types.js';
import { type DebugFileFound, type DebugSearch, findAlternateFile, findDebugFile, type OpenElf } from './debug-search.js';
import { nodeDecompressors } from './decompressors.js';
import { demangle } from './demangle.js';
import { dwarfSections, hasDwarf } from './dwarf-sections.js';
import { openFile } from './file-source.js';
import { indexCache } from './index-cache.js';
import { splitFiles } from './split-search.js';
import type { SymbolLevel } from './symbol-level.js';

/** Mangled names that are looked at for one wanted name. */
const MOST_MANGLED = 2_000;

/** A function's name and where it starts; `start` null where only debug information knows the name. */
export interface FunctionFound {
  readonly name: string;
  readonly start: FileAddress | null;
}

/** A symbol with its name as people write it. */
export interface NamedSymbol {
  readonly symbol: ElfSymbol;
  readonly demangled: string;
}

/** Opens a program or library. Throws ElfError where it is not one that hwbkpt reads, Node's error where the file cannot be opened. */
export function openModuleFile(path: string, search: DebugSearch = {}): ModuleFile {
  const source = openFile(path);
  try {
    const elf = openElf(source, { file: path, ...nodeDecompressors() });
    return new ModuleFile(elf, { path, source, search });
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

/** Where a module's bytes come from, and what it is called. */
export interface ModuleOrigin {
  /** Path as the process that runs it sees it: where debug files are looked for. */
  readonly path: string;
  readonly source: ByteSource & Partial<Disposable>;
  readonly search: DebugSearch;
}

/** Look-ups are lazy, cached and never throw: what is broken is in {@link problems}. */
export class ModuleFile implements Disposable {
  readonly elf: ElfFile;
  readonly path: string;
  readonly #origin: ModuleOrigin;
  readonly #problems = new Set<string>();
  #debugFile: OpenElf | null | undefined;
  #debug: DebugInfo | null | undefined;
  #tables: readonly SymbolTable[] | undefined;
  #alternate: OpenElf | null = null;
  #package: OpenElf | null = null;
  #copies: ReadonlySet<string> | undefined;

  constructor(elf: ElfFile, origin: ModuleOrigin) {
    this.elf = elf;
    this.path = origin.path;
    this.#origin = origin;
  }

  /** What could not be read so far, as sentences. */
  get problems(): readonly string[] {
    return [...this.#problems, ...(this.#debug?.problems ?? [])];
  }

  get level(): SymbolLevel {
    if (this.#dwarfFile !== null) return 'debug-info';
    const [first] = this.tables;
    if (first === undefined) return 'none';
    return this.#fullTable === null ? 'exports' : 'symbols';
  }

  /** Path of the separate debug file, or null where none is needed or none was found. */
  get debugPath(): string | null {
    return this.#separate?.source.path ?? null;
  }

  /** Debug information, the file's own or its debug file's; null where there is none. */
  get debug(): DebugInfo | null {
    if (this.#debug === undefined) this.#debug = this.#openDebug();
    return this.#debug;
  }

  /** Symbol tables that exist, the full one first. */
  get tables(): readonly SymbolTable[] {
    this.#tables ??= [this.#fullTable, this.#guard(() => this.elf.dynamicSymbols)].filter((table) => table !== null);
    return this.#tables;
  }

  /** Symbols of this name, from the fullest table that has any. */
  symbols(name: string): readonly ElfSymbol[] {
    for (const table of this.tables) {
      const found = this.#guard(() => table.find(name)) ?? [];
      if (found.length > 0) return found;
    }
    return [];
  }

  /** Symbols whose mangled name has `name` (the last part of a qualified name) in it, demangled. */
  mangledSymbols(name: string): readonly NamedSymbol[] {
    const [table] = this.tables;
    // Every mangling writes an identifier behind its length in bytes.
    const part = `${Buffer.byteLength(name)}${name}`;
    const found = this.#guard(() => table?.findContaining(['_Z', '_R'], part, MOST_MANGLED)) ?? [];
    return found.map((symbol) => ({ symbol, demangled: demangle(symbol.name) }));
  }

  /** Names of symbols of these kinds, mangled as they are. */
  symbolNames(kind: 'object' | 'function'): Iterable<string> {
    return this.tables[0]?.names(kind) ?? [];
  }

  /** Variables that debug information describes. */
  variables(name: string): readonly Variable[] {
    return this.debug?.variables(name) ?? [];
  }

  /** Types that debug information calls `name`. */
  types(name: string): readonly Type[] {
    return this.debug?.types(name) ?? [];
  }

  variableNames(): Iterable<string> {
    return this.debug?.variableNames() ?? [];
  }

  /** The symbol that contains `address`, or null. */
  symbolAt(address: FileAddress): ElfSymbol | null {
    for (const table of this.tables) {
      const found = this.#guard(() => table.containing(address));
      if (found !== null) return found;
    }
    return null;
  }

  /** The function whose code contains `address`, or null. */
  functionAt(address: FileAddress): FunctionFound | null {
    const symbol = this.symbolAt(address);
    if (symbol !== null && symbol.kind !== 'object') return { name: demangle(symbol.name), start: symbol.address };
    const name = this.debug?.functionAt(address) ?? null;
    return name === null ? null : { name, start: null };
  }

  /** Where the function that contains `address` starts: by its symbol, else by the unwind tables, which stripped files keep too. */
  functionStart(address: FileAddress): FileAddress | null {
    const symbol = this.symbolAt(address);
    if (symbol !== null && symbol.kind !== 'object') return symbol.address;
    return this.#guard(() => codeStart(this.elf, address));
  }

  lineAt(address: FileAddress): SourceLine | null {
    return this.debug?.lineAt(address) ?? null;
  }

  /** The calls inlined around the instruction at `address`, innermost first. */
  inlinedAt(address: FileAddress): readonly InlinedCall[] {
    return this.debug?.inlinedAt(address) ?? [];
  }

  /** Names of library variables that this program holds itself (copy relocations). */
  get copies(): ReadonlySet<string> {
    this.#copies ??= new Set(this.#guard(() => this.elf.copiedSymbols.map((index) => this.elf.dynamicSymbols?.at(index).name ?? '')) ?? []);
    return this.#copies;
  }

  /** The bytes of the file at `offset`; fewer at its end. */
  fileBytes(offset: number, length: number): Uint8Array {
    return this.#origin.source.read(offset, length);
  }

  [Symbol.dispose](): void {
    this.#origin.source[Symbol.dispose]?.();
    this.#debugFile?.source[Symbol.dispose]();
    this.#alternate?.source[Symbol.dispose]();
    this.#package?.source[Symbol.dispose]();
  }

  get #fullTable(): SymbolTable | null {
    return this.#guard(() => this.elf.symbols) ?? this.#guard(() => this.#separate?.elf.symbols ?? null);
  }

  /** The file that holds the debug information, or null. */
  get #dwarfFile(): ElfFile | null {
    if (hasDwarf(this.elf)) return this.elf;
    const separate = this.#separate?.elf;
    return separate !== undefined && hasDwarf(separate) ? separate : null;
  }

  get #separate(): OpenElf | null {
    if (this.#debugFile === undefined) {
      this.#debugFile = hasDwarf(this.elf) ? null : this.#take(() => findDebugFile(this.elf, this.path, this.#origin.search));
    }
    return this.#debugFile;
  }

  #openDebug(): DebugInfo | null {
    const elf = this.#dwarfFile;
    if (elf === null) return null;
    this.#alternate = this.#take(() => findAlternateFile(elf, this.debugPath ?? this.path, this.#origin.search));
    const paths = [this.path, ...(this.debugPath === null ? [] : [this.debugPath])];
    const split = splitFiles(paths, this.#origin.search, (opened) => {
      this.#package = opened;
    });
    const alternate = this.#alternate === null ? {} : { alternate: dwarfSections(this.#alternate.elf) };
    return openDwarf(dwarfSections(elf), { ...alternate, split, index: this.#index(elf) });
  }

  #index(elf: ElfFile): IndexStore | null {
    const buildId = this.#guard(() => elf.buildId);
    const { size } = this.#separate?.source ?? this.#origin.source;
    return buildId === null
      ? null
      : indexCache({ buildId, alternateId: this.#alternate === null ? '' : (elf.debugAltLink?.buildId ?? ''), size });
  }

  #take(find: () => DebugFileFound): OpenElf | null {
    const result = this.#guard(find);
    for (const problem of result?.problems ?? []) this.#problems.add(problem);
    return result?.found ?? null;
  }

  /** The result of `read`, or null with the problem noted where the file is broken there. */
  #guard<T>(read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof HwbkptError)) throw error;
      this.#problems.add(error.message);
      return null;
    }
  }
}
