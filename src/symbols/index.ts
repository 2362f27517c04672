// Symbols and debug information of program files, in any JavaScript engine: what is pure of this room. `live/` adds processes.
export { type ByteSource, type Inflate, memorySource } from './bytes.js';
export type { DebugInfo, SourceLine, Variable } from './debug-info.js';
export type { IndexPart, IndexStore } from './dwarf/index-store.js';
export { type DwarfOptions, openDwarf } from './dwarf/open.js';
export type { DwarfSections, ReadSection } from './dwarf/sections.js';
export type { SplitFiles, SplitObject, SplitPackage, SplitReference } from './dwarf/split/source.js';
export type { DebugAltLink, DebugLink } from './elf/debug-links.js';
export { ElfError, type ElfReason } from './elf/elf-error.js';
export { type ElfFile, type ElfOptions, openElf } from './elf/elf-file.js';
export type { ElfType } from './elf/header.js';
export { type ElfIdentity, identify } from './elf/identity.js';
export type { Section } from './elf/section.js';
export type { Decompressors } from './elf/section-data.js';
export type { Segment } from './elf/segment.js';
export type { ElfSymbol, SymbolBinding, SymbolKind } from './elf/symbol.js';
export { SymbolTable, type SymbolTableParts } from './elf/symbol-table.js';
export type { FrameAccess, LocalPiece, LocalPlace, LocalVariable } from './frame.js';
export type { Member, Type, Variants } from './types.js';
