// Everything in one module that a name may mean.
import type { FileAddress } from '../base/brand.js';
import type { Variable } from '../symbols/debug-info.js';
import type { ElfSymbol } from '../symbols/elf/symbol.js';
import type { Type } from '../symbols/types.js';
import { identifierIn, matchName } from './demangled-names.js';
import type { Absence } from './errors.js';
import { type NameExpression, qualified } from './expression.js';
import { rustThreadLocals } from './rust-thread-local.js';
import type { ScopeModule } from './scope.js';

/** What a name may mean. `declaration`: said to be elsewhere. */
export interface Candidate {
  readonly module: ScopeModule;
  /** With all its scopes: `game::state`, `tick::calls` for a static inside a function. */
  readonly name: string;
  /** Source file as recorded, or null. */
  readonly file: string | null;
  readonly what: 'variable' | 'function' | 'indirect' | 'declaration' | 'thread-local' | Absence;
  /** Whether the name was typed with all its scopes. */
  readonly fit: 'exact' | 'suffix';
  /** Seen outside its own file. */
  readonly external: boolean;
  /** Of symbols with versions: the one that is meant where none is said. */
  readonly preferred: boolean;
  /** null where `what` says that there is none. */
  readonly address: FileAddress | null;
  /** Of a thread-local variable: bytes from the start of the module's block of each thread; null where nobody says, and of others. */
  readonly threadOffset: bigint | null;
  /** Bytes, as the symbol says; 0 where nobody does. */
  readonly size: number;
  readonly type: () => Type | null;
}

/** The parts of an expression that say which variable is meant. */
export type Wanted = Pick<NameExpression, 'file' | 'scopes' | 'name'>;

/** All that `module` knows by this name: from debug information, completed and extended by symbols. */
export function candidatesIn(module: ScopeModule, wanted: Wanted): Candidate[] {
  const symbols = symbolCandidates(module, wanted);
  // A library's debug information is large, and has nothing to add about functions.
  const onlyCode = symbols.length > 0 && symbols.every(({ what }) => what === 'function' || what === 'indirect');
  return onlyCode && module.linkScope !== 'program' ? symbols : merge(variableCandidates(module, wanted), symbols);
}

/** Whether symbols alone know the name, which is quick to find out: debug information need not be read. */
export function mayKnow(module: ScopeModule, wanted: Wanted): boolean {
  return symbolCandidates(module, wanted).length > 0;
}

function variableCandidates(module: ScopeModule, wanted: Wanted): Candidate[] {
  const full = wantedName(wanted);
  const found = new Map<Variable, Candidate>();
  const add = (variable: Variable, how: 'exact' | 'suffix' | null) => {
    if (how !== null && !found.has(variable) && isIn(variable.file, wanted.file)) found.set(variable, fromVariable(module, variable, how));
  };
  // The qualified name may leave out anonymous and inline namespaces: only the debug information knows them.
  if (wanted.scopes.length > 0) for (const variable of module.variables(full)) add(variable, 'exact');
  const known = new Set([...found.keys()].map((variable) => variable.address));
  for (const variable of module.variables(wanted.name)) {
    if (variable.address === null || !known.has(variable.address)) add(variable, fitOf(scopedName(variable), full));
  }
  if (found.size > 0) return [...found.values()];
  return rustThreadLocals(module, wanted.name).flatMap(({ name, variable }): Candidate[] => {
    const how = fitOf(name, full);
    return how === null || !isIn(variable.file, wanted.file) ? [] : [{ ...fromVariable(module, variable, how), name, external: true }];
  });
}

/** A static inside a function carries the function's name. */
function scopedName(variable: Variable): string {
  return variable.function === null ? variable.qualifiedName : `${variable.function}::${variable.name}`;
}

function fitOf(name: string, full: string): 'exact' | 'suffix' | null {
  if (name === full) return 'exact';
  return name.endsWith(`::${full}`) ? 'suffix' : matchName(name, full);
}

function fromVariable(module: ScopeModule, variable: Variable, how: 'exact' | 'suffix'): Candidate {
  return {
    module,
    name: scopedName(variable),
    file: variable.file === '' ? null : variable.file,
    what: variable.address === null ? (variable.absence ?? 'optimised-away') : 'variable',
    fit: how,
    external: variable.external,
    preferred: true,
    address: variable.address,
    threadOffset: variable.threadOffset ?? null,
    size: 0,
    type: () => variable.type(),
  };
}

function symbolCandidates(module: ScopeModule, wanted: Wanted): Candidate[] {
  const plain = wanted.scopes.length > 0 ? [] : module.symbols(wanted.name).filter((symbol) => isUsable(symbol, wanted.file));
  if (plain.length > 0) return plain.map((symbol) => fromSymbol(module, symbol, { name: symbol.name, how: 'exact' }));
  // Without scopes only the program's own C++ names may be shortened: libraries have too many.
  if (wanted.scopes.length === 0 && module.linkScope !== 'program' && identifierIn(wanted.name) === wanted.name) return [];
  const full = wantedName(wanted);
  return module.mangledSymbols(identifierIn(wanted.name)).flatMap(({ symbol, demangled }) => {
    const how = matchName(demangled, full);
    return how === null || !isUsable(symbol, wanted.file) ? [] : [fromSymbol(module, symbol, { name: demangled, how })];
  });
}

/** Whether the symbol stands for something in this file, from the source file that was named. */
function isUsable(symbol: ElfSymbol, file: string | null): boolean {
  if (symbol.defined !== 'here' || symbol.kind === 'section' || symbol.kind === 'file' || symbol.kind === 'common') return false;
  return file === null || (symbol.file !== null && symbol.file === baseName(file));
}

function fromSymbol(module: ScopeModule, symbol: ElfSymbol, { name, how }: { name: string; how: 'exact' | 'suffix' }): Candidate {
  const what = whatOf(symbol);
  return {
    module,
    name,
    file: symbol.file,
    what,
    fit: how,
    external: symbol.binding !== 'local' && !symbol.hidden,
    preferred: symbol.version === null || symbol.defaultVersion,
    address: what === 'thread-local' ? null : symbol.address,
    threadOffset: what === 'thread-local' ? symbol.address : null,
    size: symbol.size,
    type: () => null,
  };
}

function whatOf(symbol: ElfSymbol): Candidate['what'] {
  if (symbol.kind === 'function' || symbol.kind === 'indirect') return symbol.kind;
  return symbol.kind === 'thread-local' ? 'thread-local' : 'variable';
}

/** Where a candidate is in its module, the same for two that are at the same place; null: nowhere. */
export function placeKey({ address, threadOffset }: Pick<Candidate, 'address' | 'threadOffset'>): string | null {
  if (address !== null) return `${address}`;
  return threadOffset === null ? null : `thread ${threadOffset}`;
}

/** One candidate for each address: what debug information says, with what only the symbol knows. */
function merge(described: readonly Candidate[], symbols: readonly Candidate[]): Candidate[] {
  const byPlace = new Map(symbols.map((symbol) => [placeKey(symbol), symbol]));
  const merged = described.map((candidate) => {
    const place = placeKey(candidate);
    const symbol = place === null ? undefined : byPlace.get(place);
    return symbol === undefined ? candidate : { ...candidate, size: symbol.size };
  });
  const placed = new Set(merged.map(placeKey));
  const declared = described.find((candidate) => candidate.what === 'declaration');
  // A library's variable that the program has its own copy of is declared in the program's source, and placed by a symbol.
  const added = symbols
    .filter((symbol) => placeKey(symbol) === null || !placed.has(placeKey(symbol)))
    .map((symbol) =>
      declared !== undefined && (symbol.what === 'variable' || symbol.what === 'thread-local')
        ? { ...symbol, name: declared.name, type: declared.type }
        : symbol,
    );
  return added.length === 0 ? merged : [...merged.filter((candidate) => candidate.what !== 'declaration'), ...added];
}

function wantedName({ scopes, name }: Wanted): string {
  return qualified({ scopes, name });
}

/** Whether the path of `file` ends in `wanted`, whole parts only. */
function isIn(file: string, wanted: string | null): boolean {
  return wanted === null || file === wanted || file.endsWith(`/${wanted}`);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
