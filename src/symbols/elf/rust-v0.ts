// Rust's own mangling ("v0", RFC 2603), which begins with _R: a small grammar with back references, printed without hashes.
// Only the path is wanted by people who look for a function; generic arguments and types are printed as rustc-demangle does.
import { decodePunycode } from './punycode.js';

/** Characters printed and nesting depth allowed: back references let a short name describe an endless one. */
const MOST_OUTPUT = 4_096;
const MOST_DEPTH = 200;

class NotRust extends Error {}

/** `_RNvCs1234_7mycrate3foo` -> `mycrate::foo`; null where the name does not follow the grammar, or is unreasonably long. */
export function demangleRustV0(name: string): string | null {
  const end = name.search(/[.$]/);
  const parser = new Parser(end < 0 ? name : name.slice(0, end));
  try {
    return parser.symbol();
  } catch (error) {
    if (error instanceof NotRust) return null;
    throw error;
  }
}

const BASIC_TYPES: Readonly<Record<string, string>> = {
  a: 'i8',
  b: 'bool',
  c: 'char',
  d: 'f64',
  e: 'str',
  f: 'f32',
  h: 'u8',
  i: 'isize',
  j: 'usize',
  l: 'i32',
  m: 'u32',
  n: 'i128',
  o: 'u128',
  p: '_',
  s: 'i16',
  t: 'u16',
  u: '()',
  v: '...',
  x: 'i64',
  y: 'u64',
  z: '!',
};

const SIGNED_TYPES = 'ilnasx';

class Parser {
  readonly #text: string;
  #at = 2;
  #depth = 0;
  #printed = 0;
  /** Lifetimes bound around the current place: `for<'a>`. */
  #bound = 0;

  constructor(text: string) {
    this.#text = text;
  }

  symbol(): string {
    // A number here is the version of a later scheme.
    if (!/[A-Z]/.test(this.#peek())) throw new NotRust();
    const path = this.#path(true);
    if (this.#at < this.#text.length) this.#path(false);
    if (this.#at !== this.#text.length) throw new NotRust();
    return path;
  }

  /** `inValue`: generic arguments are written behind `::`. */
  #path(inValue: boolean): string {
    return this.#nested(() => {
      const tag = this.#next();
      switch (tag) {
        case 'C':
          this.#disambiguator();
          return this.#identifier();
        case 'N':
          return this.#namespaced(inValue);
        case 'M':
          this.#implPath();
          return `<${this.#type()}>`;
        case 'X': {
          this.#implPath();
          const type = this.#type();
          return `<${type} as ${this.#path(false)}>`;
        }
        case 'Y': {
          const type = this.#type();
          return `<${type} as ${this.#path(false)}>`;
        }
        case 'I': {
          const path = this.#path(inValue);
          return `${path}${inValue ? '::' : ''}<${this.#listTo('E', () => this.#genericArgument()).join(', ')}>`;
        }
        case 'B':
          return this.#backReference(() => this.#path(inValue));
        default:
          throw new NotRust();
      }
    });
  }

  #namespaced(inValue: boolean): string {
    const namespace = this.#next();
    if (!/[A-Za-z]/.test(namespace)) throw new NotRust();
    const path = this.#path(inValue);
    const number = this.#disambiguator();
    const name = this.#identifier();
    if (namespace === namespace.toLowerCase()) return name === '' ? path : `${path}::${name}`;
    const kind = { C: 'closure', S: 'shim' }[namespace] ?? namespace;
    return `${path}::{${kind}${name === '' ? '' : `:${name}`}#${number}}`;
  }

  #implPath(): void {
    this.#disambiguator();
    this.#path(false);
  }

  #genericArgument(): string {
    if (this.#take('L')) return this.#lifetime();
    if (this.#take('K')) return this.#constant();
    return this.#type();
  }

  #type(): string {
    return this.#nested(() => {
      const tag = this.#peek();
      const basic = BASIC_TYPES[tag];
      if (basic !== undefined) {
        this.#at++;
        return basic;
      }
      return /[CNMXYI]/.test(tag) ? this.#path(false) : this.#composedType();
    });
  }

  #composedType(): string {
    const tag = this.#next();
    switch (tag) {
      case 'A': {
        const element = this.#type();
        return `[${element}; ${this.#constant()}]`;
      }
      case 'S':
        return `[${this.#type()}]`;
      case 'T': {
        const parts = this.#listTo('E', () => this.#type());
        return `(${parts.join(', ')}${parts.length === 1 ? ',' : ''})`;
      }
      case 'R':
      case 'Q': {
        const lifetime = this.#take('L') ? this.#lifetime() : "'_";
        return `&${lifetime === "'_" ? '' : `${lifetime} `}${tag === 'Q' ? 'mut ' : ''}${this.#type()}`;
      }
      case 'P':
        return `*const ${this.#type()}`;
      case 'O':
        return `*mut ${this.#type()}`;
      case 'F':
        return this.#bindingLifetimes(() => this.#functionType());
      case 'D': {
        const bounds = this.#bindingLifetimes(() => this.#listTo('E', () => this.#dynTrait()).join(' + '));
        if (!this.#take('L')) throw new NotRust();
        const lifetime = this.#lifetime();
        return `dyn ${bounds}${lifetime === "'_" ? '' : ` + ${lifetime}`}`;
      }
      case 'B':
        return this.#backReference(() => this.#type());
      default:
        throw new NotRust();
    }
  }

  #functionType(): string {
    const unsafe = this.#take('U') ? 'unsafe ' : '';
    const abi = this.#take('K') ? `extern "${this.#take('C') ? 'C' : this.#identifier().replaceAll('_', '-')}" ` : '';
    const parameters = this.#listTo('E', () => this.#type()).join(', ');
    const result = this.#type();
    return `${unsafe}${abi}fn(${parameters})${result === '()' ? '' : ` -> ${result}`}`;
  }

  #dynTrait(): string {
    const trait = this.#path(false);
    const bindings: string[] = [];
    while (this.#take('p')) {
      const name = this.#identifier();
      bindings.push(`${name} = ${this.#type()}`);
    }
    if (bindings.length === 0) return trait;
    return trait.endsWith('>') ? `${trait.slice(0, -1)}, ${bindings.join(', ')}>` : `${trait}<${bindings.join(', ')}>`;
  }

  #constant(): string {
    return this.#nested(() => {
      if (this.#take('B')) return this.#backReference(() => this.#constant());
      const type = this.#next();
      if (type === 'p') return '_';
      const negative = this.#take('n') ? '-' : '';
      const digits = /^[0-9a-f]*_/.exec(this.#text.slice(this.#at))?.[0];
      if (digits === undefined || (negative !== '' && !SIGNED_TYPES.includes(type))) throw new NotRust();
      this.#at += digits.length;
      const value = BigInt(`0x0${digits.slice(0, -1)}`);
      if (type === 'b') return value === 0n ? 'false' : 'true';
      if (type === 'c') return value <= 0x10_ffffn ? `'${String.fromCodePoint(Number(value))}'` : '?';
      if (!/[hstmyolinxaj]/.test(type)) throw new NotRust();
      return `${negative}${value > 0xffff_ffff_ffff_ffffn ? `0x${value.toString(16)}` : value}`;
    });
  }

  /** Binder and what it binds for: `for<'a, 'b> ...`. */
  #bindingLifetimes(read: () => string): string {
    const count = this.#take('G') ? this.#base62() + 1 : 0;
    if (count > 50) throw new NotRust();
    const names = Array.from({ length: count }, (_, i) => lifetimeName(this.#bound + i));
    this.#bound += count;
    const text = read();
    this.#bound -= count;
    return count === 0 ? text : `for<${names.join(', ')}> ${text}`;
  }

  #lifetime(): string {
    const index = this.#base62();
    if (index === 0) return "'_";
    if (index > this.#bound) throw new NotRust();
    return lifetimeName(this.#bound - index);
  }

  #identifier(): string {
    const punycode = this.#take('u');
    const digits = /^\d{1,5}/.exec(this.#text.slice(this.#at, this.#at + 5))?.[0];
    if (digits === undefined) throw new NotRust();
    this.#at += digits.startsWith('0') ? 1 : digits.length;
    const length = digits.startsWith('0') ? 0 : Number(digits);
    this.#take('_');
    if (this.#at + length > this.#text.length) throw new NotRust();
    const name = this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    return punycode ? (decodePunycode(name) ?? name) : name;
  }

  #disambiguator(): number {
    return this.#take('s') ? this.#base62() + 1 : 0;
  }

  /** `_` is 0, `0_` is 1, `Z_` is 62. */
  #base62(): number {
    if (this.#take('_')) return 0;
    let value = 0;
    for (let digit = this.#next(); digit !== '_'; digit = this.#next()) {
      const one = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(digit);
      if (one < 0) throw new NotRust();
      // Only the numbers that make crates unique are that large, and they are not printed.
      value = Math.min(value * 62 + one, Number.MAX_SAFE_INTEGER - 1);
    }
    return value + 1;
  }

  #backReference(read: () => string): string {
    const from = this.#at - 1;
    const target = this.#base62() + 2;
    if (target >= from) throw new NotRust();
    const back = this.#at;
    this.#at = target;
    const text = this.#nested(read);
    this.#at = back;
    return text;
  }

  #listTo(end: string, read: () => string): string[] {
    const parts: string[] = [];
    while (!this.#take(end)) parts.push(read());
    return parts;
  }

  /** Runs `read` one level deeper, within the bounds of depth and output. */
  #nested(read: () => string): string {
    if (++this.#depth > MOST_DEPTH) throw new NotRust();
    const text = read();
    this.#depth--;
    this.#printed += text.length + 1;
    if (text.length > MOST_OUTPUT || this.#printed > MOST_OUTPUT * MOST_DEPTH) throw new NotRust();
    return text;
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const character = this.#text[this.#at++];
    if (character === undefined) throw new NotRust();
    return character;
  }
}

function lifetimeName(index: number): string {
  return index < 26 ? `'${String.fromCharCode(0x61 + index)}` : `'_${index}`;
}
