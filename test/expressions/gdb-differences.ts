// Where gdb and we differ on purpose, each with gdb's answer and the reason.

export interface KnownDifference {
  /** The difference as the test words it. */
  readonly matches: RegExp;
  readonly reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    matches: /^global_int128 .*but gdb says That operation is not available on integers of more than 8 bytes/,
    reason: "gdb 13's Python cannot hold 128 bits",
  },
];

/** In the programs of gdb-real.test.ts. */
export const KNOWN_OF_REAL_PROGRAMS: readonly KnownDifference[] = [
  {
    matches: /_null_auth.* but gdb says No symbol "_null_auth" in specified context/,
    reason: 'the unit only declares it: the symbol table knows where it is, which gdb does not ask for a name with a file',
  },
];
