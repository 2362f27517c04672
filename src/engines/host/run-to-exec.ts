// Lets a gated shell become the program it was started for, with the environment it was given rather than the one it would pass on.
//
// A shell sets variables of its own (PWD, IFS, OPTIND), and leaves out those whose names it cannot have. So at the entry to its execve the third
// argument is pointed back at the environment that the shell itself was started with, which lies untouched at the start of its stack:
//
//   start of the stack:  argc | argv[0] ... argv[argc-1] | null | envp[0] ... | null | auxiliary vector

import { stackStart } from '../../linux/procfs/process.js';
import {
  PTRACE_EVENT,
  PTRACE_OPTION,
  peekRegister,
  pokeRegister,
  ptraceInterrupt,
  ptraceSeize,
  ptraceSyscall,
} from '../../linux/ptrace.js';
import type { Launched } from '../../linux/spawn.js';
import { type WaitStatus, waitForChild } from '../../linux/wait.js';

const SYS_EXECVE = 59n;
/** What rax holds at the entry to a system call: -ENOSYS. */
const NOT_YET = -38n;

/** How the shell ended instead of becoming the program. */
export interface StartFailure {
  readonly kind: 'failed';
  /** As a shell reports it: 127 not found, 126 not executable. */
  readonly status: number;
}

/** Seizes the shell and runs it to its exec stop: null. Throws LinuxError where it cannot be traced; the program then runs untraced. */
export function runToExec(launched: Launched): StartFailure | null {
  const { pid } = launched;
  seizeOrRelease(launched);
  ptraceInterrupt(pid);
  let status = waitForChild(pid);
  launched.release();
  const environment = environmentOf(launched);
  for (;;) {
    if (status.kind === 'exited') return { kind: 'failed', status: status.status };
    if (status.kind === 'killed') return { kind: 'failed', status: 128 + status.signal };
    if (status.kind === 'stopped' && status.event === PTRACE_EVENT.EXEC) return null;
    if (status.kind === 'syscall' && environment !== null) giveEnvironment(pid, environment);
    ptraceSyscall(pid, signalOf(status));
    status = waitForChild(pid);
  }
}

function seizeOrRelease(launched: Launched): void {
  try {
    ptraceSeize(launched.pid, PTRACE_OPTION.TRACEEXEC | PTRACE_OPTION.TRACESYSGOOD);
  } catch (error) {
    launched.release();
    throw error;
  }
}

function environmentOf({ pid, argumentCount }: Launched): bigint | null {
  const start = stackStart(pid);
  return start === null ? null : start + 8n * BigInt(argumentCount + 2);
}

function giveEnvironment(pid: number, environment: bigint): void {
  if (peekRegister(pid, 'originalRax') !== SYS_EXECVE || BigInt.asIntN(64, peekRegister(pid, 'rax')) !== NOT_YET) return;
  pokeRegister(pid, 'rdx', environment);
}

/** The signal to pass on when a stopped process goes on: a real signal, not one of ptrace's own stops. */
export function signalOf(status: WaitStatus): number {
  return status.kind === 'stopped' && status.event === 0 ? status.signal : 0;
}
