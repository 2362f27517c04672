// The arguments of a request, of which nothing is known before they are looked at. All readers throw BadArgumentError.
import { BadArgumentError } from './errors.js';

/** More items than any client sends in one list. */
const MOST_ITEMS = 10_000;
/** Characters of a text. */
const LONGEST_TEXT = 1 << 20;

/** An object of a request: its fields by name, each checked when asked for. */
export class Arguments {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  /** `value`: as it came; anything but an object counts as an empty one. `path`: for errors. */
  constructor(value: unknown, path = '') {
    this.#fields = isRecord(value) ? value : {};
    this.#path = path;
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  text(name: string): string {
    const value = this.#get(name);
    if (typeof value !== 'string' || value.length > LONGEST_TEXT) throw this.#error(name, 'a text');
    return value;
  }

  optionalText(name: string): string | null {
    return this.has(name) ? this.text(name) : null;
  }

  /** A whole number from `least` to `most`. */
  whole(name: string, least = 0, most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#get(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most)
      throw this.#error(name, `a whole number from ${least} to ${most}`);
    return value;
  }

  optionalWhole(name: string, least = 0, most: number = Number.MAX_SAFE_INTEGER): number | null {
    return this.has(name) ? this.whole(name, least, most) : null;
  }

  /** False where it is missing. */
  flag(name: string): boolean {
    return this.optionalFlag(name) ?? false;
  }

  optionalFlag(name: string): boolean | null {
    const value = this.#get(name);
    if (value === undefined) return null;
    if (typeof value !== 'boolean') throw this.#error(name, 'true or false');
    return value;
  }

  /** Empty where it is missing. */
  texts(name: string): string[] {
    return this.#list(name).map((value) => {
      if (typeof value !== 'string' || value.length > LONGEST_TEXT) throw this.#error(name, 'texts');
      return value;
    });
  }

  /** Objects; empty where it is missing. */
  objects(name: string): Arguments[] {
    return this.#list(name).map((value, i) => {
      if (!isRecord(value)) throw this.#error(name, 'objects');
      return new Arguments(value, `${this.#path}${name}[${i}].`);
    });
  }

  /** An object; an empty one where it is missing. */
  object(name: string): Arguments {
    const value = this.#get(name);
    if (value !== undefined && !isRecord(value)) throw this.#error(name, 'an object');
    return new Arguments(value, `${this.#path}${name}.`);
  }

  /** Names and texts; null where it is missing. A name that is to be left out has null. */
  environment(name: string): Readonly<Record<string, string | null>> | null {
    const value = this.#get(name);
    if (value === undefined) return null;
    if (!isRecord(value)) throw this.#error(name, 'an object of texts');
    const entries = Object.entries(value).map(([key, text]): [string, string | null] => {
      if (typeof text !== 'string' && text !== null) throw this.#error(`${name}.${key}`, 'a text or null');
      return [key, text];
    });
    return Object.fromEntries(entries);
  }

  #list(name: string): readonly unknown[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    if (!Array.isArray(value) || value.length > MOST_ITEMS) throw this.#error(name, 'a list');
    return value;
  }

  /** Null counts as missing: some clients send it so. */
  #get(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  #error(name: string, wanted: string): BadArgumentError {
    return new BadArgumentError(this.#path + name, wanted);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A memory reference: 0x and hexadecimal digits, or a decimal number, of 64 bits. Throws BadArgumentError. */
export function addressOf(text: string, argument: string): bigint {
  if (!/^(0[xX][0-9a-fA-F]{1,16}|\d{1,20})$/.test(text.trim())) throw new BadArgumentError(argument, 'an address');
  const address = BigInt(text.trim());
  if (address >= 1n << 64n) throw new BadArgumentError(argument, 'an address of 64 bits');
  return address;
}

/** As clients get addresses. */
export function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}
