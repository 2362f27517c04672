// Every fact about debug registers under ptrace, for any subject.
import type { PtraceCase } from './case.js';
import { ACCESS_CASES } from './cases-accesses.js';
import { ADDRESS_CASES } from './cases-addresses.js';
import { AREA_CASES } from './cases-area.js';
import { BIRTH_CASES } from './cases-births.js';
import { BREAKPOINT_TEST_CASES } from './cases-breakpoint-test.js';
import { CONTROL_CASES } from './cases-control.js';
import { MOV_SS_CASES } from './cases-mov-ss.js';
import { RANDOM_CASES } from './cases-random.js';
import { REPEAT_CASES } from './cases-repeat.js';
import { SIGNAL_CASES } from './cases-signals.js';
import { SLOT_CASES } from './cases-slots.js';
import { STEP_CASES } from './cases-steps.js';
import { STOP_CASES } from './cases-stops.js';
import { TRAP_FLAG_CASES } from './cases-trap-flag.js';

/** One fresh subject each. */
export const PTRACE_CASES: readonly PtraceCase[] = [
  ...AREA_CASES,
  ...ADDRESS_CASES,
  ...CONTROL_CASES,
  ...SLOT_CASES,
  ...ACCESS_CASES,
  ...STOP_CASES,
  ...STEP_CASES,
  ...REPEAT_CASES,
  ...SIGNAL_CASES,
  ...BIRTH_CASES,
  ...BREAKPOINT_TEST_CASES,
  ...MOV_SS_CASES,
  ...TRAP_FLAG_CASES,
  ...RANDOM_CASES,
];
