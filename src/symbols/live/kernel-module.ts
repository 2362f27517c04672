// The kernel as a module that names can be looked up in: by its own list of symbols, a file that the user gave, and its own types (BTF).
import { as, type FileAddress, type VirtualAddress } from '../../base/brand.js';
import type { Variable } from '../debug-info.js';
import type { ElfSymbol } from '../elf/symbol.js';
import type { Type } from '../types.js';
import type { KernelFileNames } from './kernel-file-names.js';
import { asElfSymbol } from './kernel-listed.js';
import { type PerCpu, splitCpu } from './kernel-per-cpu.js';
import type { KernelSymbols } from './kernel-symbols.js';
import type { KernelTypes } from './kernel-types.js';
import type { NamedSymbol } from './module-file.js';

/** What is known of the kernel beside its list of symbols. */
export interface KernelKnowledge {
  readonly file?: KernelFileNames | null;
  readonly types?: KernelTypes | null;
  readonly perCpu?: PerCpu | null;
}

/** Addresses are those of the running kernel. Look-ups throw KernelAddressesHiddenError where it shows none, and PerCpuVariableError. */
export class KernelModule {
  readonly name = '[kernel]';
  readonly path = '[kernel]';
  readonly soname = null;
  readonly linkScope = 'program';
  readonly copies: ReadonlySet<string> = new Set();
  readonly #list: KernelSymbols;
  readonly #file: KernelFileNames | null;
  readonly #types: KernelTypes | null;
  readonly #perCpu: PerCpu | null;

  constructor(list: KernelSymbols, { file = null, types = null, perCpu = null }: KernelKnowledge = {}) {
    this.#list = list;
    this.#file = file;
    this.#types = types;
    this.#perCpu = perCpu;
  }

  get level(): 'debug-info' | 'symbols' {
    return this.#file?.hasTypes === true ? 'debug-info' : 'symbols';
  }

  get problems(): readonly string[] {
    return [...(this.#file?.problems ?? []), ...(this.#types?.problems ?? [])];
  }

  symbols(name: string): readonly ElfSymbol[] {
    // A copy of a per-CPU variable is a variable, below.
    if (splitCpu(name) !== null) return [];
    const own = this.#file?.symbols(name) ?? [];
    const listed = this.#list.find(name).map(asElfSymbol);
    return [...own, ...listed.filter(({ address }) => !own.some((symbol) => symbol.address === address))];
  }

  symbolNames(kind: 'object' | 'function'): Iterable<string> {
    return kind === 'object' && this.#file !== null ? this.#file.symbolNames(kind) : this.#list.names(kind);
  }

  variables(name: string): readonly Variable[] {
    const copy = splitCpu(name);
    if (copy !== null) return this.#copies(name, copy);
    if (this.#perCpu?.has(name) === true) throw this.#perCpu.without(name);
    const described = this.#file?.variables(name) ?? [];
    return described.length > 0 ? described : this.#typed(name);
  }

  /** Newer kernels describe more variables than the per-CPU ones: their types, at the symbols' addresses. */
  #typed(name: string): Variable[] {
    const [variable] = this.#types?.variables(name) ?? [];
    if (variable === undefined) return [];
    const data = this.symbols(name).filter(({ kind }) => kind !== 'function');
    return data.length === 1 ? data.map(({ address }) => made(name, address, () => variable.type())) : [];
  }

  #copies(written: string, { name, cpu }: { readonly name: string; readonly cpu: number }): Variable[] {
    const copy = this.#perCpu?.copy(name, cpu) ?? null;
    if (copy === null) return [];
    const [described] = this.#file?.variables(name) ?? [];
    return [made(written, as<FileAddress>(copy.address), () => copy.type ?? described?.type() ?? null)];
  }

  *variableNames(): Iterable<string> {
    if (this.#file !== null) yield* this.#file.variableNames();
    if (this.#types !== null) yield* this.#types.variableNames();
  }

  types(name: string): readonly Type[] {
    return ['struct ', 'union ', 'enum ', ''].flatMap((keyword) => this.#types?.typeNamed(keyword + name) ?? []);
  }

  mangledSymbols(): readonly NamedSymbol[] {
    return [];
  }

  toVirtual(address: FileAddress): VirtualAddress {
    return as<VirtualAddress>(address);
  }
}

/** A variable with what little is known of it. */
export function made(name: string, address: FileAddress, type: () => Type | null): Variable {
  return { name, qualifiedName: name, function: null, file: '', address, absence: null, external: true, type };
}
