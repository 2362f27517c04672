// Attaches to a running process.
import { readFileSync } from 'node:fs';
import { executablePath, isAlive, isErrno, ownPrivileges, processStatus, threadIds } from '../engines/host/facts.js';
import { attachedLifecycle } from '../engines/host/lifecycle.js';
import { chooseEngine } from './choose-engine.js';
import { explainArmFailure, permissionHint } from './diagnostics.js';
import { BadRequestError, NoPermissionError, NoSuchProcessError } from './errors.js';
import { openLiveProgram } from './live-program.js';
import type { TargetOptions } from './options.js';
import { outlivesItsLeader } from './process-state.js';
import type { Program } from './program.js';
import { Target } from './target.js';

/**
 * Begins to watch process `pid`; nothing is armed yet and the process does not notice.
 * Throws NoSuchProcessError, NoPermissionError, WrongArchitectureError, BadRequestError.
 */
export async function attach(pid: number, options: TargetOptions = {}): Promise<Target> {
  checkProcess(pid, options.tid);
  const { engine } = await chooseEngine(options.engine ?? 'auto');
  const lifecycle = attachedLifecycle(pid);
  const program = openIfThere(pid, options.tid);
  try {
    const session = engine.open({ pid, tid: options.tid ?? null, inherit: options.inherit ?? 'threads' });
    return new Target({ session, program, lifecycle, options });
  } catch (error) {
    program[Symbol.dispose]();
    throw explainArmFailure(error);
  }
}

/** It may end at any moment. */
function openIfThere(pid: number, tid: number | undefined): Program {
  try {
    return openLiveProgram(pid, tid);
  } catch (error) {
    throw isAlive(pid) ? error : new NoSuchProcessError(pid, `process ${pid} has ended`);
  }
}

function checkProcess(pid: number, tid: number | undefined): void {
  const status = processStatus(pid);
  if (status === null || (status.state === 'Z' && !outlivesItsLeader(pid))) throw new NoSuchProcessError(pid);
  if (status.state === 'Z')
    throw new BadRequestError(`the first thread of process ${pid} has ended`, {
      hint: 'Linux does not show the memory of such a process. Attach before that thread ends.',
    });
  if (status.tgid !== pid)
    throw new BadRequestError(`${pid} is a thread of process ${status.tgid}`, { hint: `Use --pid ${status.tgid} --tid ${pid}.` });
  if (pid === process.pid)
    throw new BadRequestError('a process cannot watch itself with this engine', { hint: 'Watch it from another hwbkpt.' });
  if (tid !== undefined && !threadIds(pid).some((id) => id === tid))
    throw new BadRequestError(`process ${pid} has no thread ${tid}`, { hint: `List its threads with \`ls /proc/${pid}/task\`.` });
  if (executablePath(pid) === null) throw unreadable(pid, status);
}

/** The process from which all threads of the kernel descend. */
const KTHREADD = 2;

/** /proc/PID/exe cannot be read: another user's process, one that is ending, or a kernel thread, which has none. */
function unreadable(pid: number, { uids: [owner], parent }: NonNullable<ReturnType<typeof processStatus>>): Error {
  const privileges = ownPrivileges();
  if (owner !== privileges.uid && !privileges.sysPtrace)
    return new NoPermissionError(`process ${pid} belongs to another user`, { hint: permissionHint(pid, privileges) });
  try {
    readFileSync(`/proc/${pid}/maps`);
  } catch (error) {
    if (isErrno(error, 'EACCES')) return new NoPermissionError(`may not look at process ${pid}`, { hint: permissionHint(pid, privileges) });
  }
  if (pid !== KTHREADD && parent !== KTHREADD) return new NoSuchProcessError(pid, `process ${pid} is just ending`);
  return new BadRequestError(`process ${pid} runs no program: it is a kernel thread`, {
    hint: 'Only user programs can be watched by --pid.',
  });
}
