// The types of a program's variables, as debug information describes them.

/** A member of a struct, class or union. */
export interface Member {
  /** Empty for an anonymous struct or union, whose members count as the parent's. */
  readonly name: string;
  /** Bytes from the start of the parent. */
  readonly offset: number;
  /** A base class, named as its class is: its members count as the parent's. */
  readonly base?: true;
  /** Only for bit-fields: bits from the start of the parent (little-endian numbering), and width. */
  readonly bits?: { readonly offset: number; readonly width: number };
  /** Resolved on demand, because types refer to each other in circles. */
  type(): Type;
}

/** The cases of a tagged union, of which one is there at a time. */
export interface Variants {
  /** What tells which; null where there is only one case. */
  readonly discriminant: Member | null;
  readonly cases: readonly {
    /** Values of the discriminant; null for the case that all others mean. */
    readonly value: bigint | null;
    /** One of the struct's members, named as the case is. */
    readonly member: Member;
  }[];
}

/** A type. `size` in bytes; 0 where the debug information gives none (declarations, void). `name` as in the source, '' for anonymous ones. */
export type Type =
  | {
      readonly kind: 'base';
      readonly name: string;
      readonly size: number;
      readonly encoding: 'signed' | 'unsigned' | 'float' | 'bool' | 'character' | 'other';
      /** Only for characters: whether their values can be negative (`char` is, `unsigned char` and `char16_t` are not). */
      readonly signed?: boolean;
    }
  | { readonly kind: 'pointer'; readonly name: string; readonly size: number; target(): Type | null }
  | {
      readonly kind: 'struct';
      readonly name: string;
      readonly size: number;
      readonly members: readonly Member[];
      /** Types given as template or generic arguments, in order; missing where the format does not tell. */
      parameters?(): readonly Type[];
      /** Rust's enums: which of its members is there; missing for all other types. Null: not told. */
      variants?(): Variants | null;
    }
  | { readonly kind: 'union'; readonly name: string; readonly size: number; readonly members: readonly Member[] }
  | {
      readonly kind: 'array';
      readonly name: string;
      readonly size: number;
      /** Elements in the first dimension; null where the debug information does not say (`extern int a[];`). */
      readonly count: number | null;
      /** For more than one dimension the element is itself an array. */
      element(): Type;
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly members: ReadonlyMap<bigint, string>;
    }
  /** A typedef, const, volatile, atomic, restrict or reference around another type. */
  | {
      readonly kind: 'alias';
      readonly name: string;
      readonly size: number;
      /** Only for C++ references: memory holds the target's address, `size` bytes of it, and not the target itself. */
      readonly reference?: true;
      target(): Type | null;
    }
  | { readonly kind: 'other'; readonly name: string; readonly size: number };
