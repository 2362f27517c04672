// Conditions on hits, as typed data: what `--if` says, ready to be evaluated here or compiled for the kernel with the same result.
//
// Whole numbers are 64 bits wide and wrap around; `unsigned` says how one is to be compared, divided and shifted right. Comparisons between signed
// and unsigned numbers are those of mathematics: -1 is less than any unsigned number. Arithmetic is C's: where one side is unsigned, both
// are taken as unsigned. What division and remainder do about zero is what the kernel's BPF does: x / 0 is 0, x % 0 is x.
//
// A comparison is unknown where it speaks of a value that is not known; `all`, `any` and `not` make of unknowns what Kleene's logic does:
// unknown && false is false, unknown || true is true, anything else stays unknown.

/** Some bits of a watched value: `bits` of them (1 to 64) from bit `shift` on, counted in little-endian order; `shift + bits` is at most 64. */
export interface IntegerField {
  readonly kind: 'integer';
  readonly shift: number;
  readonly bits: number;
  readonly signed: boolean;
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** The count of a shift is taken modulo 64. */
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

/** What is known of a hit beside the value; `kernel` is 1 or 0. */
export type Fact = 'tid' | 'pid' | 'cpu' | 'kernel';

/** A watched value before the access, or after it. */
export type Which = 'old' | 'new';

/** A whole number. `unsigned`: it may be 2^63 or more, and is never negative. */
export type Operand = { readonly unsigned: boolean } & (
  | { readonly kind: 'value'; readonly which: Which; readonly field: IntegerField }
  /** From -2^63 up; below 2^64 where unsigned, else below 2^63. */
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'arithmetic'; readonly operator: Arithmetic; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'negated' | 'inverted'; readonly of: Operand }
);

/** A floating-point number; those of one comparison are all of one size. */
export type FloatOperand =
  | { readonly kind: 'value'; readonly which: Which; readonly size: 4 | 8 }
  /** Rounded to `size`; no NaN. */
  | { readonly kind: 'number'; readonly value: number; readonly size: 4 | 8 };

export type Condition =
  /** All of none holds, any of none does not. */
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'integers'; readonly comparison: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'floats'; readonly comparison: Comparison; readonly left: FloatOperand; readonly right: FloatOperand }
  /** The value's bytes, `size` (1 to 32) of them, are after the access what they were before, or are not. */
  | { readonly kind: 'bytes'; readonly comparison: '==' | '!='; readonly size: number }
  /** The thread's name is, or is not, this text (at most {@link MOST_COMM_BYTES} of UTF-8). */
  | { readonly kind: 'comm'; readonly comparison: '==' | '!='; readonly text: string };

/** As many bytes of a thread's name the kernel keeps. */
export const MOST_COMM_BYTES = 15;
