// What there is to say about a register's value beside its fields: what writing it would do, and what a reader may trip over.

/** `fault`: writing the value raises an exception. `undefined`: the processor may do anything. `ignored`: the processor drops it. `note`: worth knowing. */
export type Severity = 'fault' | 'undefined' | 'ignored' | 'note';

/** One remark, as JSON shows it. */
export interface Remark {
  readonly severity: Severity;
  /** Stable word for programs. */
  readonly code: string;
  /** A sentence without a full stop. */
  readonly text: string;
  /** Requirement that states the fact: `R-003`. */
  readonly source: string;
}

/** `warning  bits 32-63 must be 0: ... (R-003)`. */
export function remarkLine(remark: Remark): string {
  return `${remark.severity === 'note' ? 'note   ' : 'warning'}  ${remark.text} (${remark.source})`;
}

/** The remark on bits that no MOV to the register accepts; `bits` as words: `bits 32-63`. */
export function faultRemark(bits: string): Remark {
  return { severity: 'fault', code: 'upper-half', text: `${bits} must be 0: writing this value raises #GP`, source: 'R-003' };
}
