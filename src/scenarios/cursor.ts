// Walks over the tokens of one line; whatever does not fit becomes a ScenarioError at its place, with what was wanted.
import { nearNames } from '../base/near.js';
import { ScenarioError, type ScenarioErrorCode, type Spot } from './scenario-error.js';
import { type Token, tokensOf } from './tokens.js';

/** Values beyond are not exact as numbers. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

export class Cursor {
  readonly line: number;
  /** The line as written, without its comment and the spaces around. */
  readonly text: string;
  readonly #tokens: readonly Token[];
  readonly #length: number;
  #at = 0;

  /** `free`: the text is not taken apart. Throws {@link ScenarioError} for characters that no word, number or sign begins with. */
  constructor(line: number, text: string, free = false) {
    const kept = (free ? text : text.replace(/#.*/, '')).trimEnd();
    this.line = line;
    this.text = kept.trim();
    this.#tokens = free ? [] : tokensOf(text, line);
    this.#length = kept.length;
  }

  get atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Where the next token stands. */
  get spot(): Spot {
    return { line: this.line, column: this.#tokens[this.#at]?.column ?? this.#length + 1 };
  }

  /** The next token's text; '' at the end. */
  peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead]?.text ?? '';
  }

  peekKind(ahead = 0): Token['kind'] | 'end' {
    return this.#tokens[this.#at + ahead]?.kind ?? 'end';
  }

  /** Steps over `text` where it comes next. */
  take(text: string): boolean {
    const there = !this.atEnd && this.peek() === text;
    if (there) this.#at++;
    return there;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.wanted(JSON.stringify(text));
  }

  /** The next token whatever it is. */
  next(): string {
    const text = this.peek();
    this.#at++;
    return text;
  }

  /** Steps back over what was taken last. */
  back(): void {
    this.#at--;
  }

  /** A word, whichever. */
  word(what: string): string {
    if (this.peekKind() !== 'word') throw this.wanted(what);
    return this.next();
  }

  /** One of `words`. */
  oneOf<Word extends string>(words: readonly Word[], what: string): Word {
    const found = words.find((word) => word === this.peek());
    if (found === undefined) throw this.notOneOf(words, what);
    this.#at++;
    return found;
  }

  /** One of `words` where it comes next, otherwise null. */
  maybeOneOf<Word extends string>(words: readonly Word[]): Word | null {
    const found = words.find((word) => word === this.peek());
    if (found === undefined) return null;
    this.#at++;
    return found;
  }

  /** A whole number between the two. */
  number(what: string, least: number, most: number): number {
    const spot = this.spot;
    const found = this.peek();
    const value = this.value(what);
    if (value >= BigInt(least) && value <= BigInt(Math.min(most, Number.MAX_SAFE_INTEGER)) && value <= MOST) return Number(value);
    throw new ScenarioError({
      code: 'scenario-range',
      spot,
      found,
      message: `${found} is not ${what}: there are ${least} to ${most}`,
    });
  }

  /** An unsigned 64-bit value. */
  value(what: string): bigint {
    if (this.peekKind() !== 'number') throw this.wanted(what);
    const spot = this.spot;
    const found = this.next();
    const value = BigInt(found);
    if (value < 1n << 64n) return value;
    throw new ScenarioError({ code: 'scenario-range', spot, found, message: `${found} has more than 64 bits` });
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.atEnd) throw this.error('scenario-syntax', `${JSON.stringify(this.peek())} does not belong here`);
  }

  wanted(what: string, hint?: string): ScenarioError {
    const instead = this.atEnd ? 'but the line ends' : `found ${JSON.stringify(this.peek())}`;
    return this.error('scenario-syntax', `expected ${what}, ${instead}`, hint);
  }

  notOneOf(words: readonly string[], what: string): ScenarioError {
    const instead = this.atEnd ? 'but the line ends' : `found ${JSON.stringify(this.peek())}`;
    const list = words.length > 12 ? '' : `: ${words.join(', ')}`;
    return new ScenarioError({
      code: 'scenario-syntax',
      spot: this.spot,
      found: this.peek(),
      message: `expected ${what}${list}, ${instead}`,
      near: this.atEnd ? [] : nearNames(this.peek(), words),
    });
  }

  error(code: ScenarioErrorCode, message: string, hint?: string): ScenarioError {
    const mistake = { code, spot: this.spot, found: this.peek(), message };
    return new ScenarioError(hint === undefined ? mistake : { ...mistake, hint });
  }
}
