// What the parts of a condition mean for a watched value, with their types.
import {
  type Condition,
  type FloatOperand,
  type Operand,
  type Register,
  utf8,
  type WatchedValue,
  type Which,
} from '../conditions/index.js';
import type { Type } from '../symbols/types.js';
import type { ConditionPlace } from './condition-places.js';
import { problem } from './condition-problem.js';
import type { SymbolScope } from './scope.js';

/** A part with its type. `at`: where errors about it point. `place`: where it is, for what lies somewhere. `of`: what was read. */
export type Meaning = { readonly at: number; readonly place?: ConditionPlace } & (
  | { readonly type: 'condition'; readonly condition: Condition }
  /** A whole number; `truth`: one that is meant as true or false; `typed`: its type in the program, which pointers need. */
  | {
      readonly type: 'whole';
      readonly operand: Operand;
      readonly truth: boolean;
      readonly of?: WatchedValue;
      readonly typed?: Type | null;
      /** For a function: the error where a variable was wanted. */
      misuse?(): Error;
    }
  /** A number that stands in the text, which may serve as a float; null where it has a fraction or an exponent. */
  | { readonly type: 'literal'; readonly whole: bigint | null; readonly value: number; readonly text: string; readonly truth: boolean }
  | { readonly type: 'float'; readonly operand: Exclude<FloatOperand, { kind: 'number' }>; readonly of: WatchedValue }
  /** `which`: the watched value, all of it; null: something else. */
  | { readonly type: 'bytes'; readonly which: Which | null; readonly size: number; readonly of: WatchedValue }
  | { readonly type: 'comm' }
  /** `character`: its number, where one character stands between single quotes. */
  | { readonly type: 'text'; readonly text: string; readonly character: bigint | null }
);

/** What a condition can name beside the hit. */
export interface ConditionNames {
  /** Where names are looked for. */
  readonly scope: SymbolScope;
  /** The watched value's type in the program; null where nothing tells. */
  readonly type: Type | null;
  /** Where execution is watched: the local variable of this name there, or null. Missing where none can be named. */
  readonly local?: ((name: string) => ConditionLocal | null) | undefined;
}

/** A local variable at the instruction that is watched. */
export interface ConditionLocal {
  readonly type: Type | null;
  readonly place: /** So many bytes from what the register holds. */
    | { readonly kind: 'memory'; readonly register: Register; readonly offset: number }
    | { readonly kind: 'register'; readonly register: Register }
    /** `why`: a sentence's end. */
    | { readonly kind: 'none'; readonly why: string };
}

/** The text, for errors, the value that it is about, and the program; null where there is none with names. */
export interface Subject {
  readonly text: string;
  readonly value: WatchedValue;
  readonly names: ConditionNames | null;
}

/** What something of this type is called in errors. */
export function called(meaning: Meaning): string {
  switch (meaning.type) {
    case 'condition':
      return 'something that is true or false';
    case 'whole':
      return 'a whole number';
    case 'literal':
      return meaning.whole === null ? `the floating-point number ${meaning.text}` : `the number ${meaning.text}`;
    case 'float':
      return `a floating-point number (${nameOf(meaning.of)})`;
    case 'bytes':
      return `a value of ${meaning.size} bytes (${nameOf(meaning.of)})`;
    case 'comm':
      return "a thread's name";
    case 'text':
      return meaning.character === null ? 'a text' : 'a character';
  }
}

/** What a value's type is called. */
export function nameOf(value: WatchedValue | undefined): string {
  return value === undefined || value.kind === 'none' ? 'it' : value.name;
}

const SIGNED_END = 1n << 63n;

/** A number of the text as an operand; also a character. Null for what is none. */
export function numberOperand(meaning: Meaning): Operand | null {
  const value = meaning.type === 'literal' ? meaning.whole : meaning.type === 'text' ? meaning.character : null;
  return value === null ? null : { kind: 'number', value, unsigned: value >= SIGNED_END };
}

/** A whole number as an operand. Throws ConditionError for anything else. */
export function wholeOperand(meaning: Meaning, subject: Subject, beside: string): Operand {
  if (meaning.type === 'whole') return meaning.operand;
  const number = numberOperand(meaning);
  if (number !== null) return number;
  throw problem(subject, meaning.at, {
    what: `${beside} takes whole numbers, and this is ${called(meaning)}`,
    ...wholeAdvice(meaning),
  });
}

function wholeAdvice(meaning: Meaning): { hint?: string } {
  if (meaning.type === 'float') return { hint: 'Floating-point numbers can be compared, and nothing else: new > 0.5.' };
  if (meaning.type === 'bytes')
    return { hint: 'Of such values can only be asked whether they changed: new != old. Name a member of it for more.' };
  if (meaning.type === 'condition')
    return {
      hint: 'In C, comparisons bind more tightly than & ^ |, and less than + and <<: put what belongs together in brackets, as in (new & 1) == 0.',
    };
  return {};
}

/** A part on its own, as a condition: a whole number is true where it is not 0. Throws ConditionError. */
export function truthOf(meaning: Meaning, subject: Subject): Condition {
  if (meaning.type === 'condition') return meaning.condition;
  if (meaning.type === 'literal' && meaning.whole !== null) return { kind: meaning.whole === 0n ? 'any' : 'all', of: [] };
  if (meaning.type === 'whole') {
    return { kind: 'integers', comparison: '!=', left: meaning.operand, right: { kind: 'number', value: 0n, unsigned: false } };
  }
  throw problem(subject, meaning.at, {
    what: `${called(meaning)} is neither true nor false`,
    ...truthAdvice(meaning),
  });
}

function truthAdvice(meaning: Meaning): { hint?: string } {
  switch (meaning.type) {
    case 'comm':
      return { hint: 'Compare it: comm == "worker".' };
    case 'float':
      return { hint: 'Compare it: ... != 0.' };
    case 'bytes':
      return { hint: 'Of such values can only be asked whether they changed: new != old.' };
    default:
      return {};
  }
}

/** A name a thread can have. Throws ConditionError. */
export function commText(meaning: Extract<Meaning, { type: 'text' }>, subject: Subject, most: number): string {
  const { text, at } = meaning;
  const bytes = utf8(text).length;
  if (bytes > most) {
    throw problem(subject, at, {
      what: `no thread is called that: the kernel keeps ${most} bytes of a name, and this has ${bytes}`,
      hint: `Write what is left of it: ${JSON.stringify(cut(text, most))}.`,
    });
  }
  if (text.includes('\0')) throw problem(subject, at, { what: "a thread's name holds no \\0" });
  return text;
}

/** As much of `text` as has at most `most` bytes. */
function cut(text: string, most: number): string {
  let kept = '';
  for (const character of text) {
    if (utf8(kept + character).length > most) break;
    kept += character;
  }
  return kept;
}
