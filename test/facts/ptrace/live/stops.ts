// Numbers of signals and their codes as the words that cases use.
import type { SignalInfo } from '../../../../src/linux/ptrace-control.js';
import type { SignalCode, SignalName } from '../subject.js';

const SIGNALS = { SIGILL: 4, SIGTRAP: 5, SIGKILL: 9, SIGSEGV: 11, SIGSTOP: 19 } as const;
const CODES: Readonly<Record<number, Readonly<Record<number, SignalCode>>>> = {
  [SIGNALS.SIGTRAP]: { 1: 'TRAP_BRKPT', 2: 'TRAP_TRACE', 4: 'TRAP_HWBKPT', 128: 'SI_KERNEL' },
  [SIGNALS.SIGSEGV]: { 1: 'SEGV_MAPERR', 128: 'SI_KERNEL' },
};

/** `SIGTRAP` for 5. */
export function signalName(signal: number): SignalName {
  const known = Object.entries(SIGNALS).find(([, value]) => value === signal);
  return known === undefined ? `signal ${signal}` : (known[0] as keyof typeof SIGNALS);
}

/** 5 for `SIGTRAP`; 0 for none. */
export function signalNumber(name: SignalName | undefined): number {
  if (name === undefined) return 0;
  return name in SIGNALS ? SIGNALS[name as keyof typeof SIGNALS] : Number(name.replace('signal ', ''));
}

/** The name of a signal's code. */
export function codeName({ signal, code }: SignalInfo): SignalCode {
  return CODES[signal]?.[code] ?? `code ${code}`;
}
