// Symbols of what runs: processes and the kernel.
export type { DebugSearch } from './debug-search.js';
export { KernelModule } from './kernel-module.js';
export { KernelAddressesHiddenError, type KernelSymbol, KernelSymbols } from './kernel-symbols.js';
export type { LinkScope, LiveModule } from './live-module.js';
export type { MappedRange } from './maps.js';
export { type FunctionFound, ModuleFile, type NamedSymbol, openModuleFile } from './module-file.js';
export type { CodePlace } from './place.js';
export { NoProcessImageError, ProcessImage } from './process-image.js';
export type { SymbolLevel } from './symbol-level.js';
