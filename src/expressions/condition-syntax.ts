// The parts of a condition's text, before anybody knows what its words mean.
//
//     condition = binary operators and their sides, with C's precedence:  ||  &&  |  ^  &  == !=  < <= > >=  << >>  + -  * / %
//     side      = {"!" | "~" | "-" | "+" | "*" | "&" | "(" type ")"} ( start | "(" condition ")" ) {step}
//     start     = name | "$" register | number | 'c' | "text"
//     step      = "." member | "->" member | "[" condition "]"
//     name      = [module "!"] [file "::"] {scope "::"} letters, digits and _; new, old, tid ... are the hit's own
//     number    = decimal, 0x hexadecimal, 0b binary, or floating point: 1.5, 1e-3
//
// Modules, files and scopes are those of expressions (expression.ts).
import type { TypeName } from './type-name.js';

export type UnaryOperator = '!' | '~' | '-' | '+';

export type BinaryOperator =
  | ('||' | '&&')
  | ('|' | '^' | '&')
  | ('==' | '!=' | '<' | '<=' | '>' | '>=')
  | ('<<' | '>>' | '+' | '-' | '*' | '/' | '%');

/** How tightly each operator binds; more is tighter. Those of one level are taken from left to right. */
export const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  ...{ '||': 1, '&&': 2, '|': 3, '^': 4, '&': 5 },
  ...{ '==': 6, '!=': 6, '<': 7, '<=': 7, '>': 7, '>=': 7 },
  ...{ '<<': 8, '>>': 8, '+': 9, '-': 9, '*': 10, '/': 10, '%': 10 },
};

/** `at`: of the part's first character; of a binary one, its operator's. */
export type Part = { readonly at: number } & (
  | { readonly kind: 'word'; readonly name: string }
  | { readonly kind: 'whole'; readonly value: bigint }
  | { readonly kind: 'fraction'; readonly value: number; readonly text: string }
  | { readonly kind: 'character'; readonly value: bigint; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'member'; readonly of: Part; readonly name: string; readonly arrow: boolean }
  | { readonly kind: 'index'; readonly of: Part; readonly index: Part }
  | { readonly kind: 'dereference' | 'address'; readonly of: Part }
  | { readonly kind: 'cast'; readonly to: TypeName; readonly of: Part }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly of: Part }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Part; readonly right: Part }
);
