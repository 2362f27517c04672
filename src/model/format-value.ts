// Bytes of a value as JSON and as text. What has parts is shown with them: {x = 1, y = 2}, [1, 2, 3], "abc".
import { assertNever } from '../base/assert.js';
import { dump, scalarToJson, scalarToText } from './format-scalar.js';
import { escaped, textOf } from './format-text.js';
import type { JsonValue } from './messages.js';
import type { CompoundType, ValueMember, ValueType, VariantCase } from './value.js';

/** Elements of an array that are shown; what is watched has at most 32 bytes, but types can say anything. */
const MOST_ELEMENTS = 256;

/**
 * `bytes` (exactly `type.size`) as JSON shows them; null stays null. Strings are 64-bit integers, pointers, characters that can be
 * printed, `char` arrays, names of enum members, infinities and NaN, and raw bytes; what has no character or name is its number.
 * Structs are objects (Rust's tuples arrays), with base classes as members called `<Base>`; arrays are arrays; a case of a Rust enum is
 * its name, or an object with what it holds under its name.
 */
export function valueToJson(bytes: Uint8Array | null, type: ValueType): JsonValue {
  if (bytes === null) return null;
  switch (type.kind) {
    case 'struct':
      return structJson(bytes, type);
    case 'array':
      return elements(bytes, type).map((element) => valueToJson(element, type.element));
    case 'text':
      return textOf(bytes);
    case 'variants':
      return variantJson(bytes, type);
    default:
      return scalarToJson(bytes, type);
  }
}

/** `bytes` for people: characters quoted, pointers in hexadecimal, with what lies there; `?` where nothing is known. */
export function valueToText(bytes: Uint8Array | null, type: ValueType): string {
  if (bytes === null) return '?';
  switch (type.kind) {
    case 'struct':
    case 'array':
    case 'text':
    case 'variants':
      return compoundText(bytes, type);
    default:
      return scalarToText(bytes, type);
  }
}

type Struct = Extract<CompoundType, { kind: 'struct' }>;
type ArrayType = Extract<CompoundType, { kind: 'array' }>;
type Variants = Extract<CompoundType, { kind: 'variants' }>;

function compoundText(bytes: Uint8Array, type: CompoundType): string {
  switch (type.kind) {
    case 'struct':
      return structText(bytes, type);
    case 'array': {
      const shown = elements(bytes, type).map((element) => valueToText(element, type.element));
      return `[${[...shown, ...(type.count > shown.length ? ['...'] : [])].join(', ')}]`;
    }
    case 'text':
      return `"${escaped(textOf(bytes))}"`;
    case 'variants':
      return variantText(bytes, type);
    default:
      return assertNever(type);
  }
}

function elements(bytes: Uint8Array, { element, count }: ArrayType): Uint8Array[] {
  const shown = Math.min(count, MOST_ELEMENTS);
  return Array.from({ length: shown }, (_, i) => bytes.subarray(i * element.size, (i + 1) * element.size));
}

function partOf(bytes: Uint8Array, { offset, type }: Pick<ValueMember, 'offset' | 'type'>): Uint8Array {
  return bytes.subarray(offset, offset + type.size);
}

/** Rust's tuples: their fields are numbers, which debug information writes as __0. */
function isTuple({ members }: Struct): boolean {
  return members.length > 0 && members.every(({ name }, i) => name === `__${i}`);
}

function structText(bytes: Uint8Array, type: Struct): string {
  const values = type.members.map((member) => valueToText(partOf(bytes, member), member.type));
  if (isTuple(type)) return `(${values.join(', ')})`;
  const named = type.members.map((member, i) => (member.name === '' ? `${values[i]}` : `${keyOf(member)} = ${values[i]}`));
  return `{${named.join(', ')}}`;
}

function keyOf({ name, base }: ValueMember): string {
  return base === true ? `<${name}>` : name;
}

function structJson(bytes: Uint8Array, type: Struct): JsonValue {
  const values = type.members.map((member) => valueToJson(partOf(bytes, member), member.type));
  if (isTuple(type)) return values;
  return Object.fromEntries(
    type.members.flatMap((member, i): [string, JsonValue][] => {
      const value = values[i] ?? null;
      // The members of an anonymous struct or union count as the parent's.
      return member.name === '' && isObject(value) ? Object.entries(value) : [[keyOf(member), value]];
    }),
  );
}

function isObject(value: JsonValue): value is { readonly [member: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The case that the discriminant tells; null where it tells none. */
function caseOf(bytes: Uint8Array, { discriminant, cases }: Variants): VariantCase | null {
  if (discriminant === null) return cases[0] ?? null;
  const { offset, size } = discriminant;
  const told = bytes.subarray(offset, offset + size).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const mask = BigInt.asUintN(size * 8, -1n);
  return cases.find(({ value }) => value !== null && (value & mask) === told) ?? cases.find(({ value }) => value === null) ?? null;
}

function variantText(bytes: Uint8Array, type: Variants): string {
  const found = caseOf(bytes, type);
  if (found === null) return dump(bytes);
  if (isEmpty(found.type)) return found.name;
  const held = valueToText(partOf(bytes, found), found.type);
  return held.startsWith('(') ? found.name + held : `${found.name} ${held}`;
}

function variantJson(bytes: Uint8Array, type: Variants): JsonValue {
  const found = caseOf(bytes, type);
  if (found === null) return dump(bytes);
  if (isEmpty(found.type)) return found.name;
  const held = valueToJson(partOf(bytes, found), found.type);
  const [only] = Array.isArray(held) && held.length === 1 ? held : [held];
  return { [found.name]: only ?? null };
}

function isEmpty(type: ValueType): boolean {
  return type.kind === 'struct' && type.members.length === 0;
}

/** True where both hold the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
