// What a session may ask about processes and privileges: the part of linux/ that is no engine's own.
export { VerifierError } from '../../linux/bpf/program.js';
export { type Refusal, refusalOf } from '../../linux/bpf/refusal.js';
export { isErrno, LinuxError } from '../../linux/errno.js';
export { mayWatchKernelMode, ownPrivileges, type Privileges } from '../../linux/procfs/privileges.js';
export { executableKind, executablePath, isAlive, processStatus, startTime, threadIds, threadName } from '../../linux/procfs/process.js';
export { likelySlotHolders, type SlotHolder } from '../../linux/procfs/slot-holders.js';
export { isOlderThan, type KernelVersion, type SecuritySettings, securitySettings } from '../../linux/security.js';
export type { Surroundings } from '../../linux/surroundings.js';
