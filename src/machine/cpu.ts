// The debug registers of one processor as the hardware has them: moves in and out, what they compare, and what a #DB leaves in DR6.
//
//   DR6  bit 16   15  14  13  12   11-4      3   2   1   0
//        RTM=1    BT  BS  BD   0   all 1    B3  B2  B1  B0      17-31: 1
import { linearOf } from '../facility/linear.js';
import { fieldOf, isEnabled, TRAP_BITS } from '../facility/virtual/registers.js';
import type { Cpu } from './cpu-state.js';

const DR6_RESET = 0xffff_0ff0 | 0;
const DR7_RESET = 0x400;
/** DR6's and DR7's bits that software can write; the others keep what they always read. */
const DR6_WRITABLE = 0x0001_e80f;
const DR7_WRITABLE = 0xffff_2bff | 0;
/** Bits that read as 1 whatever is written into DR6. */
const DR6_ONES = 0xfffe_07f0 | 0;
const GENERAL_DETECT = 0x2000;

/** Where processors differ. */
export interface CpuModel {
  /** B bits are set for slots that are not enabled too. */
  readonly reportsDisabledSlots: boolean;
  /** A data or instruction hit clears the B bits of earlier ones. */
  readonly clearsStaleLowBits: boolean;
}

/** As the processors measured behave. */
export const DEFAULT_MODEL: CpuModel = { reportsDisabledSlots: false, clearsStaleLowBits: true };

/** A processor after reset. */
export function newCpu(): Cpu {
  return { dr: [0, 0, 0, 0, 0, 0, 0, 0], dr6: DR6_RESET, dr7: DR7_RESET, de: false, thread: -1 };
}

/** MOV to DR`index` in 64-bit mode at CPL 0, where GD does not stop it. */
export function moveToDr(cpu: Cpu, index: number, lo: number, hi: number): 'ok' | 'gp' | 'ud' {
  if (index < 4) {
    cpu.dr[2 * index] = lo >>> 0;
    cpu.dr[2 * index + 1] = hi >>> 0;
    return 'ok';
  }
  if (index < 6 && cpu.de) return 'ud';
  if (hi !== 0) return 'gp';
  if (index % 2 === 0) cpu.dr6 = (lo & DR6_WRITABLE) | DR6_ONES;
  else cpu.dr7 = (lo & DR7_WRITABLE) | DR7_RESET;
  return 'ok';
}

/** MOV from DR`index`: unsigned halves [lo, hi], or the exception. */
export function moveFromDr(cpu: Cpu, index: number): readonly [number, number] | 'ud' {
  if (index < 4) return [cpu.dr[2 * index] ?? 0, cpu.dr[2 * index + 1] ?? 0];
  if (index < 6 && cpu.de) return 'ud';
  return [(index % 2 === 0 ? cpu.dr6 : cpu.dr7) >>> 0, 0];
}

/** Whether a MOV to or from a debug register faults now. */
export function isGuarded({ dr7 }: Cpu): boolean {
  return (dr7 & GENERAL_DETECT) !== 0;
}

/** B bits of the slots whose condition a data or port access meets: any common byte counts. */
export function dataHits(cpu: Cpu, kind: 'read' | 'write' | 'io', address: number, length: number): number {
  if ((cpu.dr7 & 0xff) === 0 || length === 0) return 0;
  let bits = 0;
  for (let slot = 0; slot < 4; slot++) {
    if (isEnabled(cpu.dr7, slot) && meets(cpu, slot, kind) && overlaps(cpu, slot, address, length)) bits |= 1 << slot;
  }
  return bits;
}

/** B bits of the slots that name the first byte of the instruction at `address`. */
export function executeHits({ dr, dr7 }: Cpu, address: number): number {
  if ((dr7 & 0xff) === 0) return 0;
  let bits = 0;
  for (let slot = 0; slot < 4; slot++) {
    if (!isEnabled(dr7, slot) || (fieldOf(dr7, slot) & 3) !== 0) continue;
    if (linearOf(dr[2 * slot] ?? 0, dr[2 * slot + 1] ?? 0) === address) bits |= 1 << slot;
  }
  return bits;
}

/** A #DB for these reasons (positive bits): the rest of DR6 is sticky. */
export function raise(cpu: Cpu, { clearsStaleLowBits }: CpuModel, reasons: number): void {
  if (clearsStaleLowBits && (reasons & TRAP_BITS) !== 0) cpu.dr6 &= ~TRAP_BITS;
  cpu.dr6 |= reasons | 0x1_0000;
}

function meets(cpu: Cpu, slot: number, kind: 'read' | 'write' | 'io'): boolean {
  switch (fieldOf(cpu.dr7, slot) & 3) {
    case 1:
      return kind === 'write';
    case 2:
      return kind === 'io' && cpu.de;
    case 3:
      return kind !== 'io';
    default:
      return false;
  }
}

/** The low address bits that LEN covers are ignored; addresses go round at the ends of their halves as sums of integers do. */
function overlaps(cpu: Cpu, slot: number, address: number, length: number): boolean {
  const bytes = LENGTHS[fieldOf(cpu.dr7, slot) >>> 2] ?? 1;
  const first = linearOf(((cpu.dr[2 * slot] ?? 0) & -bytes) >>> 0, cpu.dr[2 * slot + 1] ?? 0);
  return address < first + bytes && first < address + length;
}

const LENGTHS = [1, 2, 8, 4] as const;
