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
