// What people may write where a variable, function or address is wanted, taken apart.
//
//     expression = address [":" length]  |  [module "!"] {scope "::"} name {step} [":" length]
//     address    = "0x" hex digits
//     scope      = namespace or class or function, or (first only) a source file: anything with a dot or a slash
//     step       = "." member  |  "[" number "]"
//     number     = decimal or 0x hexadecimal; length the same, in bytes
//
// Names may hold template arguments, parameters and versions: `pool<int>::free`, `tick(int)`, `stdout@@GLIBC_2.2.5`; what else they hold
// goes between single quotes: 'a-b.c'::count.

/** A member or an element, and where in the text it is written. */
export type PathStep =
  | { readonly kind: 'member'; readonly name: string; readonly position: number }
  | { readonly kind: 'index'; readonly index: number; readonly position: number };

/** `0x7ffe1000:8` */
export interface AddressExpression {
  readonly kind: 'address';
  readonly text: string;
  readonly address: bigint;
  /** Bytes; null where the text does not say. */
  readonly length: number | null;
}

/** `libfoo.so!game::state.players[2].hp:4` */
export interface NameExpression {
  readonly kind: 'name';
  readonly text: string;
  /** `libfoo.so` */
  readonly module: string | null;
  /** A source file where the first scope is one. */
  readonly file: string | null;
  /** `game` */
  readonly scopes: readonly string[];
  /** `state` */
  readonly name: string;
  readonly path: readonly PathStep[];
  readonly length: number | null;
}

export type Expression = AddressExpression | NameExpression;

/** The name with its scopes: `game::state`. */
export function qualified(expression: Pick<NameExpression, 'scopes' | 'name'>): string {
  return [...expression.scopes, expression.name].join('::');
}
