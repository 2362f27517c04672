// Takes one line of a scenario apart into words, numbers and signs, each with its column.
import { ScenarioError } from './scenario-error.js';

/** A word, a number or a sign of a line. */
export interface Token {
  readonly kind: 'word' | 'number' | 'sign';
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

/** A hyphen is part of a word where a letter or digit follows: `linux-2.6.20`, `rep-movs`. */
const WORD = /^[A-Za-z_][A-Za-z0-9_.]*(?:-[A-Za-z0-9_.]+)*/;
const NUMBER = /^(?:0[xX][0-9a-fA-F]+|[0-9]+)(?![A-Za-z0-9_])/;
const SIGNS = ['->', '=', '+', ':', ',', '&'] as const;

/** The tokens of `text`, without spaces and the comment behind `#`. Throws {@link ScenarioError}. */
export function tokensOf(text: string, line: number): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length && text[at] !== '#') {
    if (/\s/.test(text[at] ?? '')) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    if (token === null) throw unreadable(text, line, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(text: string, at: number): Token | null {
  const rest = text.slice(at);
  const column = at + 1;
  const word = WORD.exec(rest)?.[0];
  if (word !== undefined) return { kind: 'word', text: word, column };
  const number = NUMBER.exec(rest)?.[0];
  if (number !== undefined) return { kind: 'number', text: number, column };
  const sign = SIGNS.find((one) => rest.startsWith(one));
  return sign === undefined ? null : { kind: 'sign', text: sign, column };
}

function unreadable(text: string, line: number, at: number): ScenarioError {
  const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const isDigit = /[0-9]/.test(found);
  return new ScenarioError({
    code: 'scenario-syntax',
    spot: { line, column: at + 1 },
    found: isDigit ? (/^\w+/.exec(text.slice(at))?.[0] ?? found) : found,
    message: isDigit ? 'this is not a number' : `${JSON.stringify(found)} does not belong here`,
    hint: isDigit ? 'Numbers are decimal or 0x and hexadecimal digits.' : 'A comment begins with #.',
  });
}
