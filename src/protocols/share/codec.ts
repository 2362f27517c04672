// Small codecs that larger ones are put together of: each writes a value as JSON can hold it, and reads it back from anything, strictly.
//
// Reading throws only NotOfShape, which messages.ts turns into an answer: nobody else sees it.

/** What JSON can hold. */
export type Json = number | string | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One shape of data on the socket. */
export interface Codec<T> {
  write(value: T): Json;
  /** Throws {@link NotOfShape} for anything that `write` would not have written. */
  read(value: unknown): T;
}

/** The type of what a codec reads. */
export type Of<C> = C extends Codec<infer T> ? T : never;

/** What was read is something else; `message` says what was wanted and what there was. */
export class NotOfShape extends Error {}

function mismatch(wanted: string, value: unknown): NotOfShape {
  return new NotOfShape(`not ${wanted}: ${(JSON.stringify(value) ?? 'nothing').slice(0, 60)}`);
}

/** Characters of a text that nobody has said more of. */
const MOST_TEXT = 8192;

/** A text of at most `most` UTF-16 units. */
export function text(most = MOST_TEXT): Codec<string> {
  return {
    write: (value) => value.slice(0, most),
    read(value) {
      if (typeof value !== 'string' || value.length > most) throw mismatch(`a text of at most ${most}`, value);
      return value;
    },
  };
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): Codec<number> {
  return {
    write: (value) => value,
    read(value) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most)
        throw mismatch(`a whole number from ${least} to ${most}`, value);
      return value;
    },
  };
}

/** A number, whole or not, from 0 on. */
export const amount: Codec<number> = {
  write: (value) => value,
  read(value) {
    if (typeof value !== 'number' || !(value >= 0)) throw mismatch('an amount', value);
    return value;
  },
};

export const truth: Codec<boolean> = {
  write: (value) => value,
  read(value) {
    if (typeof value !== 'boolean') throw mismatch('true or false', value);
    return value;
  },
};

const U64_DIGITS = 20;

/** An unsigned 64-bit number, as decimal digits. */
export const u64: Codec<bigint> = {
  write: (value) => value.toString(),
  read(value) {
    if (typeof value !== 'string' || value.length > U64_DIGITS || !/^\d+$/.test(value)) throw mismatch('a 64-bit number', value);
    const number = BigInt(value);
    if (number >> 64n !== 0n) throw mismatch('a 64-bit number', value);
    return number;
  },
};

/** A 64-bit number that may be negative, as decimal digits. */
export const i64: Codec<bigint> = {
  write: (value) => value.toString(),
  read(value) {
    if (typeof value !== 'string') throw mismatch('a number', value);
    return value.startsWith('-') ? -u64.read(value.slice(1)) : u64.read(value);
  },
};

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes as hexadecimal digits. */
export function bytesToHex(bytes: Uint8Array): string {
  let digits = '';
  for (const byte of bytes) digits += HEX[byte];
  return digits;
}

/** Throws {@link NotOfShape} where `value` is not an even number of lower-case hexadecimal digits, or more than `most` bytes. */
export function hexToBytes(value: unknown, most: number): Uint8Array {
  if (typeof value !== 'string' || value.length > 2 * most || value.length % 2 !== 0) throw mismatch(`at most ${most} bytes`, value);
  const bytes = new Uint8Array(value.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    const byte = 16 * digitOf(value.charCodeAt(2 * at)) + digitOf(value.charCodeAt(2 * at + 1));
    if (Number.isNaN(byte)) throw mismatch('hexadecimal digits', value);
    bytes[at] = byte;
  }
  return bytes;
}

/** Of a character's code; NaN where that is no digit. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : Number.NaN;
}

/** At most `most` bytes. */
export function bytes(most: number): Codec<Uint8Array> {
  return { write: bytesToHex, read: (value) => hexToBytes(value, most) };
}

/** One of these words. */
export function word<const W extends readonly string[]>(...words: W): Codec<W[number]> {
  return {
    write: (value) => value,
    read(value) {
      const found = words.find((known) => known === value);
      if (found === undefined) throw mismatch(words.join(' or '), value);
      return found;
    },
  };
}

export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    write: (value) => (value === null ? null : codec.write(value)),
    read: (value) => (value === null ? null : codec.read(value)),
  };
}

/** At most `most` of them. */
export function list<T>(codec: Codec<T>, most: number): Codec<readonly T[]> {
  return {
    write: (value) => value.slice(0, most).map((item) => codec.write(item)),
    read(value) {
      if (!Array.isArray(value) || value.length > most) throw mismatch(`a list of at most ${most}`, value);
      return value.map((item) => codec.read(item));
    },
  };
}

export function pair<A, B>(first: Codec<A>, second: Codec<B>): Codec<readonly [A, B]> {
  return {
    write: ([a, b]) => [first.write(a), second.write(b)],
    read(value) {
      if (!Array.isArray(value) || value.length !== 2) throw mismatch('a pair', value);
      return [first.read(value[0]), second.read(value[1])];
    },
  };
}

type Fields = Readonly<Record<string, Codec<unknown>>>;
type ObjectOf<F extends Fields> = { readonly [Key in keyof F]: Of<F[Key]> };

/** Exactly these members, all of them. */
export function object<F extends Fields>(fields: F): Codec<ObjectOf<F>> {
  const codecs = Object.entries(fields) as unknown as readonly (readonly [string, Codec<unknown>])[];
  return {
    write: (value) => Object.fromEntries(codecs.map(([key, codec]) => [key, codec.write(value[key as keyof F])])),
    read(value) {
      if (!isRecord(value)) throw mismatch('an object', value);
      if (Object.keys(value).length !== codecs.length) throw mismatch(`an object of ${codecs.map(([key]) => key).join(', ')}`, value);
      return Object.fromEntries(codecs.map(([key, codec]) => [key, readMember(value, key, codec)])) as unknown as ObjectOf<F>;
    },
  };
}

function readMember<T>(value: Readonly<Record<string, unknown>>, key: string, codec: Codec<T>): T {
  if (!Object.hasOwn(value, key)) throw new NotOfShape(`${key} is missing`);
  try {
    return codec.read(value[key]);
  } catch (error) {
    throw error instanceof NotOfShape ? new NotOfShape(`${key}: ${error.message}`) : error;
  }
}

type Cases = Readonly<Record<string, Fields>>;
/** What {@link union} reads. */
export type UnionOf<K extends string, C extends Cases> = {
  [Name in keyof C & string]: { readonly [Key in K]: Name } & ObjectOf<C[Name]>;
}[keyof C & string];

/** One of several objects, told apart by the word in their member `key`. */
export function union<K extends string, C extends Cases>(key: K, cases: C): Codec<UnionOf<K, C>> {
  const codecs = new Map(
    Object.entries(cases).map(([name, fields]) => [name, object({ [key]: word(name), ...fields } as unknown as Fields)]),
  );
  return {
    write(value) {
      const codec = codecs.get((value as Readonly<Record<string, string>>)[key] ?? '') as Codec<unknown> | undefined;
      if (codec === undefined) throw mismatch(`one of ${[...codecs.keys()].join(', ')}`, value);
      return codec.write(value);
    },
    read(value) {
      const codec = isRecord(value) ? codecs.get(String(value[key])) : undefined;
      if (codec === undefined) throw mismatch(`an object with ${key} ${[...codecs.keys()].join(', ')}`, value);
      return codec.read(value) as unknown as UnionOf<K, C>;
    },
  };
}

/** A codec that may mention itself, down to `depth` levels. */
export function nested<T>(depth: number, make: (inner: Codec<T>) => Codec<T>): Codec<T> {
  if (depth > 0) {
    let inner: Codec<T> | null = null;
    const deeper = (): Codec<T> => {
      inner ??= nested(depth - 1, make);
      return inner;
    };
    return make({ write: (value) => deeper().write(value), read: (value) => deeper().read(value) });
  }
  const tooDeep = (value: unknown): never => {
    throw mismatch('so deeply nested', value);
  };
  return { write: tooDeep, read: tooDeep };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
