// Conditions on hits, as typed data: what `--if` says, ready to be evaluated here or compiled for the kernel with the same result.
//
// Whole numbers are 64 bits wide and wrap around; `unsigned` says how one is to be compared, divided and shifted right. Comparisons between signed
// and unsigned numbers are those of mathematics: -1 is less than any unsigned number. Arithmetic is C's: where one side is unsigned, both
// are taken as unsigned. What division and remainder do about zero is what the kernel's BPF does: x / 0 is 0, x % 0 is x.
//
// What a condition reads beside the value, it reads as it was at the hit: other memory, also along pointers, and the thread's registers. A read
// that fails is not known.
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

/** A register of the thread that made the access: as user code left it, or, where the kernel is watched, as the kernel did. */
export type Register = (typeof REGISTERS)[number];

/** Names as gdb has them. */
export const REGISTERS = [
  ...(['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp', 'rip'] as const),
  ...(['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const),
] as const;

/** A whole number. `unsigned`: it may be 2^63 or more, and is never negative. */
export type Operand = {
  readonly unsigned: boolean;
} /** `offset`: bytes from the value's start to where the field's bits are counted from. */ & (
  | { readonly kind: 'value'; readonly which: Which; readonly offset: number; readonly field: IntegerField }
  /** The field of `size` bytes (1 to 8) at an address. */
  | { readonly kind: 'memory'; readonly address: Operand; readonly size: number; readonly field: IntegerField }
  | { readonly kind: 'register'; readonly register: Register }
  /** From -2^63 up; below 2^64 where unsigned, else below 2^63. */
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'arithmetic'; readonly operator: Arithmetic; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'negated' | 'inverted'; readonly of: Operand }
);

/** A floating-point number; those of one comparison are all of one size. */
export type FloatOperand =
  | { readonly kind: 'value'; readonly which: Which; readonly offset: number; readonly size: 4 | 8 }
  | { readonly kind: 'memory'; readonly address: Operand; readonly size: 4 | 8 }
  /** Rounded to `size`; no NaN. */
  | { readonly kind: 'number'; readonly value: number; readonly size: 4 | 8 };

/** Characters in memory or in the value, up to the first NUL, or to the end of their `size` bytes; null: they end with a NUL only. */
export type TextPlace =
  | { readonly kind: 'value'; readonly which: Which; readonly offset: number; readonly size: number }
  | { readonly kind: 'memory'; readonly address: Operand; readonly size: number | null };

export type Condition =
  /** All of none holds, any of none does not. */
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'integers'; readonly comparison: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'floats'; readonly comparison: Comparison; readonly left: FloatOperand; readonly right: FloatOperand }
  /** The value's bytes, `size` (1 to 32) of them, are after the access what they were before, or are not. */
  | { readonly kind: 'bytes'; readonly comparison: '==' | '!='; readonly size: number }
  /** The characters are, or are not, these ({@link MOST_TEXT_BYTES} at most, none of them 0). */
  | { readonly kind: 'text'; readonly comparison: '==' | '!='; readonly of: TextPlace; readonly text: readonly number[] }
  /** The thread's name is, or is not, this text (at most {@link MOST_COMM_BYTES} of UTF-8). */
  | { readonly kind: 'comm'; readonly comparison: '==' | '!='; readonly text: string };

/** As many bytes of a thread's name the kernel keeps. */
export const MOST_COMM_BYTES = 15;

/** As many bytes of a text are compared. */
export const MOST_TEXT_BYTES = 63;
