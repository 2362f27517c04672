// The state of a process, where one look at its first thread is not enough.
import { processStatus, threadIds } from '../engines/host/facts.js';

/** Whether the first thread of `pid` has ended while others live on; /proc/PID then looks like that of a process that has ended. */
export function outlivesItsLeader(pid: number): boolean {
  return processStatus(pid)?.state === 'Z' && threadIds(pid).length > 1;
}
