// Lines of a kernel's list of symbols in the form of ELF symbols, which expressions look up.
import { as, type FileAddress } from '../../base/brand.js';
import type { ElfSymbol } from '../elf/symbol.js';
import type { KernelSymbol } from './kernel-symbols.js';

/** The list tells no sizes. What a kernel module has is written `ext4.ko::helper`: modules repeat names. */
export function asElfSymbol({ name, address, kind, module }: KernelSymbol, index: number): ElfSymbol {
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
