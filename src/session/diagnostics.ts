// The one place where a refusal of the kernel becomes advice: which sysctl, which capability, who holds the registers.

import { assertNever } from '../base/assert.js';
import type { HwbkptError } from '../base/errors.js';
import { ArmError } from '../engines/errors.js';
import {
  isAlive,
  likelySlotHolders,
  ownPrivileges,
  type Privileges,
  processStatus,
  type SlotHolder,
  securitySettings,
  VerifierError,
} from '../engines/host/facts.js';
import { refusedProgram } from './engine-advice.js';
import { CannotArmError, NoPermissionError, NoSlotError, NoSuchProcessError } from './errors.js';

/** One holder for people: `gdb (process 123) traces it`. */
export function holderText(holder: SlotHolder): string {
  const who = `${holder.name} (process ${holder.pid})`;
  switch (holder.how.kind) {
    case 'tracer':
      return `${who} traces it`;
    case 'perf':
      return `${who} has ${holder.how.descriptors} perf event${holder.how.descriptors === 1 ? '' : 's'} open`;
    default:
      return assertNever(holder.how);
  }
}

/** Why this user may not watch `pid` and what would change that. */
export function permissionHint(pid: number = process.pid, privileges: Privileges = ownPrivileges()): string {
  const owner = processStatus(pid)?.uids[0];
  if (owner !== undefined && owner !== privileges.uid && !privileges.sysPtrace)
    return `Process ${pid} belongs to user ${owner}, you are user ${privileges.uid}: run hwbkpt as that user or with sudo.`;
  const paranoid = privileges.perfEventParanoid;
  if (paranoid === null) return 'This kernel offers no perf events (CONFIG_PERF_EVENTS), or a container hides /proc/sys.';
  if (paranoid > 2 && !privileges.perfmon)
    return `kernel.perf_event_paranoid is ${paranoid}: run \`sudo sysctl kernel.perf_event_paranoid=2\`, or run hwbkpt with sudo or CAP_PERFMON.`;
  return 'A security module or a container filter (seccomp) refuses perf_event_open: run hwbkpt outside the container, or with CAP_PERFMON.';
}

/** What is refused decides what would help. */
function refusalHint(pid: number, cause: string): string {
  return cause.startsWith('ptrace') ? traceHint(pid, ownPrivileges()) : permissionHint(pid);
}

/** Why this user may not trace `pid`, and what would change that. */
export function traceHint(pid: number, privileges: Privileges): string {
  // A thread of the one who traces.
  const tracer = processStatus(processStatus(pid)?.tracer ?? 0);
  if (tracer?.tgid === process.pid) return 'This very program stops it already: share that target among several clients.';
  if (tracer !== null)
    return `${tracer.name} (process ${tracer.tgid}) traces it, and only one can: end that, or, where it is hwbkpt, join it (no --no-share on either side).`;
  const { ptraceScope, sysPtrace } = privileges;
  if ((ptraceScope ?? 0) > 0 && !sysPtrace)
    return `kernel.yama.ptrace_scope is ${ptraceScope}: run hwbkpt with sudo, or \`sudo sysctl kernel.yama.ptrace_scope=0\`. --engine perf does not trace.`;
  return 'A security module, a container filter (seccomp) or another user’s rights stand against ptrace: run hwbkpt with CAP_SYS_PTRACE. --engine perf does not trace.';
}

/** The engine's failure as an error with advice. Other errors pass unchanged. */
export function explainArmFailure(error: unknown): unknown {
  const refused = explainRefusedProgram(error);
  if (refused !== null) return refused;
  if (!(error instanceof ArmError)) return error;
  const { pid, failure } = error;
  if (!isAlive(pid)) return new NoSuchProcessError(pid, `process ${pid} has ended`);
  return explained(error, pid, failure);
}

/** Where the kernel's verifier does not take a program of ours: what is the matter with it. null: it is something else. */
export function explainRefusedProgram(error: unknown): CannotArmError | null {
  const cause = error instanceof ArmError ? error.cause : error;
  if (!(cause instanceof VerifierError)) return null;
  const { problem, advice } = refusedProgram(cause, { security: securitySettings() });
  return new CannotArmError(`cannot arm: ${problem}`, { hint: advice, cause: error });
}

function explained(error: ArmError, pid: number, failure: ArmError['failure']): HwbkptError {
  switch (failure) {
    case 'no-slot':
      return new NoSlotError(`no free debug register in process ${pid}: all 4 are taken`, { hint: slotHint(pid), cause: error });
    case 'no-permission':
      return new NoPermissionError(`may not watch process ${pid}: ${causeText(error)}`, {
        hint: refusalHint(pid, causeText(error)),
        cause: error,
      });
    case 'no-process':
      return new NoSuchProcessError(pid, `process ${pid} has ended`);
    case 'invalid':
      return new CannotArmError(`the kernel does not take this breakpoint: ${causeText(error)}`, {
        hint: 'Linux 5.13 or newer on x86-64 is needed; kernel addresses cannot be watched in a process.',
        cause: error,
      });
    case 'no-resources':
      return new CannotArmError(`out of resources while arming process ${pid}: ${causeText(error)}`, {
        hint: 'Each thread takes one descriptor for every CPU and register: raise the hard limit of open files (ulimit -Hn), or watch fewer threads with --tid.',
        cause: error,
      });
    case 'unsupported':
      return new CannotArmError(`this machine cannot do that: ${causeText(error)}`, {
        hint: 'Run `hwbkpt doctor` to see what works here.',
        cause: error,
      });
    default:
      return assertNever(failure);
  }
}

function causeText(error: ArmError): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function slotHint(pid: number): string {
  const holders = likelySlotHolders(pid);
  if (holders.length === 0)
    return 'Nobody else that this user may see holds perf events or traces it: other targets of this very program may, and as root `hwbkpt doctor --pid PID` sees everybody.';
  return `Likely holders: ${holders.map(holderText).join('; ')}.`;
}
