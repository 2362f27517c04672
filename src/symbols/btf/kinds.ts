// The kinds of BTF types and how long their records are (Documentation/bpf/btf.rst).
//
//   every record    name_off u32 | info u32 | size_or_type u32 | what the kind adds
//   info            bit 31 kind_flag | 30-29 - | 28-24 kind | 23-16 - | 15-0 vlen: how many members, parameters, values or variables follow

export const Kind = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  prototype: 13,
  variable: 14,
  section: 15,
  float: 16,
  declarationTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** Bytes of a record without what its kind adds. */
export const RECORD_BYTES = 12;

/** Bytes that each kind adds: so many, and so many for each of vlen. */
const ADDED: ReadonlyMap<number, readonly [fixed: number, each: number]> = new Map([
  [Kind.int, [4, 0]],
  [Kind.pointer, [0, 0]],
  // type u32 | index type u32 | number of elements u32
  [Kind.array, [12, 0]],
  // name u32 | type u32 | offset u32
  [Kind.struct, [0, 12]],
  [Kind.union, [0, 12]],
  // name u32 | value i32
  [Kind.enum, [0, 8]],
  [Kind.forward, [0, 0]],
  [Kind.typedef, [0, 0]],
  [Kind.volatile, [0, 0]],
  [Kind.const, [0, 0]],
  [Kind.restrict, [0, 0]],
  [Kind.function, [0, 0]],
  // name u32 | type u32
  [Kind.prototype, [0, 8]],
  // linkage u32
  [Kind.variable, [4, 0]],
  // type u32 | offset u32 | size u32
  [Kind.section, [0, 12]],
  [Kind.float, [0, 0]],
  // component index u32
  [Kind.declarationTag, [4, 0]],
  [Kind.typeTag, [0, 0]],
  // name u32 | low half of the value u32 | high half u32
  [Kind.enum64, [0, 12]],
]);

/** Bytes that a record of this kind has after the first twelve; null for a kind that is not known, after which nothing can be read. */
export function addedBytes(kind: number, count: number): number | null {
  const added = ADDED.get(kind);
  return added === undefined ? null : added[0] + added[1] * count;
}
