// DW_LANG codes, as far as they change how names are written or where arrays start. DWARF 5 table 7.17.

const C_LANGUAGES: ReadonlySet<number> = new Set([0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x10]);
const STARTS_AT_ONE: ReadonlySet<number> = new Set([
  0x03, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x0e, 0x0f, 0x17, 0x1f, 0x22, 0x23, 0x2d, 0x2e, 0x2f,
]);

/** C89, C, C99, C11, C17, Objective-C: types carry `struct` before their tag, and structs own no variables. */
export function isC(language: number): boolean {
  return C_LANGUAGES.has(language);
}

/** Lower bound of an array whose entry gives none: 1 in Ada, COBOL, Fortran, Pascal, Modula-2, Julia and PL/I; else 0. */
export function defaultLowerBound(language: number): bigint {
  return STARTS_AT_ONE.has(language) ? 1n : 0n;
}
