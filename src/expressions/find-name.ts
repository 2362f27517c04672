// Looks for a name in all modules, in the order in which the program itself would find it.
import { type Candidate, candidatesIn, mayKnow, type Wanted } from './candidate.js';
import { choose, type Want } from './choose.js';
import { UnknownModuleError } from './errors.js';
import type { NameExpression } from './expression.js';
import type { ScopeModule, SymbolScope } from './scope.js';

/** Where a name is looked for: everywhere, or in the modules that `libfoo.so!` names. */
export function searchedModules(scope: SymbolScope, module: string | null): readonly ScopeModule[] {
  if (module === null) return scope.modules;
  const named = scope.modules.filter((candidate) => isCalled(candidate, module));
  if (named.length > 0) return named;
  throw new UnknownModuleError(
    module,
    scope.modules.map((candidate) => candidate.name),
  );
}

/** Whether the names of a module's own variables are gone. A program that shares a few with its libraries still has none of its own. */
export function lacksNames({ level, linkScope }: ScopeModule): boolean {
  return level === 'none' || level === 'unreadable' || (level === 'exports' && linkScope === 'program');
}

/** By base name, soname, either without its version or `.so`, or by the end of its path. */
function isCalled(module: ScopeModule, name: string): boolean {
  if (module.path === name || module.path.endsWith(`/${name}`)) return true;
  return [module.name, module.soname ?? ''].some(
    (known) => known === name || known.startsWith(`${name}.so`) || known.startsWith(`${name}.`),
  );
}

/**
 * What the name means, or null where nobody knows it. The program's own come first, static ones too; then what libraries share, as the
 * dynamic linker would find it; then what they keep to themselves. Throws AmbiguousSymbolError.
 */
export function findName(
  expression: NameExpression,
  wanted: Wanted,
  { scope, want }: { scope: SymbolScope; want: Want },
): Candidate | null {
  const modules = searchedModules(scope, expression.module);
  const symbol = expression.text;
  if (expression.module !== null) {
    const found = choose(
      modules.flatMap((module) => candidatesIn(module, wanted)),
      want,
      symbol,
    );
    return found === null ? null : copyInProgram(found, scope);
  }
  const [program, ...libraries] = modules;
  const own = program === undefined ? [] : candidatesIn(program, wanted);
  const chosen = choose(own, want, symbol);
  if (chosen !== null && chosen.what !== 'declaration') return chosen;
  const withStatics = wanted.file !== null || program === undefined || !lacksNames(program);
  return findInLibraries(libraries, wanted, { want, symbol, withStatics }) ?? chosen;
}

interface LibrarySearch {
  readonly want: Want;
  readonly symbol: string;
  /** Whether to look for what libraries keep to themselves. */
  readonly withStatics: boolean;
}

function findInLibraries(
  libraries: readonly ScopeModule[],
  wanted: Wanted,
  { want, symbol, withStatics }: LibrarySearch,
): Candidate | null {
  const later: Candidate[] = [];
  const statics: Candidate[] = [];
  for (const library of libraries) {
    if (!mayKnow(library, wanted)) continue;
    const candidates = candidatesIn(library, wanted).filter(({ what }) => what !== 'declaration');
    const shared = candidates.filter((candidate) => candidate.external);
    // Of what several libraries share everyone gets the first; what dlopen loaded may be separate worlds.
    if (shared.length > 0 && library.linkScope !== 'later') return choose(shared, want, symbol);
    later.push(...shared);
    statics.push(...candidates.filter((candidate) => !candidate.external));
  }
  return choose(later, want, symbol) ?? (withStatics ? choose(statics, want, symbol) : null);
}

/** A library's variable that the program has copied is dead memory in the library: everyone uses the program's. It may have several names. */
function copyInProgram(found: Candidate, { modules: [program] }: SymbolScope): Candidate {
  if (program === undefined || found.module === program || !found.external || found.address === null) return found;
  for (const name of program.copies) {
    if (!found.module.symbols(name).some((symbol) => symbol.address === found.address)) continue;
    const copy = program.symbols(name).find((symbol) => symbol.defined === 'here' && symbol.kind === 'object');
    if (copy !== undefined) return { ...found, module: program, address: copy.address, size: copy.size };
  }
  return found;
}
