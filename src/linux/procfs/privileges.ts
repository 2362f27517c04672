// What this process may do: capabilities and the sysctls that decide about perf and ptrace.
import { processStatus } from './process.js';
import { readNumber, readText } from './read.js';

/** Bit numbers of capabilities (include/uapi/linux/capability.h). */
const CAPABILITY = { SYS_PTRACE: 19, SYS_ADMIN: 21, PERFMON: 38, BPF: 39 } as const;

/** Capabilities that count only in a user namespace of this process's own are not told, but for CAP_SYS_PTRACE, which counts there. */
export interface Privileges {
  readonly uid: number;
  readonly sysPtrace: boolean;
  readonly sysAdmin: boolean;
  readonly perfmon: boolean;
  readonly bpf: boolean;
  /** kernel.perf_event_paranoid; null where the kernel has none. Some distributions ship 3 or 4: no unprivileged perf at all. */
  readonly perfEventParanoid: number | null;
  /** kernel.yama.ptrace_scope; null without Yama. */
  readonly ptraceScope: number | null;
  readonly kptrRestrict: number | null;
}

/** Privileges of this process, read afresh. */
export function ownPrivileges(): Privileges {
  const capabilities = processStatus('self')?.capabilities ?? 0n;
  const has = (bit: number): boolean => ((capabilities >> BigInt(bit)) & 1n) === 1n;
  const hasEverywhere = (bit: number): boolean => has(bit) && !inUserNamespace();
  const sysAdmin = hasEverywhere(CAPABILITY.SYS_ADMIN);
  return {
    uid: process.getuid?.() ?? -1,
    sysPtrace: has(CAPABILITY.SYS_PTRACE),
    sysAdmin,
    perfmon: sysAdmin || hasEverywhere(CAPABILITY.PERFMON),
    bpf: sysAdmin || hasEverywhere(CAPABILITY.BPF),
    perfEventParanoid: readNumber('/proc/sys/kernel/perf_event_paranoid'),
    ptraceScope: readNumber('/proc/sys/kernel/yama/ptrace_scope'),
    kptrRestrict: readNumber('/proc/sys/kernel/kptr_restrict'),
  };
}

/**
 * True in another user namespace than the first, where perf and BPF ask for capabilities in vain (user_namespaces(7)): in a rootless container.
 * The first maps all ids to themselves; a kernel without such namespaces shows no map.
 */
export function inUserNamespace(): boolean {
  const map = readText('/proc/self/uid_map');
  return map !== null && !/^\s*0\s+0\s+4294967295\s*$/.test(map);
}

/** True where perf events may include what the kernel does (R-588, N-16). */
export function mayWatchKernelMode(privileges: Privileges): boolean {
  return privileges.perfmon || (privileges.perfEventParanoid ?? 4) <= 1;
}

/** The CPUs that are online, from a list like `0-3,6`. */
export function onlineCpus(): number[] {
  return parseCpuList(readText('/sys/devices/system/cpu/online') ?? '0');
}

/** `0-3,6` -> [0, 1, 2, 3, 6]. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}
