// The types a watched piece of memory can be read as: enough to print a value as a programmer would write it.

/** How the bytes of a value are to be read. Sizes in bytes; little-endian. */
export type ValueType =
  | { readonly kind: 'signed'; readonly size: number; readonly name: string }
  | { readonly kind: 'unsigned'; readonly size: number; readonly name: string }
  | { readonly kind: 'float'; readonly size: 4 | 8; readonly name: string }
  | { readonly kind: 'bool'; readonly size: number; readonly name: string }
  /** Shown as a character where it can be printed, else as its number. */
  | { readonly kind: 'character'; readonly size: number; readonly name: string; readonly signed: boolean }
  | { readonly kind: 'pointer'; readonly size: number; readonly name: string }
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
    }
  /** No type is known, or one that is shown as raw bytes (structs, arrays, unions, long double). */
  | { readonly kind: 'bytes'; readonly size: number; readonly name: string };

/**
 * Where a hit's new value comes from.
 * `registers`: a register the instruction stored. `instruction`: an immediate operand. `arithmetic`: computed from the known old value.
 * `unchanged`: the access did not write (a read, a failed compare-and-exchange). `memory`: read from memory after the hit.
 * `sequence`: learnt from the next hit, which showed what it found there.
 * `trap`: read by the engine in the trap, right after the access. `racy`: likewise, while another CPU's hit was so near that it may be what that stored.
 */
export type ValueSource = 'registers' | 'instruction' | 'arithmetic' | 'unchanged' | 'memory' | 'sequence' | 'trap' | 'racy';
