// Commands that share a process: joining whoever has it, and letting others join.
export type { JoinedTarget } from './joined-target.js';
export { joinOwner, type OpenedTarget, openShared, shareClients, shareTarget, type Visitor } from './open.js';
export type { RunTarget, RunWatch, SharedHit, SharedItem } from './run-target.js';
export { DEFAULT_CLIENTS, type Sharing } from './sharing.js';
