// The types of watched values as they travel: as model/value.ts has them, without the function that names what a pointer leads to.
import {
  bytes,
  type Codec,
  i64,
  list,
  nested,
  nullable,
  type Of,
  object,
  pair,
  text,
  truth,
  type UnionOf,
  u64,
  union,
  whole,
  word,
} from './codec.js';

/** Bytes of a type: anything a compiler may have said. */
const size = whole(0, Number.MAX_SAFE_INTEGER);
const name = text();
const scalar = { size, name };
const bit = whole(0, 64);
const enumerators = list(pair(i64, text()), 65_536);

/** A type of at most so many levels: what is watched has at most 32 bytes. */
const DEEPEST = 24;
const MOST_PARTS = 4096;

/** The kinds of types that mention no other. Of a pointer `named` says that names of what it leads to come along with values. */
const PLAIN = {
  signed: scalar,
  unsigned: scalar,
  extended: scalar,
  bool: scalar,
  bytes: scalar,
  text: scalar,
  float: { size: whole(4, 8), name },
  character: { ...scalar, signed: truth },
  pointer: { ...scalar, named: truth },
  enum: { ...scalar, signed: truth, members: enumerators },
  bits: { ...scalar, signed: truth, shift: bit, width: bit, members: enumerators, truth },
};

/** How the bytes of a value are to be read. */
export type WireType =
  | UnionOf<'kind', typeof PLAIN>
  | { readonly kind: 'struct'; readonly size: number; readonly name: string; readonly members: readonly WireMember[] }
  | { readonly kind: 'array'; readonly size: number; readonly name: string; readonly element: WireType; readonly count: number }
  | {
      readonly kind: 'variants';
      readonly size: number;
      readonly name: string;
      readonly discriminant: { readonly offset: number; readonly size: number } | null;
      readonly cases: readonly WireCase[];
    };

/** A member of a struct. */
interface WireMember {
  readonly name: string;
  readonly offset: number;
  readonly type: WireType;
  readonly base: boolean;
}

interface WireCase {
  readonly name: string;
  readonly value: bigint | null;
  readonly offset: number;
  readonly type: WireType;
}

/** As `object` makes it, but for a type that mentions itself, which TypeScript does not infer. */
function typeOf(inner: Codec<WireType>): Codec<WireType> {
  const member = object({ name, offset: size, type: inner, base: truth });
  const variant = object({ name, value: nullable(u64), offset: size, type: inner });
  return union('kind', {
    ...PLAIN,
    struct: { ...scalar, members: list(member, MOST_PARTS) },
    array: { ...scalar, element: inner, count: size },
    variants: { ...scalar, discriminant: nullable(object({ offset: size, size })), cases: list(variant, MOST_PARTS) },
  });
}

export const wireType: Codec<WireType> = nested(DEEPEST, typeOf);

/** Bytes that a watch covers, at most. */
export const MOST_VALUE = 64;
export const value = nullable(bytes(MOST_VALUE));

/** What is watched, as resolved. */
export const wireInfo = object({
  expression: text(),
  address: u64,
  size,
  access: word('write', 'readwrite', 'execute'),
  type: wireType,
});
export type WireInfo = Of<typeof wireInfo>;

/** A place in the code. */
export const wirePlace = object({
  function: nullable(text()),
  file: nullable(text()),
  line: nullable(size),
  module: nullable(text()),
  offset: nullable(size),
});

/** How a watch is armed. `notCovered`: codes of model/coverage.ts. */
export const wireArming = object({
  isArmed: truth,
  threads: size,
  cpus: size,
  notCovered: list(text(64), 65_536),
  slots: size,
  cover: word('exact', 'widened'),
  pointerSlots: nullable(size),
});
export type WireArming = Of<typeof wireArming>;
