// Puts the tokens of a condition together, by the grammar in condition-syntax.ts.
import { castAt } from './condition-cast.js';
import { ConditionError } from './condition-error.js';
import { type BinaryOperator, type Part, PRECEDENCE, type UnaryOperator } from './condition-syntax.js';
import { type Token, tokensOf } from './condition-tokens.js';

/** Words, numbers and texts of one condition at most: the code made of them has to stay within what the kernel takes. */
export const MOST_SIDES = 500;
/** Brackets and unary operators within each other at most. */
const DEEPEST = 100;

const UNARY: readonly string[] = ['!', '~', '-', '+'];
const WORDS_FOR_OPERATORS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!', eq: '==', ne: '!=', is: '==', mod: '%' };
const EXAMPLE = 'For example: new > 10 && old != new.';

/** The whole of `text` as one tree. Throws ConditionError. */
export function parseConditionText(text: string): Part {
  return new Parser(text).whole();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #sides = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  #next(): Token {
    return this.#tokens[this.#index] ?? { kind: 'end', at: this.#text.length };
  }

  whole(): Part {
    if (this.#next().kind === 'end') throw this.#error(this.#next().at, 'there is nothing', EXAMPLE);
    const part = this.#binary(1);
    const rest = this.#next();
    if (rest.kind !== 'end') throw this.#unexpected(rest);
    return part;
  }

  /** What operators of at least `least` hold together. */
  #binary(least: number): Part {
    let left = this.#unary();
    for (;;) {
      const operator = this.#operator();
      if (operator === null || PRECEDENCE[operator] < least) return left;
      const { at } = this.#next();
      this.#index++;
      const right = this.#binary(PRECEDENCE[operator] + 1);
      left = { kind: 'binary', at, operator, left, right };
    }
  }

  /** The binary operator that comes next. */
  #operator(): BinaryOperator | null {
    const token = this.#next();
    return token.kind === 'operator' && Object.hasOwn(PRECEDENCE, token.text) ? (token.text as BinaryOperator) : null;
  }

  #unary(): Part {
    const token = this.#next();
    if (token.kind === 'end') throw this.#error(token.at, 'something is missing at the end', EXAMPLE);
    this.#index++;
    if (token.kind === 'side') return this.#steps(this.#side(token.part));
    if (++this.#depth > DEEPEST) throw this.#error(token.at, `this is nested more than ${DEEPEST} deep`);
    const part = this.#group(token);
    this.#depth--;
    return part;
  }

  #side(part: Part): Part {
    if (++this.#sides > MOST_SIDES) throw this.#error(part.at, `the condition is too long: it has more than ${MOST_SIDES} terms`);
    return part;
  }

  #group(token: Extract<Token, { kind: 'operator' }>): Part {
    const { at, text } = token;
    if (UNARY.includes(text)) return { kind: 'unary', at, operator: text as UnaryOperator, of: this.#unary() };
    if (text === '*' || text === '&') return { kind: text === '*' ? 'dereference' : 'address', at, of: this.#unary() };
    if (text !== '(') throw this.#error(at, `a value is missing before ${JSON.stringify(text)}`);
    const cast = castAt(this.#text, this.#tokens, this.#index);
    if (cast !== null) {
      this.#index = cast.next;
      return { kind: 'cast', at, to: cast.type, of: this.#unary() };
    }
    const part = this.#binary(1);
    this.#close(at, ')');
    return this.#steps(part);
  }

  /** The bracket that was opened at `at` ends here. */
  #close(at: number, bracket: ')' | ']'): void {
    const end = this.#next();
    if (end.kind === 'end') throw this.#error(at, 'this bracket is never closed');
    if (end.kind !== 'operator' || end.text !== bracket) throw this.#unexpected(end);
    this.#index++;
  }

  /** Members and elements of `start`. */
  #steps(start: Part): Part {
    let part = start;
    for (;;) {
      const { at, ...step } = this.#next();
      if (step.kind !== 'operator') return part;
      if (step.text === '[') {
        this.#index++;
        part = { kind: 'index', at, of: part, index: this.#binary(1) };
        this.#close(at, ']');
      } else if (step.text === '.' || step.text === '->') {
        this.#index++;
        part = { kind: 'member', at, of: part, name: this.#member(), arrow: step.text === '->' };
      } else return part;
      // Each is a read or a sum in the kernel, as a side is.
      this.#side(part);
    }
  }

  #member(): string {
    const token = this.#next();
    if (token.kind !== 'side' || token.part.kind !== 'word') throw this.#error(token.at, 'the name of a member is missing here');
    this.#index++;
    return token.part.name;
  }

  #unexpected(token: Exclude<Token, { kind: 'end' }>): ConditionError {
    if (token.kind === 'side' && token.part.kind === 'word') {
      const operator = WORDS_FOR_OPERATORS[token.part.name.toLowerCase()];
      if (operator !== undefined) return this.#error(token.at, `${JSON.stringify(token.part.name)} is no operator`, `Write ${operator}.`);
    }
    if (token.kind === 'operator' && (token.text === ')' || token.text === ']'))
      return this.#error(token.at, 'this bracket closes nothing');
    return this.#error(token.at, 'an operator is missing here', EXAMPLE);
  }

  #error(at: number, what: string, hint?: string): ConditionError {
    return new ConditionError(this.#text, at, { what, ...(hint === undefined ? {} : { hint }) });
  }
}
