// What a DR7 value means: its slots, its flags, and what is wrong with it.

import type { SlotAccess } from './access.js';
import { bitNumbers, bitWords, hex } from './bits.js';
import { type Dr7, type Dr7Slot, decodeDr7 } from './dr7.js';
import type { SlotLength } from './lengths.js';
import { faultRemark, type Remark, remarkLine } from './remarks.js';

/** One slot of {@link Dr7Explanation}. */
export interface Dr7SlotExplanation {
  readonly slot: number;
  readonly enabled: boolean;
  readonly local: boolean;
  readonly global: boolean;
  readonly access: SlotAccess;
  readonly length: SlotLength;
}

/** A DR7 value, as `hwbkpt decode dr7 VALUE --json` prints it. */
export interface Dr7Explanation {
  readonly type: 'dr7';
  /** Hexadecimal, `0x400`. */
  readonly value: string;
  /** Whether a MOV to DR7 accepts it. */
  readonly writable: boolean;
  readonly slots: readonly Dr7SlotExplanation[];
  readonly local_exact: boolean;
  readonly global_exact: boolean;
  readonly bit_10: boolean;
  readonly rtm: boolean;
  readonly general_detect: boolean;
  /** Numbers of the reserved bits that are 1 and should not be. */
  readonly reserved_bits: readonly number[];
  readonly remarks: readonly Remark[];
}

/** Explains any 64-bit value as DR7. Throws RegisterValueError for what is not 0 to 2^64-1. */
export function explainDr7(value: bigint): Dr7Explanation {
  const dr7 = decodeDr7(value);
  return {
    type: 'dr7',
    value: hex(value),
    writable: dr7.writable,
    slots: dr7.slots.map((fields, slot) => ({ slot, ...fields })),
    local_exact: dr7.localExact,
    global_exact: dr7.globalExact,
    bit_10: dr7.bit10,
    rtm: dr7.rtm,
    general_detect: dr7.generalDetect,
    reserved_bits: bitNumbers(dr7.reserved),
    remarks: [...reservedRemarks(dr7), ...dr7.slots.flatMap(slotRemarks), ...flagRemarks(dr7)],
  };
}

/** The lines for people: the value, a line for each slot, the flags that are set, the remarks. */
export function dr7Lines(explanation: Dr7Explanation): string[] {
  const { value, slots, remarks } = explanation;
  return [`dr7 ${value}`, ...slots.map(slotLine), ...flagLines(explanation), ...remarks.map(remarkLine)];
}

function reservedRemarks(dr7: Dr7): Remark[] {
  const set = bitNumbers(dr7.reserved);
  const upper = set.filter((bit) => bit >= 32);
  const lower = set.filter((bit) => bit < 32);
  const remarks: Remark[] = [];
  if (upper.length > 0) remarks.push(faultRemark(bitWords(upper)));
  if (lower.length > 0) {
    const text = `${bitWords(lower)} must be 0: the processor drops a 1 written there`;
    remarks.push({ severity: 'ignored', code: 'reserved-bits', text, source: 'R-005' });
  }
  return remarks;
}

function slotRemarks(slot: Dr7Slot, index: number): Remark[] {
  if (!slot.enabled) return [];
  if (slot.access === 'io') {
    const text = `slot ${index}: i/o is undefined unless CR4.DE is set`;
    return [{ severity: 'undefined', code: 'io-needs-de', text, source: 'R-007' }];
  }
  if (slot.access === 'execute' && slot.length !== 1) {
    const text = `slot ${index}: length ${slot.length} is undefined for execute, it must be 1`;
    return [{ severity: 'undefined', code: 'execute-length', text, source: 'R-008' }];
  }
  return [];
}

function flagRemarks(dr7: Dr7): Remark[] {
  if (dr7.bit10) return [];
  const text = 'bit 10 is 0: the processor reads it as 1, so this is a value to write or a virtual one';
  return [{ severity: 'note', code: 'bit-10-clear', text, source: 'R-005' }];
}

const ACCESS_WORDS = { execute: 'execute', write: 'write', io: 'i/o', readwrite: 'read or write' } as const satisfies Record<
  SlotAccess,
  string
>;

function slotLine(fields: Dr7SlotExplanation): string {
  const { slot, access, length } = fields;
  const unused = !fields.enabled && access === 'execute' && length === 1;
  if (unused) return `slot ${slot}  off`;
  return `slot ${slot}  ${enableWords(fields)}  ${ACCESS_WORDS[access]}  ${length} ${length === 1 ? 'byte' : 'bytes'}`;
}

function enableWords({ enabled, local, global }: Dr7SlotExplanation): string {
  if (!enabled) return 'off';
  if (local && global) return 'on (local, global)';
  return local ? 'on (local)' : 'on (global)';
}

function flagLines(explanation: Dr7Explanation): string[] {
  const lines: string[] = [];
  if (explanation.local_exact) lines.push('LE      exact data breakpoints, local: no effect on P6 and later (R-006)');
  if (explanation.global_exact) lines.push('GE      exact data breakpoints, global: no effect on P6 and later (R-006)');
  if (explanation.rtm) lines.push('RTM     debug exceptions inside transactions, given DEBUGCTL.RTM (R-044)');
  if (explanation.general_detect) lines.push('GD      the next MOV to or from a debug register faults (R-037)');
  return lines;
}
