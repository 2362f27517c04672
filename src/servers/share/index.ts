// Commands that share a process: joining whoever has it, and letting others join.
export type { JoinedTarget } from './joined-target.js';
export { joinOwner, type OpenedTarget, openShared, shareClients, shareTarget } from './open.js';
export type { RemoteClient } from './remote-client.js';
export type { RunTarget, RunWatch, SharedHit, SharedItem } from './run-target.js';
export { DEFAULT_CLIENTS, type Sharing } from './sharing.js';
export { findWay, isThere, type Visitor } from './ways.js';
