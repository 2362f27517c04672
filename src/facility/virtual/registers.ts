// A thread's virtual debug registers: what its tracer reads and writes, wherever the breakpoints really sit. They belong to the
// thread, not to a tracer: they outlive detach and cost no storage of any caller.
import type { Rules } from '../rules.js';

/** One thread's virtual registers as plain numbers. */
export interface VirtualRegisters {
  /** DR0-DR3 as unsigned halves, [lo0, hi0, lo1, hi1, ...]. */
  readonly words: number[];
  /** As unsigned halves. */
  dr6Lo: number;
  dr6Hi: number;
  dr7Lo: number;
  dr7Hi: number;
  /** BSD: made at the first access of a tracer. Linux 2.6.20: TIF_DEBUG. */
  used: boolean;
  /** What DR6 shows has been reported: the next hit starts afresh. */
  reported: boolean;
}

/** DR6 bits, positive polarity. */
export const STEP_BIT = 0x4000;
export const TRAP_BITS = 0xf;
/** All that can be a reason of a #DB: B0-B3, BD, BS, BT. */
export const REASON_BITS = 0xe00f;

/** Registers of a thread that never used them. */
export function freshRegisters({ raw }: Rules): VirtualRegisters {
  return {
    words: [0, 0, 0, 0, 0, 0, 0, 0],
    dr6Lo: raw.freshDr6 >>> 0,
    dr6Hi: 0,
    dr7Lo: raw.freshDr7 >>> 0,
    dr7Hi: 0,
    used: false,
    reported: true,
  };
}

/** An independent copy. */
export function copyRegisters(of: VirtualRegisters): VirtualRegisters {
  const { words, dr6Lo, dr6Hi, dr7Lo, dr7Hi, used, reported } = of;
  return { words: words.slice(), dr6Lo, dr6Hi, dr7Lo, dr7Hi, used, reported };
}

/** The four bits LEN<<2 | R/W of slot `index` in DR7. */
export function fieldOf(dr7: number, index: number): number {
  return (dr7 >>> (16 + 4 * index)) & 0xf;
}

/** Whether slot `index` is enabled in DR7: L or G. */
export function isEnabled(dr7: number, index: number): boolean {
  return ((dr7 >>> (2 * index)) & 3) !== 0;
}

const LENGTHS = [1, 2, 8, 4] as const;

/** Bytes that LEN of a field stands for. Here, and not in registers/lengths.ts, because explorers ask millions of times. */
export function lengthOfField(field: number): number {
  return LENGTHS[field >>> 2] ?? 1;
}
