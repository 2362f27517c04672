// The layout in which a hit's user registers reach this room: what perf delivers for PERF_REGISTER_MASK, as 32-bit halves.
//
// The kernel writes one u64 for every bit set in `sample_regs_user`, lowest bit first
// (arch/x86/include/uapi/asm/perf_regs.h: AX=0 BX=1 CX=2 DX=3 SI=4 DI=5 BP=6 SP=7 IP=8 FLAGS=9 CS..GS=10..15 R8..R15=16..23).
// IP is left out: the sample has its own. On a little-endian machine the words can be read as a Uint32Array as they are.
//
//   index   0   1   2   3   4   5   6   7    8    9  10  11  12  13  14  15  16
//          AX  BX  CX  DX  SI  DI  BP  SP FLAGS  R8  R9 R10 R11 R12 R13 R14 R15
//   word    0   2   4   6   8  10  12  14   16   18  20  22  24  26  28  30  32     lower half; the upper half follows
import { highU32, joinU64, lowU32 } from '../base/u64.js';

/** Names in the order of the layout; a register's position here is its index. */
export const REGISTER_NAMES = [
  'ax',
  'bx',
  'cx',
  'dx',
  'si',
  'di',
  'bp',
  'sp',
  'flags',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
] as const;

/** A 64-bit register by the name perf uses, or FLAGS. */
export type RegisterName = (typeof REGISTER_NAMES)[number];

/** Index of each register in the layout, 0 to 16. */
export const REGISTER: { readonly [name in RegisterName]: number } = {
  ax: 0,
  bx: 1,
  cx: 2,
  dx: 3,
  si: 4,
  di: 5,
  bp: 6,
  sp: 7,
  flags: 8,
  r8: 9,
  r9: 10,
  r10: 11,
  r11: 12,
  r12: 13,
  r13: 14,
  r14: 15,
  r15: 16,
};

/** Value of perf's `sample_regs_user` that yields the layout: bits 0-7 (AX..SP), 9 (FLAGS), 16-23 (R8..R15). */
export const PERF_REGISTER_MASK = 0xff_02ff;

/** 64-bit registers in one sample. */
export const REGISTER_COUNT = 17;

/** 32-bit words that one sample's registers take in a Uint32Array. */
export const REGISTER_WORDS = REGISTER_COUNT * 2;

/** Bits of FLAGS that the rules of this room look at. */
export const FLAG = {
  carry: 1 << 0,
  parity: 1 << 2,
  zero: 1 << 6,
  sign: 1 << 7,
  direction: 1 << 10,
  overflow: 1 << 11,
  resume: 1 << 16,
} as const;

/** One register of a sample as a bigint; for the edges and for tests. `offset` in words. */
export function registerValue(registers: Uint32Array, offset: number, name: RegisterName): bigint {
  const word = offset + 2 * REGISTER[name];
  return joinU64(registers[word] ?? 0, registers[word + 1] ?? 0);
}

/** One sample's registers from values; 0 where none is given. For the edges and for tests. */
export function registersFrom(values: { readonly [name in RegisterName]?: bigint }): Uint32Array {
  const registers = new Uint32Array(REGISTER_WORDS);
  for (const name of REGISTER_NAMES) {
    registers[2 * REGISTER[name]] = lowU32(values[name] ?? 0n);
    registers[2 * REGISTER[name] + 1] = highU32(values[name] ?? 0n);
  }
  return registers;
}
