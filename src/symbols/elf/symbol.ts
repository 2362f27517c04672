// One entry of a symbol table, as the rest of hwbkpt sees it.
import type { FileAddress } from '../../base/brand.js';

/**
 * `indirect`: STT_GNU_IFUNC, a function that picks the real one when the program starts. `untyped`: labels of assembler and linker.
 * `thread-local`: `address` is an offset into the thread's block.
 */
export type SymbolKind = 'function' | 'indirect' | 'object' | 'untyped' | 'thread-local' | 'common' | 'section' | 'file' | 'other';

/** `unique`: STB_GNU_UNIQUE, one in the whole process. */
export type SymbolBinding = 'local' | 'global' | 'weak' | 'unique' | 'other';

export interface ElfSymbol {
  /** Position in its table. */
  readonly index: number;
  /** Without its version. */
  readonly name: string;
  /** `GLIBC_2.2.5` of `stdout@@GLIBC_2.2.5`; null where it has none. */
  readonly version: string | null;
  /** With `@@`: the one that newly linked programs get. */
  readonly defaultVersion: boolean;
  readonly kind: SymbolKind;
  readonly binding: SymbolBinding;
  /** Seen only inside its own module, whatever its binding (STV_HIDDEN, STV_INTERNAL). */
  readonly hidden: boolean;
  readonly address: FileAddress;
  /** Bytes; 0 where nobody said. */
  readonly size: number;
  /** `here`: in a section of this file. `absolute`: a number rather than an address. */
  readonly defined: 'here' | 'absolute' | 'undefined';
  /** The source file that a local symbol came from (base name, STT_FILE), or null. */
  readonly file: string | null;
}

// What one entry looks like, as six 32-bit words:
//
//     word 0   1                                    2, 3     4, 5
//     name     info | other << 8 | section << 16    value    size
//
//     info: type (bits 0-3), binding (bits 4-7)     other: visibility (bits 0-1)
export const WORDS_PER_SYMBOL = 6;
export const SYMBOL_BYTES = 24;

export const SYMBOL_TYPE = { untyped: 0, object: 1, function: 2, section: 3, file: 4, common: 5, threadLocal: 6, indirect: 10 } as const;
export const SYMBOL_BINDING = { local: 0, global: 1, weak: 2, unique: 10 } as const;
export const SECTION_INDEX = { undefined: 0, absolute: 0xfff1, common: 0xfff2 } as const;

const KINDS: readonly (SymbolKind | undefined)[] = [
  'untyped',
  'object',
  'function',
  'section',
  'file',
  'common',
  'thread-local',
  undefined,
  undefined,
  undefined,
  'indirect',
];

export function typeOf(word: number): number {
  return word & 0xf;
}

export function bindingOf(word: number): number {
  return (word >>> 4) & 0xf;
}

export function visibilityOf(word: number): number {
  return (word >>> 8) & 0x3;
}

export function sectionOf(word: number): number {
  return word >>> 16;
}

export function kindOf(word: number): SymbolKind {
  return KINDS[typeOf(word)] ?? 'other';
}

export function bindingNameOf(word: number): SymbolBinding {
  const binding = bindingOf(word);
  if (binding === SYMBOL_BINDING.local) return 'local';
  if (binding === SYMBOL_BINDING.global) return 'global';
  if (binding === SYMBOL_BINDING.weak) return 'weak';
  return binding === SYMBOL_BINDING.unique ? 'unique' : 'other';
}

export function definedOf(word: number): ElfSymbol['defined'] {
  const section = sectionOf(word);
  if (section === SECTION_INDEX.undefined) return 'undefined';
  return section === SECTION_INDEX.absolute ? 'absolute' : 'here';
}
