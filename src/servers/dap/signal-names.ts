// Signals for people.
import { constants } from 'node:os';

const MEANINGS: Readonly<Record<string, string>> = {
  SIGSEGV: 'access to memory that is not there, or not allowed',
  SIGBUS: 'access to memory that has nothing behind it',
  SIGFPE: 'arithmetic that has no result: a division by zero, for example',
  SIGILL: 'an instruction that the processor does not know',
  SIGABRT: 'the program has given up: abort() or a failed assertion',
  SIGTRAP: 'a trap of the program itself',
  SIGSYS: 'a system call that is not there, or not allowed',
};

/** `SIGSEGV`; `signal 40` for one without a name. */
export function signalName(signal: number): string {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}

/** A signal with what it means. */
export function signalText(signal: number): string {
  const name = signalName(signal);
  const meaning = MEANINGS[name];
  return meaning === undefined ? name : `${name}: ${meaning}`;
}
