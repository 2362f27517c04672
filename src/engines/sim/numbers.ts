// Processes and threads by number: machines count both from 0; people and systems count threads from 1, and call a process by its first.
import type { Machine } from '../../machine/index.js';

const FIRST = 1;

/** The machine's number of a thread. */
export function inMachine(tid: number): number {
  return tid - FIRST;
}

/** The number that everybody else knows a thread by. */
export function outside(tid: number): number {
  return tid + FIRST;
}

/** The machine's number of a process; -1 where there is none of that number. */
export function processInMachine({ state }: Machine, pid: number): number {
  const first = state.threads[inMachine(pid)];
  return first !== undefined && processOutside({ state }, first.pid) === pid ? first.pid : -1;
}

/** The number that everybody else knows a process by: that of its first thread. */
export function processOutside({ state }: Pick<Machine, 'state'>, pid: number): number {
  return outside(state.threads.findIndex((thread) => thread.pid === pid));
}
