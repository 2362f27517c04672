// The door of the search for variables without names.
export * from './errors.js';
export { Finder, type FoundPlace, type Seen, type Where } from './finder.js';
export { KERNEL_PARTS } from './kernel-regions.js';
export type { Monitor } from './memory-source.js';
export type { Scanned } from './scan.js';
export { type FindTarget, searchPath } from './search-store.js';
export type { Location } from './searched-memory.js';
export { FIND_TYPES, type FindType, isFindType, type Sought, soughtText, soughtValue, valueTypeOf } from './sought.js';
export { watchExpression, watchLine } from './watch-line.js';
