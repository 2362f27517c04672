// Linux's numbers of signals and their codes as the words that interfaces use.
//
//   siginfo_t: 0 si_signo i32 | 4 si_errno i32 | 8 si_code i32 | 16 si_addr u64 (of signals that an instruction raised)
import { constants } from 'node:os';
import type { Rules, SigCode } from '../../facility/rules.js';

const NUMBERS: Readonly<Record<string, number>> = constants.signals;
const NAMES = new Map(Object.entries(NUMBERS).map(([name, number]) => [number, name]));

/** Numbers of all signals that stop a thread for its tracer: SIGKILL stops nobody, and those of real time have no names. */
export const NAMED_SIGNALS: readonly number[] = [...NAMES.keys()].filter((number) => number !== constants.signals.SIGKILL);

/** `SIGTRAP` for 5. */
export function signalName(number: number): string {
  return NAMES.get(number) ?? `signal ${number}`;
}

/** 5 for `SIGTRAP`; 0 for none, and for what is no signal. */
export function signalNumber(name: string | null): number {
  return name === null ? 0 : (NUMBERS[name] ?? 0);
}

/** si_code of a SIGTRAP that no breakpoint of ours has made, and of a SIGSEGV, in the words of these rules; null for what has none. */
export function codeOf(rules: Rules, info: Uint8Array | null): { readonly code: SigCode | null; readonly address: number } {
  if (info === null) return { code: null, address: 0 };
  const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const signal = view.getInt32(0, true);
  const number = view.getInt32(8, true);
  const address = Number(view.getBigUint64(16, true));
  if (signal === constants.signals.SIGTRAP) return trapCode(rules, number, address);
  if (signal === constants.signals.SIGSEGV) return { code: SEGV_CODES[number] ?? null, address: number === SI_KERNEL ? 0 : address };
  return { code: null, address: 0 };
}

const SI_KERNEL = 0x80;
const SEGV_CODES: Readonly<Record<number, SigCode>> = { 1: 'SEGV_MAPERR', [SI_KERNEL]: 'SI_KERNEL' };

/** Linux says TRAP_BRKPT for ICEBP, TRAP_TRACE for TF, SI_KERNEL for INT3. */
function trapCode({ codes }: Rules, number: number, address: number): { readonly code: SigCode | null; readonly address: number } {
  switch (number) {
    case 1:
      return { code: codes.icebp, address };
    case 2:
      return { code: codes.step, address };
    case SI_KERNEL:
      return { code: codes.int3, address: 0 };
    default:
      return { code: null, address: 0 };
  }
}
