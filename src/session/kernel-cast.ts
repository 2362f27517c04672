// `--as 'struct ratelimit_state'`: a type for an address or a name without one, so that its members can be named.
import { as, type FileAddress } from '../base/brand.js';
import type { ScopeModule, SymbolScope } from '../expressions/index.js';
import { made } from '../symbols/live/kernel-module.js';
import type { Type } from '../symbols/types.js';

/** An expression taken apart: what has the type, and which part of it is meant. */
export interface Cast {
  /** `0xffffffff83089f60`, `printk_ratelimit_state` */
  readonly root: string;
  /** `.burst`, `[2].x:4`, or nothing. */
  readonly rest: string;
}

/** Splits `text` before its first member, element or length; a scope's dots (`file.c::name`) are not members. */
export function splitCast(text: string): Cast {
  const trimmed = text.trim();
  const scopes = trimmed.lastIndexOf('::') + 1;
  const from = scopes === 0 ? 0 : scopes + 1;
  const at = trimmed.slice(from).search(/[.[:]/);
  return at < 0 ? { root: trimmed, rest: '' } : { root: trimmed.slice(0, from + at), rest: trimmed.slice(from + at) };
}

/** An expression with `root`'s place taken by a variable of that type, and the scope that knows it. */
export function castScope({ root, rest, address, type }: Cast & { readonly address: bigint; readonly type: Type }): {
  readonly text: string;
  readonly scope: SymbolScope;
} {
  const variable = made(root, as<FileAddress>(address), () => type);
  const module: ScopeModule = {
    name: root,
    path: root,
    soname: null,
    linkScope: 'program',
    level: 'debug-info',
    problems: [],
    copies: new Set(),
    variables: (name) => (name === root ? [variable] : []),
    variableNames: () => [],
    symbols: () => [],
    symbolNames: () => [],
    mangledSymbols: () => [],
    toVirtual: (at) => at,
  };
  // Between quotes anything is a name.
  return { text: `'${root}'${rest}`, scope: { modules: [module] } };
}
