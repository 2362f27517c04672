// What people may write where a variable, function or address is wanted, taken apart: where it starts, and the steps from there.
//
//     expression = sum [":" length]
//     sum        = operand {("+" | "-") (number | operand)}
//     operand    = {"*" | "&" | "(" type ")"} (start | "(" sum ")") {step}
//     start      = address  |  "$" register  |  [module "!"] {scope "::"} name ["@" thread]
//     address    = "0x" hex digits
//     scope      = namespace or class or function, or (first only) a source file: anything with a dot or a slash
//     step       = "." member  |  "->" member  |  "[" (number | text | sum) "]"  |  "[" number ".." number "]"
//     type       = C's or the program's own name of a type, {"*" | "[" number "]"}
//     number     = decimal or 0x hexadecimal; length the same, in bytes
//
// Names may hold template arguments, parameters and versions: `pool<int>::free`, `tick(int)`, `stdout@@GLIBC_2.2.5`; what else they hold
// goes between single quotes: 'a-b.c'::count. As in C, steps behind an operand bind closer than what stands before it.
import type { TypeName } from './type-name.js';

/** One step from a part to another, and where in the text it is written. Steps come in the order in which they are made. */
export type PathStep =
  | { readonly kind: 'member'; readonly name: string; readonly position: number }
  /** `->`: through a pointer. */
  | { readonly kind: 'arrow'; readonly name: string; readonly position: number }
  | { readonly kind: 'index'; readonly index: number; readonly position: number }
  /** `[i]`: by what a variable holds. */
  | { readonly kind: 'element'; readonly index: Expression; readonly position: number }
  /** `+ 1`, `- i`: of a pointer so many elements further, of a number so many more. */
  | { readonly kind: 'offset'; readonly operator: '+' | '-'; readonly by: number | Expression; readonly position: number }
  /** `["text"]`: by the key of a map. */
  | { readonly kind: 'key'; readonly key: string; readonly position: number }
  /** `[from..to]`: both are included. */
  | { readonly kind: 'slice'; readonly from: number; readonly to: number; readonly position: number }
  | { readonly kind: 'dereference'; readonly position: number }
  | { readonly kind: 'address'; readonly position: number }
  | { readonly kind: 'cast'; readonly type: TypeName; readonly position: number };

interface Written {
  readonly text: string;
  /** Of the start, from 0. */
  readonly position: number;
  readonly path: readonly PathStep[];
  /** Bytes; null where the text does not say. */
  readonly length: number | null;
}

/** `0x7ffe1000:8` */
export interface AddressExpression extends Written {
  readonly kind: 'address';
  readonly address: bigint;
}

/** `$rsp`: a register of a thread that stands still. */
export interface RegisterExpression extends Written {
  readonly kind: 'register';
  /** Without the `$`. */
  readonly register: string;
}

/** `libfoo.so!game::state.players[2].hp:4` */
export interface NameExpression extends Written {
  readonly kind: 'name';
  /** `libfoo.so` */
  readonly module: string | null;
  /** A source file where the first scope is one. */
  readonly file: string | null;
  /** `game` */
  readonly scopes: readonly string[];
  /** `state` */
  readonly name: string;
  /** `counter@4711`: of a thread-local variable, whose. */
  readonly thread: number | null;
}

export type Expression = AddressExpression | RegisterExpression | NameExpression;

/** The name with its scopes: `game::state`. */
export function qualified(expression: Pick<NameExpression, 'scopes' | 'name'>): string {
  return [...expression.scopes, expression.name].join('::');
}
