// The debug registers of one processor as instructions see them: what a MOV accepts and reads back, and what a debug exception leaves.
//
//   DR6  31-17  16   15  14  13  12  11  10-4   3-0        DR7  31-16       15-14  13  12  11  10  9-8    7-0
//        1...1  RTM  BT  BS  BD   0  BLD 1...1  B3-B0           LENi, R/Wi   0 0   GD   0  RTM  1  GE LE  Gi Li
//
// Layouts; src/registers holds the same as bigint, and the tests compare the two.
import { STEP_BIT, TRAP_BITS } from '../facility/virtual/registers.js';
import { DR6_RESET, DR7_RESET } from '../registers/index.js';
import type { Cpu } from './cpu-state.js';

export { dataHits, executeHits } from './hits.js';

/** DR6.BD: a MOV to or from a debug register while DR7.GD is set. */
export const DR6_REGISTER_ACCESS = 1 << 13;
/** DR6.BLD: a bus lock; 0 in the register says so. */
const DR6_BUS_LOCK = 1 << 11;
/** DR6.BT: switch to a task whose TSS has T set; there is none in long mode. */
const DR6_TASK_SWITCH = 1 << 15;
/** DR6.RTM: inside a transaction; 0 in the register says so. */
const DR6_TRANSACTION = 1 << 16;
const DR7_GENERAL_DETECT = 1 << 13;

const ACTIVE_LOW = DR6_BUS_LOCK | DR6_TRANSACTION;
const ACTIVE_HIGH = TRAP_BITS | DR6_REGISTER_ACCESS | STEP_BIT | DR6_TASK_SWITCH;
/** What a MOV can change; other bits are as after reset. */
const DR6_WRITABLE = ACTIVE_HIGH | ACTIVE_LOW;
const DR7_WRITABLE = 0xffff_2bff | 0;
const DR6_FRESH = Number(DR6_RESET) | 0;
const DR7_FRESH = Number(DR7_RESET) | 0;

/** Where processors differ. */
export interface CpuModel {
  /** A debug exception shows slots whose condition held although they are not enabled, too. */
  readonly reportsDisabledSlots: boolean;
  /** A debug exception for slots clears the bits of those that it does not report. */
  readonly clearsStaleLowBits: boolean;
  /**
   * An instruction breakpoint right behind a MOV SS or POP SS (R-039, T-L-10): it faults and takes what is held back along (Intel),
   * faults while that is lost (AMD), or is not seen, as the manual allows.
   */
  readonly breakpointInShadow: 'merges' | 'drops' | 'missed';
}

/** A processor that loses nothing and reports nothing that is not enabled. */
export const DEFAULT_MODEL: CpuModel = { reportsDisabledSlots: false, clearsStaleLowBits: true, breakpointInShadow: 'merges' };

/** A processor after reset, idle. */
export function newCpu(): Cpu {
  return { dr: [0, 0, 0, 0, 0, 0, 0, 0], dr6: DR6_FRESH, dr7: DR7_FRESH, de: false, thread: -1 };
}

/**
 * What a MOV to or from DR `index` meets before it executes: privilege first, then whether the register exists, then general detect
 * . `db` is a fault with {@link DR6_REGISTER_ACCESS}; {@link raise} clears GD, so the handler's own MOV is not one.
 */
export function checkMoveDr(cpu: Cpu, index: number, userMode: boolean): 'ok' | 'gp' | 'ud' | 'db' {
  if (userMode) return 'gp';
  if (realIndex(cpu, index) < 0) return 'ud';
  return (cpu.dr7 & DR7_GENERAL_DETECT) === 0 ? 'ok' : 'db';
}

/**
 * MOV to DR `index` (0 to 15) of two 32-bit halves, at CPL 0 and past {@link checkMoveDr}. DR0 to DR3 take any value; DR6 and DR7
 * refuse upper bits and keep their fixed bits; DR4 and DR5 are DR6 and DR7, or do not exist with CR4.DE.
 */
export function moveToDr(cpu: Cpu, index: number, lo: number, hi: number): 'ok' | 'gp' | 'ud' {
  const real = realIndex(cpu, index);
  if (real < 0) return 'ud';
  if (real < 4) {
    cpu.dr[2 * real] = lo >>> 0;
    cpu.dr[2 * real + 1] = hi >>> 0;
    return 'ok';
  }
  if (hi !== 0) return 'gp';
  if (real === 6) cpu.dr6 = (lo & DR6_WRITABLE) | (DR6_FRESH & ~DR6_WRITABLE);
  else cpu.dr7 = (lo & DR7_WRITABLE) | DR7_FRESH;
  return 'ok';
}

/** MOV from DR `index` (0 to 15), at CPL 0 and past {@link checkMoveDr}: unsigned halves [lo, hi], or the exception. */
export function moveFromDr(cpu: Cpu, index: number): readonly [lo: number, hi: number] | 'ud' {
  const real = realIndex(cpu, index);
  if (real < 0) return 'ud';
  if (real === 6) return [cpu.dr6 >>> 0, 0];
  if (real === 7) return [cpu.dr7 >>> 0, 0];
  return [cpu.dr[2 * real] ?? 0, cpu.dr[2 * real + 1] ?? 0];
}

/**
 * A debug exception for `bits`, in positive polarity; 0 for an ICEBP. B0 to B3 are replaced or joined, as the model says; the other
 * reasons stay until software clears them. Bit 16 tells whether this exception came inside a transaction; bit 11 goes to 0 and
 * stays so until software sets it. GD is cleared.
 */
export function raise(cpu: Cpu, { clearsStaleLowBits }: CpuModel, bits: number): void {
  const stale = clearsStaleLowBits && (bits & TRAP_BITS) !== 0 ? TRAP_BITS : 0;
  cpu.dr6 = ((cpu.dr6 & ~stale) | DR6_TRANSACTION | (bits & ACTIVE_HIGH)) & ~(bits & ACTIVE_LOW);
  cpu.dr7 &= ~DR7_GENERAL_DETECT;
}

/** The register that `index` stands for: 0 to 3, 6 or 7; -1 where there is none. */
function realIndex({ de }: Cpu, index: number): number {
  if (index === 4 || index === 5) return de ? -1 : index + 2;
  return index >= 0 && index <= 7 ? index : -1;
}
