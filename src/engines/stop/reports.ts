// What the tracing thread tells, as records of the ring (report-ring.ts), by word; word 0 is the header.
//
//  hit       1 cookie | 2 pid | 3 tid | 4 cpu | 5-6 time | 7-8 ip | 9 flags | 10 bytes of a value | 11 words of the call chain | 12 bytes of the stack
//            13.. registers (34 words) | after | before (each filled up to a word) | call chain | stack
//  started   1 pid | 2 tid | 3 parent's pid | 4 parent's tid | 5-6 time            ended   1 pid | 2 tid | 3-4 time
//  renamed   1 pid | 2 tid | 3 exec | 4-5 time | 6-9 name                          lost    1 count | 2-3 time
//  stopped   1 pid | 2 tid | 3-4 time | 5 cause | 6 its signal or child | 7 number of cookies | 8 calls answered before | 9 words of registers
//            10.. struct user_regs_struct (54 words; none where the thread is gone) | cookies
//  process ended   1 pid | 2 0: exited, 1: killed | 3 status or signal | 4-5 time
import type { StopCause } from '../control.js';

export const REPORT = { hit: 1, started: 2, ended: 3, renamed: 4, lost: 5, stopped: 6, processEnded: 7 } as const;

const WORD = 0x1_0000_0000;

/** Where each report has its time. */
const TIME_AT: Readonly<Record<number, number>> = { 1: 5, 2: 5, 3: 3, 4: 4, 5: 2, 6: 3, 7: 4 };

/** The time of the report at `at`, ns; exact below 2^53. */
export function reportTime(type: number, words: Uint32Array, at: number): number {
  const position = at + (TIME_AT[type] ?? 0);
  return (words[position + 1] ?? 0) * WORD + (words[position] ?? 0);
}

/** Bits of a hit's flags. `after`, `before`, `stack`: what comes with it. */
export const HIT_FLAG = { kernel: 1, exact: 2, after: 4, before: 8, stack: 16 } as const;

/** Where a hit's registers begin. */
export const HIT_REGISTERS = 13;
/** Where a stop's registers begin. */
export const STOP_REGISTERS = 10;
/** Words of a name. */
export const COMM_WORDS = 4;

/** Causes of a stop, by number. */
export const CAUSES: readonly StopCause['kind'][] = [
  'hit',
  'step',
  'signal',
  'interrupted',
  'group-stop',
  'born',
  'clone',
  'fork',
  'vfork',
  'exec',
];

/** Upper half of a whole number below 2^53. */
export function upperHalf(value: number): number {
  return Math.floor(value / WORD) >>> 0;
}
