// Tells a cast from a bracket in a condition, before anybody knows which names are types: `(struct foo *)new` from `(new) * 2`.
import { builtinType, canonical } from './builtin-types.js';
import { ConditionError } from './condition-error.js';
import type { Token } from './condition-tokens.js';
import { ExpressionError } from './expression-error.js';
import { Scanner } from './scanner.js';
import { parseCast, type TypeName } from './type-name.js';

/** A name of a type, as far as characters tell. */
const TYPE = /^[\p{L}_:][\p{L}\p{N}_:<> ]*[*\s]*$/u;
/** What only a type begins with. */
const KEYWORD = /^(?:struct|union|enum|class|const|volatile)\s/;
/** What an operand can begin with and a binary operator cannot. */
const OPERAND = ['(', '!', '~'];
const BEFORE_OPERANDS = [...OPERAND, '*', '&', '-', '+'];
const HIT = ['new', 'old', 'tid', 'pid', 'cpu', 'kernel', 'comm', 'true', 'false'];

/** The type of a cast whose "(" stands before token `first`, and the token behind its ")"; null where the bracket is another. */
export function castAt(text: string, tokens: readonly Token[], first: number): { readonly type: TypeName; readonly next: number } | null {
  const last = tokens.findIndex((token, i) => i >= first && token.kind === 'operator' && (token.text === ')' || token.text === '('));
  const [opening, closing, behind] = [tokens[first - 1], tokens[last], tokens[last + 1]];
  if (opening === undefined || closing?.kind !== 'operator' || closing.text !== ')' || behind === undefined) return null;
  const inside = text.slice(opening.at + 1, closing.at).trim();
  if (!TYPE.test(inside) || !isOperand(behind, BEFORE_OPERANDS)) return null;
  const certain =
    inside.endsWith('*') || KEYWORD.test(inside) || isBuiltin(inside) || (isOperand(behind, OPERAND) && !HIT.includes(inside));
  return certain ? { type: typeName(text, opening.at, closing.at), next: last + 1 } : null;
}

function isOperand(token: Token, operators: readonly string[]): boolean {
  return token.kind === 'side' || (token.kind === 'operator' && operators.includes(token.text));
}

function isBuiltin(inside: string): boolean {
  return builtinType(canonical(inside.replaceAll(/\s+/g, ' '))) !== null;
}

/** Throws ConditionError. */
function typeName(text: string, from: number, to: number): TypeName {
  try {
    return parseCast(new Scanner(text.slice(from, to + 1)));
  } catch (error) {
    if (error instanceof ExpressionError) throw new ConditionError(text, from + error.position, { what: 'this is no type' });
    throw error;
  }
}
