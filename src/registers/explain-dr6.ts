// What a DR6 value means: the reasons for a debug exception it reports, and what is wrong with it.
import { bitNumbers, bitWords, hex } from './bits.js';
import { DR6_RESERVED, DR6_RESET, type Dr6, decodeDr6 } from './dr6.js';
import { faultRemark, type Remark, remarkLine } from './remarks.js';

/** A DR6 value, as `hwbkpt decode dr6 VALUE --json` prints it. Every boolean is true when the reason applies. */
export interface Dr6Explanation {
  readonly type: 'dr6';
  /** Hexadecimal, `0xffff0ff1`. */
  readonly value: string;
  /** Whether a MOV to DR6 accepts it. */
  readonly writable: boolean;
  /** Numbers of the slots whose condition was met. */
  readonly hits: readonly number[];
  readonly bus_lock: boolean;
  readonly register_access: boolean;
  readonly single_step: boolean;
  readonly task_switch: boolean;
  readonly transaction: boolean;
  /** Numbers of the reserved bits that do not read as they should. */
  readonly reserved_bits: readonly number[];
  readonly remarks: readonly Remark[];
}

/** Explains any 64-bit value as DR6, register polarity. Throws RegisterValueError for what is not 0 to 2^64-1. */
export function explainDr6(value: bigint): Dr6Explanation {
  const dr6 = decodeDr6(value);
  return {
    type: 'dr6',
    value: hex(value),
    writable: dr6.writable,
    hits: dr6.hits.flatMap((hit, slot) => (hit ? [slot] : [])),
    bus_lock: dr6.busLock,
    register_access: dr6.registerAccess,
    single_step: dr6.singleStep,
    task_switch: dr6.taskSwitch,
    transaction: dr6.transaction,
    reserved_bits: bitNumbers(dr6.reserved),
    remarks: [...reservedRemarks(dr6), ...hitRemarks(dr6)],
  };
}

/** The lines for people: the value, a line for each reason, the remarks. */
export function dr6Lines(explanation: Dr6Explanation): string[] {
  const reasons = reasonLines(explanation);
  const shown = reasons.length > 0 ? reasons : ['no reason: no debug exception is reported, or it was an ICEBP (R-043)'];
  return [`dr6 ${explanation.value}`, ...shown, ...explanation.remarks.map(remarkLine)];
}

function reasonLines(explanation: Dr6Explanation): string[] {
  const lines = explanation.hits.map((slot) => `B${slot}   slot ${slot}: its condition was met`);
  if (explanation.bus_lock) lines.push('BLD  a bus lock was taken (bit 11 is 0)');
  if (explanation.register_access) lines.push('BD   a debug register was about to be accessed while DR7.GD was set');
  if (explanation.single_step) lines.push('BS   single step');
  if (explanation.task_switch) lines.push('BT   switch to a task whose TSS has its T bit set');
  if (explanation.transaction) lines.push('RTM  inside a transaction (bit 16 is 0)');
  return lines;
}

function reservedRemarks(dr6: Dr6): Remark[] {
  const wrong = bitNumbers(dr6.reserved);
  const upper = wrong.filter((bit) => bit >= 32);
  const lower = wrong.filter((bit) => bit < 32);
  const remarks: Remark[] = [];
  if (upper.length > 0) remarks.push(faultRemark(bitWords(upper)));
  if (lower.length > 0) remarks.push(looksPositive(dr6) ? positiveRemark() : wrongRemark(lower));
  return remarks;
}

/** A kernel's internal value has all the bits 0 that a register has 1. */
function looksPositive(dr6: Dr6): boolean {
  return dr6.reserved === (DR6_RESET & DR6_RESERVED);
}

function positiveRemark(): Remark {
  const text =
    'the bits that read as 1 are all 0: software cleared them, or this is a value in positive polarity, where BLD and RTM do not apply';
  return { severity: 'note', code: 'positive-polarity', text, source: 'R-026' };
}

function wrongRemark(bits: readonly number[]): Remark {
  const ones = bits.filter((bit) => bit !== 12);
  const parts = [...(ones.length > 0 ? [`${bitWords(ones)} should be 1`] : []), ...(bits.includes(12) ? ['bit 12 should be 0'] : [])];
  return { severity: 'ignored', code: 'reserved-bits', text: `${parts.join(', ')}: the processor reads them so`, source: 'R-020' };
}

function hitRemarks(dr6: Dr6): Remark[] {
  if (!dr6.hits.some(Boolean)) return [];
  const text = 'a slot may be reported although DR7 has it off: only enabled slots count';
  return [{ severity: 'note', code: 'mask-with-dr7', text, source: 'R-022' }];
}
