// Why the bpf engine does not work on a machine, and what would help: which capability, which setting, which kernel.
import { assertNever } from '../base/assert.js';
import { HwbkptError } from '../base/errors.js';
import { ArmError } from '../engines/errors.js';
import {
  isOlderThan,
  type KernelVersion,
  LinuxError,
  mayWatchKernelMode,
  type Privileges,
  type Refusal,
  refusalOf,
  type SecuritySettings,
  VerifierError,
} from '../engines/host/facts.js';

/** What keeps something from working, in words for people. */
export interface Obstacle {
  /** What is the matter; part of a sentence. */
  readonly problem: string;
  /** What would help; whole sentences. */
  readonly advice: string;
}

/** What is allowed here. */
export interface Allowed {
  readonly privileges: Privileges;
  readonly security: SecuritySettings;
}

const CONTAINER =
  'In a container: `--cap-add BPF --cap-add PERFMON`, and a seccomp profile that lets bpf(2) and perf_event_open(2) through.';
const REPORT = 'This is a mistake of hwbkpt: please report it with this text.';
const NEWER = 'A newer kernel would help.';

/** Why the bpf engine's trial has ended with `error`. */
export function bpfObstacle(error: unknown, allowed: Allowed): Obstacle {
  if (error instanceof ArmError && error.cause !== undefined) return bpfObstacle(error.cause, allowed);
  if (error instanceof VerifierError) return refusedProgram(error, allowed);
  if (error instanceof LinuxError) return failedCall(error, allowed);
  const problem = error instanceof Error ? error.message : String(error);
  return { problem, advice: (error instanceof HwbkptError ? error.hint : undefined) ?? REPORT };
}

/** Where the verifier does not take a program. */
export function refusedProgram(error: VerifierError, { security }: Pick<Allowed, 'security'>): Obstacle {
  const refusal = refusalOf(error);
  switch (refusal.kind) {
    case 'too-long':
      return {
        problem: `the program of ${error.instructions} instructions is longer than this kernel's verifier follows`,
        advice: 'Shorten the condition, or use --engine perf, which tests it outside the kernel.',
      };
    case 'no-helper':
      return missingHelper(refusal, security);
    case 'no-instruction':
      return {
        problem: `this kernel (${versionText(security.kernel)}) does not know ${refusal.name}, which came with Linux ${refusal.since}`,
        advice: NEWER,
      };
    case 'faulty':
      return { problem: error.message, advice: [REPORT, ...refusal.lines].join('\n') };
    default:
      return assertNever(refusal);
  }
}

function missingHelper({ name, since }: Extract<Refusal, { kind: 'no-helper' }>, { kernel, lockdown }: SecuritySettings): Obstacle {
  // bpf_tracing_func_proto hides it then (security_locked_down(LOCKDOWN_BPF_READ_KERNEL), kernel/trace/bpf_trace.c).
  if (name.startsWith('bpf_probe_read_kernel') && lockdown === 'confidentiality')
    return {
      problem: 'kernel lockdown (confidentiality) forbids programs to read the memory of the kernel',
      advice: 'Processes can be watched; the kernel only after a boot without lockdown=confidentiality.',
    };
  if (since !== null && isOlderThan(kernel, since))
    return { problem: `this kernel (${versionText(kernel)}) has no ${name}, which came with Linux ${since}`, advice: NEWER };
  return { problem: `this kernel does not let programs on breakpoints call ${name}`, advice: REPORT };
}

function failedCall(error: LinuxError, allowed: Allowed): Obstacle {
  switch (error.errno) {
    case 'EPERM':
    case 'EACCES':
      return forbidden(error, allowed);
    case 'ENOSYS':
      return noCall(error, allowed.security);
    case 'ENOSPC':
      return { problem: `no free debug register (${error.message})`, advice: '`hwbkpt doctor` names likely holders, as root all of them.' };
    case 'ENOMEM':
    case 'E2BIG':
    case 'EMFILE':
    case 'ENFILE':
    case 'EAGAIN':
      return { problem: `out of resources (${error.message})`, advice: 'Free memory or descriptors, or raise the limits (`ulimit -a`).' };
    default:
      return error.call === 'bpf' ? unknownToBpf(error, allowed.security) : noBreakpoints(error);
  }
}

function unknownToBpf({ errno, message }: LinuxError, { kernel }: SecuritySettings): Obstacle {
  if (errno === 'EINVAL' && isOlderThan(kernel, '5.8'))
    return { problem: `this kernel (${versionText(kernel)}) has no BPF ring buffers, which came with Linux 5.8`, advice: NEWER };
  return { problem: message, advice: REPORT };
}

function noBreakpoints({ message }: LinuxError): Obstacle {
  return {
    problem: `this kernel runs no programs on hardware breakpoints (${message})`,
    advice: 'It needs CONFIG_BPF_SYSCALL, CONFIG_PERF_EVENTS and CONFIG_HAVE_HW_BREAKPOINT; some hypervisors hide the debug registers.',
  };
}

/** Filters of containers may answer ENOSYS too. */
function noCall({ call, message }: LinuxError, { filtered }: SecuritySettings): Obstacle {
  const needs = call === 'bpf' ? 'CONFIG_BPF_SYSCALL' : 'CONFIG_PERF_EVENTS';
  if (filtered) return { problem: `this kernel has no ${call}, or a container's filter hides it (${message})`, advice: CONTAINER };
  return { problem: `this kernel has no ${call} (${message})`, advice: `A kernel built with ${needs} would help.` };
}

/** EPERM and EACCES have many fathers: the likeliest first. */
function forbidden(error: LinuxError, { privileges, security }: Allowed): Obstacle {
  if (security.inUserNamespace)
    return {
      problem: `capabilities of a user namespace do not count for BPF (${error.message})`,
      advice: 'Run hwbkpt outside of it: as root, not in a rootless container.',
    };
  const missing = missingCapabilities(privileges, security.kernel);
  if (missing.length > 0) return { problem: `no ${missing.join(' and no ')}`, advice: capabilityAdvice(missing, security) };
  if (isOlderThan(security.kernel, '5.11') && Number.isFinite(security.lockedMemory))
    return {
      problem: `before Linux 5.11 maps count as locked memory, of which ${security.lockedMemory / 1024} KiB are allowed (${error.message})`,
      advice: 'Raise it: `ulimit -l unlimited`.',
    };
  if (security.filtered) return { problem: `a container's filter (seccomp) forbids it (${error.message})`, advice: CONTAINER };
  return {
    problem: `a security module forbids it (${error.message})`,
    advice: 'Look for what SELinux, AppArmor or another module has denied: `dmesg | grep -i denied`, `ausearch -m avc`.',
  };
}

/** What loading a program on a breakpoint takes and this process has not. Before Linux 5.8 there was CAP_SYS_ADMIN alone. */
export function missingCapabilities({ bpf, perfmon, sysAdmin }: Privileges, kernel: KernelVersion): string[] {
  if (isOlderThan(kernel, '5.8')) return sysAdmin ? [] : ['CAP_SYS_ADMIN'];
  return [...(bpf ? [] : ['CAP_BPF']), ...(perfmon ? [] : ['CAP_PERFMON'])];
}

function capabilityAdvice(missing: readonly string[], { unprivilegedBpfDisabled, filtered }: SecuritySettings): string {
  const needed = missing.join(' and ');
  const sentences = [`Run hwbkpt with sudo or give it ${needed} (systemd: AmbientCapabilities=${missing.join(' ')}).`];
  if (unprivilegedBpfDisabled === 0) sentences.push('kernel.unprivileged_bpf_disabled=0 is not enough: it allows network filters only.');
  if (filtered) sentences.push(CONTAINER);
  return sentences.join(' ');
}

/** What the perf engine can do in its place with this privilege. */
export function perfInstead(privileges: Privileges): string {
  const { perfmon, perfEventParanoid: paranoid } = privileges;
  if (!perfmon && (paranoid === null || paranoid > 2))
    return 'The perf engine does not work without privilege here either: it takes CAP_PERFMON, or kernel.perf_event_paranoid of at most 2.';
  const blind = mayWatchKernelMode(privileges) ? '' : ' It does not see what the kernel writes into the process.';
  return `The perf engine (--engine perf) watches processes all the same: values are rebuilt from registers and conditions are tested outside the kernel, which costs more for each hit.${blind} The kernel itself cannot be watched with it.`;
}

/** What is left where there are no perf events. */
export const STOP_INSTEAD =
  'The stop engine (--engine stop) watches processes all the same, by the debug registers of their threads: each hit stops its thread for a moment.';

function versionText({ major, minor }: KernelVersion): string {
  return `${major}.${minor}`;
}
