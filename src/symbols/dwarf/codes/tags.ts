// DW_TAG codes: what a debugging information entry describes. DWARF 5 table 7.3; only those this reader looks at.

export const Tag = {
  arrayType: 0x01,
  classType: 0x02,
  enumerationType: 0x04,
  formalParameter: 0x05,
  lexicalBlock: 0x0b,
  member: 0x0d,
  pointerType: 0x0f,
  referenceType: 0x10,
  compileUnit: 0x11,
  stringType: 0x12,
  structureType: 0x13,
  subroutineType: 0x15,
  typedef: 0x16,
  unionType: 0x17,
  unspecifiedParameters: 0x18,
  variant: 0x19,
  commonBlock: 0x1a,
  inheritance: 0x1c,
  inlinedSubroutine: 0x1d,
  module: 0x1e,
  ptrToMemberType: 0x1f,
  subrangeType: 0x21,
  withStmt: 0x22,
  baseType: 0x24,
  catchBlock: 0x25,
  constType: 0x26,
  enumerator: 0x28,
  packedType: 0x2d,
  subprogram: 0x2e,
  tryBlock: 0x32,
  variantPart: 0x33,
  variable: 0x34,
  templateTypeParameter: 0x2f,
  volatileType: 0x35,
  restrictType: 0x37,
  interfaceType: 0x38,
  namespace: 0x39,
  unspecifiedType: 0x3b,
  partialUnit: 0x3c,
  sharedType: 0x40,
  typeUnit: 0x41,
  rvalueReferenceType: 0x42,
  templateAlias: 0x43,
  atomicType: 0x47,
  skeletonUnit: 0x4a,
  callSite: 0x48,
  callSiteParameter: 0x49,
  immutableType: 0x4b,
  gnuCallSite: 0x4109,
  gnuCallSiteParameter: 0x410a,
} as const;

/** Struct, class, union or interface: a type with members. */
export function isClassTag(tag: number): boolean {
  return tag === Tag.structureType || tag === Tag.classType || tag === Tag.unionType || tag === Tag.interfaceType;
}

/** Entries whose children can hold variables, functions or types that other code names. */
export function mayHoldDefinitions(tag: number): boolean {
  switch (tag) {
    case Tag.compileUnit:
    case Tag.partialUnit:
    case Tag.typeUnit:
    case Tag.skeletonUnit:
    case Tag.namespace:
    case Tag.module:
    case Tag.subprogram:
    case Tag.lexicalBlock:
    case Tag.commonBlock:
    case Tag.tryBlock:
    case Tag.catchBlock:
    case Tag.withStmt:
      return true;
    default:
      return isClassTag(tag);
  }
}
