// Walks over an expression's text; whatever does not fit becomes an ExpressionError at its place.
import { ExpressionError } from './expression-error.js';

const OPENING: Readonly<Record<string, string>> = { '<': '>', '(': ')', '{': '}' };
/** Letters, digits, what C, C++, Rust and Go put into names, the @ of versions, and everything beyond ASCII. */
const NAME_CHARACTER = /[\p{L}\p{N}\p{M}_$@~]/u;
const NUMBER = /^(?:0[xX][0-9a-fA-F]+|[0-9]+)/;

export class Scanner {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The next character, '' at the end. */
  get next(): string {
    return this.text[this.position] ?? '';
  }

  lookingAt(token: string): boolean {
    return this.text.startsWith(token, this.position);
  }

  /** Steps over `token` where it comes next. */
  take(token: string): boolean {
    const there = this.lookingAt(token);
    if (there) this.position += token.length;
    return there;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.error(`expected ${JSON.stringify(token)}${this.instead()}`);
  }

  /** A whole number, decimal or hexadecimal, up to 2^53 - 1. */
  number(what: string): number {
    const digits = NUMBER.exec(this.text.slice(this.position))?.[0];
    if (digits === undefined) throw this.error(`expected ${what}${this.instead()}`);
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) throw this.error(`${digits} is too large for ${what}`);
    this.position += digits.length;
    return value;
  }

  skipSpaces(): void {
    while (/\s/.test(this.next)) this.position++;
  }

  /** A name with its template arguments and parameters, or what stands between single quotes. '' where there is none. */
  name(extra = '', parameters = true): string {
    if (this.next === "'") return this.#quoted();
    const start = this.position;
    while (!this.atEnd) {
      if (this.next in OPENING && (parameters || this.next === '<' || this.lookingAt('(anonymous namespace)'))) this.#group();
      else if (NAME_CHARACTER.test(this.#character()) || extra.includes(this.next)) this.position += this.#character().length;
      else break;
    }
    return this.text.slice(start, this.position);
  }

  error(what: string, hint?: string): ExpressionError {
    return new ExpressionError(this.text, this.position, what, hint);
  }

  /** What stands here, to end an error's sentence. */
  instead(): string {
    return this.atEnd ? ', but the text ends' : `, found ${JSON.stringify(this.#character())}`;
  }

  /** The next character even where it takes two UTF-16 units. */
  #character(): string {
    const point = this.text.codePointAt(this.position);
    return point === undefined ? '' : String.fromCodePoint(point);
  }

  #quoted(): string {
    const end = this.text.indexOf("'", this.position + 1);
    if (end < 0) throw this.error('this quote is never closed');
    const name = this.text.slice(this.position + 1, end);
    if (name === '') throw this.error('there is nothing between these quotes');
    this.position = end + 1;
    return name;
  }

  /** Template arguments, parameters, Rust's `{closure#0}`: up to the bracket that closes the one here. */
  #group(): void {
    const start = this.position;
    const open: string[] = [];
    do {
      const character = this.next;
      const closing = OPENING[character];
      // The arrow of a function type closes nothing.
      if (closing !== undefined) open.push(closing);
      else if (character === open.at(-1) && !(character === '>' && this.text[this.position - 1] === '-')) open.pop();
      this.position++;
    } while (open.length > 0 && !this.atEnd);
    if (open.length === 0) return;
    this.position = start;
    throw this.error(`this ${JSON.stringify(this.next)} is never closed`);
  }
}
