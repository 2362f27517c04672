// Processes and threads by number: machines count from 0, people and systems from 1.

const FIRST = 1;

/** The machine's number of a process or thread. */
export function inMachine(number: number): number {
  return number - FIRST;
}

/** The number that everybody else knows it by. */
export function outside(number: number): number {
  return number + FIRST;
}
