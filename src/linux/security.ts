// What decides, beside capabilities, about BPF and about reading the kernel: lockdown, sysctls, filters, limits, the kernel's version.
import { release } from 'node:os';
import { resourceLimit } from './limits.js';
import { inUserNamespace } from './procfs/privileges.js';
import { processStatus } from './procfs/process.js';
import { readNumber, readText } from './procfs/read.js';

/** How far the kernel is locked against root (lockdown(7) of kernel_lockdown). */
export type Lockdown = 'none' | 'integrity' | 'confidentiality';

export interface SecuritySettings {
  /** null: this kernel has no lockdown, or securityfs is not shown here. */
  readonly lockdown: Lockdown | null;
  /** kernel.unprivileged_bpf_disabled: 0, 1 or 2; null where the kernel has no BPF, or /proc/sys is hidden. */
  readonly unprivilegedBpfDisabled: number | null;
  /** net.core.bpf_jit_enable; null where it is not shown: only root may read it. 0: programs are interpreted. */
  readonly bpfJit: number | null;
  /** A seccomp filter judges this process's system calls, as in most containers. */
  readonly filtered: boolean;
  /** This process's capabilities count in a user namespace of its own only. */
  readonly inUserNamespace: boolean;
  /** Bytes that may be locked; Infinity: no limit. Before Linux 5.11 it bounds BPF maps. */
  readonly lockedMemory: number;
  readonly kernel: KernelVersion;
}

/** `6.1` of a release like `6.1.0-13-amd64`. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
}

/** Settings of this process and machine, read afresh. Throws LinuxError. */
export function securitySettings(): SecuritySettings {
  return {
    lockdown: parseLockdown(readText('/sys/kernel/security/lockdown')),
    unprivilegedBpfDisabled: readNumber('/proc/sys/kernel/unprivileged_bpf_disabled'),
    bpfJit: readNumber('/proc/sys/net/core/bpf_jit_enable'),
    filtered: (processStatus('self')?.seccomp ?? 0) === 2,
    inUserNamespace: inUserNamespace(),
    lockedMemory: resourceLimit('lockedMemory').soft,
    kernel: parseKernelVersion(release()),
  };
}

/** The word in brackets of `none [integrity] confidentiality`. */
export function parseLockdown(text: string | null): Lockdown | null {
  const word = /\[(none|integrity|confidentiality)\]/.exec(text ?? '')?.[1];
  return word === 'none' || word === 'integrity' || word === 'confidentiality' ? word : null;
}

/** 0.0 where a release begins with no version. */
export function parseKernelVersion(text: string): KernelVersion {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
  return { major: Number(major ?? 0), minor: Number(minor ?? 0) };
}

/** Whether `kernel` is older than a version like `5.8`. */
export function isOlderThan({ major, minor }: KernelVersion, version: string): boolean {
  const other = parseKernelVersion(version);
  return major < other.major || (major === other.major && minor < other.minor);
}
