// The kernel as a module that names can be looked up in. Its list tells no sizes and no types: `jiffies:8` says the size.
import { as, type FileAddress, type VirtualAddress } from '../../base/brand.js';
import type { Variable } from '../debug-info.js';
import type { ElfSymbol } from '../elf/symbol.js';
import type { KernelSymbol, KernelSymbols } from './kernel-symbols.js';
import type { NamedSymbol } from './module-file.js';

/** Look-ups throw KernelAddressesHiddenError where the kernel shows no addresses. */
export class KernelModule {
  readonly name = '[kernel]';
  readonly path = '[kernel]';
  readonly soname = null;
  readonly linkScope = 'program';
  readonly level = 'symbols';
  readonly problems: readonly string[] = [];
  readonly copies: ReadonlySet<string> = new Set();
  readonly #kernel: KernelSymbols;

  constructor(kernel: KernelSymbols) {
    this.#kernel = kernel;
  }

  symbols(name: string): readonly ElfSymbol[] {
    return this.#kernel.find(name).map(asElfSymbol);
  }

  symbolNames(kind: 'object' | 'function'): Iterable<string> {
    return this.#kernel.names(kind);
  }

  variables(): readonly Variable[] {
    return [];
  }

  variableNames(): Iterable<string> {
    return [];
  }

  mangledSymbols(): readonly NamedSymbol[] {
    return [];
  }

  toVirtual(address: FileAddress): VirtualAddress {
    return as<VirtualAddress>(address);
  }
}

/** What a kernel module has is written `ext4.ko::helper`: modules repeat names. */
function asElfSymbol({ name, address, kind, module }: KernelSymbol, index: number): ElfSymbol {
  const file = module === '[kernel]' ? null : `${module.slice(1, -1)}.ko`;
  return {
    index,
    name,
    version: null,
    defaultVersion: false,
    kind,
    binding: file === null ? 'global' : 'local',
    hidden: false,
    address: as<FileAddress>(address),
    size: 0,
    defined: 'here',
    file,
  };
}
