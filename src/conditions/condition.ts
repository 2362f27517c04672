// Conditions on hits, as typed data: what `--if` says, ready to be evaluated here or compiled for the kernel with the same result.
//
// Numbers are 64 bits wide and wrap around; `unsigned` says how one is to be compared, divided and shifted right. Comparisons between signed and
// unsigned numbers are those of mathematics: -1 is less than any unsigned number.

/** Where a watched value lies in its bytes (little-endian), and how its bits are read. */
export type Field =
  /** `bits` bits from bit `shift` of the value's bytes on; `shift + bits` is at most 64. */
  | { readonly kind: 'integer'; readonly shift: number; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'float'; readonly size: 4 | 8 };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

/** What is known of a hit beside the value. */
export type Fact = 'tid' | 'pid' | 'cpu' | 'kernel';

/** A whole number. */
export type Operand = { readonly unsigned: boolean } & (
  | { readonly kind: 'value'; readonly which: 'old' | 'new'; readonly field: Extract<Field, { kind: 'integer' }> }
  /** As 64 bits: from -2^63 up, below 2^64 where unsigned. */
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'arithmetic'; readonly operator: Arithmetic; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'negated' | 'inverted'; readonly of: Operand }
);

/** A floating-point number; those of one comparison are all of one size. */
export type FloatOperand =
  | { readonly kind: 'value'; readonly which: 'old' | 'new'; readonly size: 4 | 8 }
  | { readonly kind: 'number'; readonly value: number; readonly size: 4 | 8 };

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'integers'; readonly comparison: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'floats'; readonly comparison: Comparison; readonly left: FloatOperand; readonly right: FloatOperand }
  /** The thread's name is, or is not, this text (at most 15 bytes of UTF-8). */
  | { readonly kind: 'comm'; readonly comparison: '==' | '!='; readonly text: string };
