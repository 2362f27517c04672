// What one thread is doing, as /proc/PID/task/TID tells without asking for more than the right to look.
import { readText } from './read.js';

/** The letter of the state: R running, S sleeping, D waiting for the disk or memory, Z ended, ... (proc(5)), or null when it is gone. */
export function threadState(pid: number, tid: number): string | null {
  const text = readText(`/proc/${pid}/task/${tid}/stat`);
  return text?.charAt(text.lastIndexOf(')') + 2) ?? null;
}
