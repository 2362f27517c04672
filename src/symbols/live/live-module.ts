// One module of a live process: its file's names and lines at the addresses where it was loaded.
import { posix } from 'node:path';
import { as, type FileAddress, type VirtualAddress } from '../../base/brand.js';
import type { Variable } from '../debug-info.js';
import { loadedSpan } from '../elf/segment.js';
import type { ElfSymbol } from '../elf/symbol.js';
import type { Type } from '../types.js';
import type { MappedRange } from './maps.js';
import type { ModuleFile, NamedSymbol } from './module-file.js';
import type { ModuleInstance } from './module-instances.js';
import type { SymbolLevel } from './symbol-level.js';

/**
 * When the dynamic linker looks into a module for a name: `program` first, then `startup` (libraries loaded with the program, in order).
 * `later`: loaded by dlopen, or nobody knows.
 */
export type LinkScope = 'program' | 'startup' | 'later';

/** What a module is made of; `file` null where its file cannot be read, and then `problem` says why. */
export interface LiveModuleParts {
  readonly path: string;
  readonly instance: ModuleInstance;
  readonly file: ModuleFile | null;
  readonly problem: string | null;
}

export class LiveModule {
  /** Path as the process sees it; `[vdso]` for the kernel's own. */
  readonly path: string;
  /** Base name of {@link path}. */
  readonly name: string;
  /** What to add to an address in the file. */
  readonly bias: bigint;
  /** First address, and first address after the last, .bss included. */
  readonly start: bigint;
  readonly end: bigint;
  readonly ranges: readonly MappedRange[];
  readonly file: ModuleFile | null;
  /** Whether all its segments are mapped; see {@link ModuleInstance}. */
  readonly complete: boolean;
  /** Set by {@link ProcessImage} when it knows the dynamic linker's order. */
  linkScope: LinkScope = 'later';
  readonly #problem: string | null;

  constructor({ path, instance, file, problem }: LiveModuleParts) {
    this.path = path;
    this.name = posix.basename(path);
    this.bias = instance.bias;
    this.ranges = instance.ranges;
    this.file = file;
    this.#problem = problem;
    this.complete = instance.complete;
    const span = file === null || !instance.complete ? null : loadedSpan(file.elf.segments);
    this.start = span === null ? (instance.ranges[0]?.start ?? 0n) : this.toVirtual(span.start);
    this.end = span === null ? (instance.ranges.at(-1)?.end ?? 0n) : this.toVirtual(span.end);
  }

  /** The name other modules link to it by (DT_SONAME), or null. */
  get soname(): string | null {
    return this.file?.elf.dynamic.soname ?? null;
  }

  get level(): SymbolLevel {
    return this.file?.level ?? 'unreadable';
  }

  /** What could not be read so far. */
  get problems(): readonly string[] {
    return [...(this.#problem === null ? [] : [this.#problem]), ...(this.file?.problems ?? [])];
  }

  toVirtual(address: FileAddress): VirtualAddress {
    return as<VirtualAddress>(BigInt.asUintN(64, address + this.bias));
  }

  toFile(address: bigint): FileAddress {
    return as<FileAddress>(BigInt.asUintN(64, address - this.bias));
  }

  contains(address: bigint): boolean {
    return address >= this.start && address < this.end;
  }

  variables(name: string): readonly Variable[] {
    return this.file?.variables(name) ?? [];
  }

  types(name: string): readonly Type[] {
    return this.file?.types(name) ?? [];
  }

  variableNames(): Iterable<string> {
    return this.file?.variableNames() ?? [];
  }

  symbols(name: string): readonly ElfSymbol[] {
    return this.file?.symbols(name) ?? [];
  }

  mangledSymbols(name: string): readonly NamedSymbol[] {
    return this.file?.mangledSymbols(name) ?? [];
  }

  symbolNames(kind: 'object' | 'function'): Iterable<string> {
    return this.file?.symbolNames(kind) ?? [];
  }

  /** Names of library variables that this program holds itself (copy relocations). */
  get copies(): ReadonlySet<string> {
    return this.file?.copies ?? new Set();
  }
}
