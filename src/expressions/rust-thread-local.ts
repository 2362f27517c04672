// Rust's `thread_local! { static HITS: ... }` by its own name: the macro hides the variable within closures.
//
//   r::HITS::{constant#0}::{closure#1}::__RUST_STD_INTERNAL_VAL      since Rust 1.7x; before that HITS::__getit::VAL, HITS::VAL or ::__KEY
//
// Of each macro there are two closures, and the linker drops one: what is left has a symbol of that size at its place.
import type { Variable } from '../symbols/debug-info.js';
import type { ScopeModule } from './scope.js';

const HIDDEN = ['__RUST_STD_INTERNAL_VAL', 'VAL', '__KEY'];
const WITHIN = /^(.+?)(?:::(?:\{[^:]*\}|__getit))*::(?:__RUST_STD_INTERNAL_VAL|VAL|__KEY)$/;

/** A variable, and what its program calls it: `r::HITS`. */
export interface RustThreadLocal {
  readonly name: string;
  readonly variable: Variable;
}

/** Those whose own name is `name`. */
export function rustThreadLocals(module: ScopeModule, name: string): RustThreadLocal[] {
  const symbols = module.mangledSymbols(name).filter(({ symbol }) => symbol.kind === 'thread-local' && symbol.defined === 'here');
  if (symbols.length === 0) return [];
  const isThere = ({ threadOffset, type }: Variable): boolean =>
    symbols.some(({ symbol }) => symbol.address === threadOffset && symbol.size === type()?.size);
  return HIDDEN.flatMap((hidden) => module.variables(hidden)).flatMap((variable) => {
    const own = WITHIN.exec(variable.qualifiedName)?.[1];
    const isMeant = own !== undefined && (own === name || own.endsWith(`::${name}`));
    return isMeant && isThere(variable) ? [{ name: own, variable }] : [];
  });
}
