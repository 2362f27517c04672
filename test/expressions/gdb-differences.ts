// Where gdb and we differ on purpose, each with gdb's answer and the reason.

export interface KnownDifference {
  /** The difference as the test words it. */
  readonly matches: RegExp;
  readonly reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    matches: /\._M_head_impl .*but gdb says Request for member '_M_head_impl' is ambiguous/,
    reason: 'base classes of different depth have it: we take the nearest, which smart pointers keep their pointer in',
  },
  {
    matches: /^global_int128 .*but gdb says That operation is not available on integers of more than 8 bytes/,
    reason: "gdb 13's Python cannot hold 128 bits",
  },
];
