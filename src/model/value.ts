// The types a watched piece of memory can be read as: enough to print a value as a programmer would write it.

/** How the bytes of a value are to be read. Sizes in bytes; little-endian. */
export type ValueType = ScalarType | CompoundType;

/** A value without parts. */
export type ScalarType =
  | { readonly kind: 'signed'; readonly size: number; readonly name: string }
  | { readonly kind: 'unsigned'; readonly size: number; readonly name: string }
  | { readonly kind: 'float'; readonly size: 4 | 8; readonly name: string }
  /** `long double`: the processor's own 80 bits, and padding. */
  | { readonly kind: 'extended'; readonly size: number; readonly name: string }
  | { readonly kind: 'bool'; readonly size: number; readonly name: string }
  /** Shown as a character where it can be printed, else as its number. */
  | { readonly kind: 'character'; readonly size: number; readonly name: string; readonly signed: boolean }
  | {
      readonly kind: 'pointer';
      readonly size: number;
      readonly name: string;
      /** What lies at an address, for text (`table+8`); null where nobody knows. */
      symbol?(address: bigint): string | null;
    }
  | {
      readonly kind: 'enum';
      readonly size: number;
      readonly name: string;
      readonly signed: boolean;
      readonly members: ReadonlyMap<bigint, string>;
    }
  /** A bit-field: `width` bits (1 to 64) from bit `shift` of the bytes on, shown as a number, or by its name where it has one. */
  | {
      readonly kind: 'bits';
      /** Of all bytes that hold a bit of it, up to 8; neighbours may share them. */
      readonly size: number;
      readonly name: string;
      readonly signed: boolean;
      readonly shift: number;
      readonly width: number;
      readonly members: ReadonlyMap<bigint, string>;
      /** Shown as true or false. */
      readonly truth?: true;
    }
  /** No type is known, or one that is shown as raw bytes (structs too large to be watched). */
  | { readonly kind: 'bytes'; readonly size: number; readonly name: string };

/** A value with parts. */
export type CompoundType =
  /** A struct, class or union; of a union all members lie over each other. */
  | { readonly kind: 'struct'; readonly size: number; readonly name: string; readonly members: readonly ValueMember[] }
  | {
      readonly kind: 'array';
      readonly size: number;
      readonly name: string;
      readonly element: ValueType;
      readonly count: number;
    }
  /** An array of `char`, shown as a string. */
  | { readonly kind: 'text'; readonly size: number; readonly name: string }
  /** Rust's enums with fields: one case at a time. */
  | {
      readonly kind: 'variants';
      readonly size: number;
      readonly name: string;
      /** Where the number is that tells the case; null where there is only one. */
      readonly discriminant: { readonly offset: number; readonly size: number } | null;
      readonly cases: readonly VariantCase[];
    };

/** A member of a struct. */
export interface ValueMember {
  /** '' for an anonymous struct or union. */
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly type: ValueType;
  /** A base class, named as its class is. */
  readonly base?: true;
}

export interface VariantCase {
  readonly name: string;
  /** The discriminant as its bits tell it, without sign; null for the case that all others mean. */
  readonly value: bigint | null;
  readonly offset: number;
  /** What the case holds. */
  readonly type: ValueType;
}

/**
 * Where a hit's new value comes from.
 * `registers`: a register the instruction stored. `instruction`: an immediate operand. `arithmetic`: computed from the known old value.
 * `unchanged`: the access did not write (a read, a failed compare-and-exchange). `memory`: read from memory after the hit.
 * `sequence`: learnt from the next hit, which showed what it found there.
 * `trap`: read by the engine in the trap, right after the access. `racy`: likewise, while another CPU's hit was so near that it may be what that stored.
 */
export type ValueSource = 'registers' | 'instruction' | 'arithmetic' | 'unchanged' | 'memory' | 'sequence' | 'trap' | 'racy';
