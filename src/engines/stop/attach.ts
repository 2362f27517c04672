// Takes all threads of a process under trace, those that are being born too, without stopping any.
//
// From the moment a thread is traced, what it makes is traced too. So when a look finds nobody who is not, there is nobody left; unless the look
// missed one, which a list of /proc that is read while threads come and go may do: two looks must agree.
import { isErrno } from '../../linux/errno.js';
import { threadIds } from '../../linux/procfs/process.js';
import { threadState } from '../../linux/procfs/thread-state.js';
import { PTRACE_OPTION, ptraceSeize } from '../../linux/ptrace.js';
import type { EngineTarget } from '../contract.js';
import type { TraceeTable } from './tracee.js';

/** PTRACE_O_EXITKILL is never among them: the process is to live, whatever becomes of us. */
export const TRACE_OPTIONS = PTRACE_OPTION.TRACEFORK | PTRACE_OPTION.TRACEVFORK | PTRACE_OPTION.TRACECLONE | PTRACE_OPTION.TRACEEXEC;

/** States of a thread that ends; null: it is gone. */
const ENDING: ReadonlySet<string | null> = new Set(['Z', 'X', null]);

/** Looks that must find nobody new. */
const CALM_LOOKS = 2;
/** Looks at most: a process that makes threads faster than that is let go. */
const MOST_LOOKS = 100_000;

/** Throws LinuxError (EPERM: may not, or another traces it; ESRCH: it has ended). */
export function attachAll({ pid, tid }: EngineTarget, table: TraceeTable): void {
  if (tid !== null) {
    ptraceSeize(tid, TRACE_OPTIONS);
    table.add(pid, tid);
    return;
  }
  let calm = 0;
  for (let look = 0; calm < CALM_LOOKS && look < MOST_LOOKS; look++) calm = attachNew(pid, table) ? 0 : calm + 1;
  // A thread that has ended since will say so; a process without any was gone before.
  if (table.process(pid) === undefined) ptraceSeize(pid, TRACE_OPTIONS);
}

/** Whether there was a thread that was not traced yet. */
function attachNew(pid: number, table: TraceeTable): boolean {
  let isNew = false;
  for (const tid of threadIds(pid)) if (table.get(tid) === undefined && seize(pid, tid, table)) isNew = true;
  return isNew;
}

function seize(pid: number, tid: number, table: TraceeTable): boolean {
  try {
    ptraceSeize(tid, TRACE_OPTIONS);
    table.add(pid, tid);
    return true;
  } catch (error) {
    // ESRCH: it has ended. EPERM: a thread that one of ours has made meanwhile is traced already; or one that is ending, which may have made another
    // before: then it is looked again. A first thread that has ended while others go on stays so.
    if (isErrno(error, 'ESRCH')) return true;
    if (isErrno(error, 'EPERM') && table.size > 0) return tid !== pid && ENDING.has(threadState(pid, tid));
    throw error;
  }
}
