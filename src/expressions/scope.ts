// What the resolver needs to know of a process's modules: an interface, so that names can be resolved in a live process, a file or a test.
import type { FileAddress } from '../base/brand.js';
import type { Variable } from '../symbols/debug-info.js';
import type { ElfSymbol } from '../symbols/elf/symbol.js';
import type { ThreadBlock, ThreadOwner } from '../symbols/thread-block.js';
import type { Type } from '../symbols/types.js';

/** A symbol whose name was mangled, with its name as people write it. */
export interface MangledSymbol {
  readonly symbol: ElfSymbol;
  readonly demangled: string;
}

/** One program or library at the addresses where it was loaded. Look-ups never throw: they find less. */
export interface ScopeModule {
  /** Base name: `libfoo.so.1`. */
  readonly name: string;
  readonly path: string;
  /** DT_SONAME, or null. */
  readonly soname: string | null;
  /** When the dynamic linker looks here for a name: `program` first, then `startup` in order; `later` was loaded by dlopen. */
  readonly linkScope: 'program' | 'startup' | 'later';
  /** How much is known: with types; all names; names of what it shares with others; nothing; or the file cannot be read. */
  readonly level: 'debug-info' | 'symbols' | 'exports' | 'none' | 'unreadable';
  /** What could not be read, as sentences. */
  readonly problems: readonly string[];
  /** Names of library variables that this program holds itself (copy relocations). */
  readonly copies: ReadonlySet<string>;
  /** From debug information. */
  variables(name: string): readonly Variable[];
  /** From the symbol tables; `name` may carry a version. */
  symbols(name: string): readonly ElfSymbol[];
  /** Symbols whose mangled name has the identifier `name` in it. */
  mangledSymbols(name: string): readonly MangledSymbol[];
  /** For suggestions. */
  variableNames(): Iterable<string>;
  symbolNames(kind: 'object' | 'function'): Iterable<string>;
  /** Types that debug information calls `name` (without `struct` and the like), for casts; those with members first. None where it is missing. */
  types?(name: string): readonly Type[];
  /** Where a byte of the file is in memory. */
  toVirtual(address: FileAddress): bigint;
}

/** The memory of the process, for steps through pointers. */
export interface Memory {
  /** Exactly `length` bytes at `address`, or null where they cannot be read. */
  read(address: bigint, length: number): Uint8Array | null;
}

/** The modules of one process: the program, then its libraries in the dynamic linker's order. */
export interface SymbolScope {
  readonly modules: readonly ScopeModule[];
  /** Where `owner` has its copies of the thread-local variables of `module`; null: nobody has said whose. Missing: there are no threads. */
  threadBlock?(module: ScopeModule, owner: ThreadOwner | null): ThreadBlock;
}

/** `scope` with `owner`'s copies of thread-local variables, where a name does not say whose. */
export function scopeOfThread(scope: SymbolScope, owner: ThreadOwner): SymbolScope {
  return {
    get modules() {
      return scope.modules;
    },
    threadBlock: (module, named) => scope.threadBlock?.(module, named ?? owner) ?? { kind: 'none', why: 'untold', what: 'threads' },
  };
}
