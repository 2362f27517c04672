// Signal numbers: the protocol has its own, which were one Unix's once; from 16 on they differ from those of Linux.

/** By the protocol's number, from 1 on: Linux's (x86-64); 0: Linux has none. */
const LINUX: readonly number[] = [
  ...[1, 2, 3, 4, 5, 6, 0, 8, 9, 7, 11, 31, 13, 14, 15, 23, 19, 20, 18, 17, 21, 22, 29, 24, 25, 26, 27, 28, 0, 10, 12, 30, 0],
  // 34 to 44: signals of other systems.
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  // 45 to 78: 33 to 63, cancel (which Linux has not), 32, 64.
  ...Array.from({ length: 31 }, (_, index) => 33 + index),
  ...[0, 32, 64],
];

/** What stands for signals that the protocol does not know. */
const UNKNOWN = 143;

const PROTOCOL = new Map(LINUX.flatMap((linux, index) => (linux === 0 ? [] : [[linux, index + 1] as const])));

/** 0 stays 0. */
export function protocolSignal(linux: number): number {
  return linux === 0 ? 0 : (PROTOCOL.get(linux) ?? UNKNOWN);
}

/** 0 for what Linux does not have. */
export function linuxSignal(protocol: number): number {
  return LINUX[protocol - 1] ?? 0;
}
