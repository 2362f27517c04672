// Every fact about debug registers under ptrace, for any subject.
import type { PtraceCase } from './case.js';
import { ACCESS_CASES } from './cases-accesses.js';
import { ADDRESS_CASES } from './cases-addresses.js';
import { AREA_CASES } from './cases-area.js';
import { CONTROL_CASES } from './cases-control.js';
import { SLOT_CASES } from './cases-slots.js';

/** One fresh subject each. */
export const PTRACE_CASES: readonly PtraceCase[] = [...AREA_CASES, ...ADDRESS_CASES, ...CONTROL_CASES, ...SLOT_CASES, ...ACCESS_CASES];
