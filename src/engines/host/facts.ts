// What a session may ask about processes and privileges: the part of linux/ that is no engine's own.
export { isErrno, type LinuxError } from '../../linux/errno.js';
export { ownPrivileges, type Privileges } from '../../linux/procfs/privileges.js';
export { executableKind, executablePath, isAlive, processStatus, threadIds, threadName } from '../../linux/procfs/process.js';
export { likelySlotHolders, type SlotHolder } from '../../linux/procfs/slot-holders.js';
export type { Surroundings } from '../../linux/surroundings.js';
