// Ways to a process that others may have: joins who has it, or takes it and lets others join.
import type { ClientRole } from '../../session/debug/index.js';
import type { Target } from '../../session/index.js';
import { attach } from '../../session/index.js';
import { startTime } from '../../session/process-start.js';
import { claim, reach, socketPath } from './claim.js';
import type { ShareHost } from './conversation.js';
import { BrokenConversationError, OwnerGoneError } from './errors.js';
import type { RemoteClient } from './remote-client.js';
import type { RunTarget, SharedOptions } from './run-target.js';
import { Sharing } from './sharing.js';
import { findWay, type Visitor, type Way } from './ways.js';

/** A way for a command that watches. */
export type CommandWay = Way<Target>;

/** To process `pid`, for a command that watches. Rejects with what attach rejects with. */
export async function wayToWatch(pid: number, options: SharedOptions, visitor: Visitor, isHandedOver = false): Promise<CommandWay> {
  const { engine = 'auto', inherit = 'threads' } = options;
  return await findWay<Target>(pid, {
    ...{ role: 'watches', needsStops: false, engine, inherit, visitor, isHandedOver },
    open: () => attach(pid, options),
    host: (target) => ({ inherit, join: joiner(target, visitor.name) }),
  });
}

/** Lets others join what a command watches itself; what that takes is loaded for the first one. */
function joiner(target: Target, owner: string): ShareHost['join'] {
  let shared: Promise<{ join: ShareHost['join'] }> | null = null;
  return async (who) => {
    shared ??= import('../../session/debug/index.js').then(({ SharedTarget }) => new SharedTarget(target, { disposes: false, owner }));
    return (await shared).join(who);
  };
}

/** Lets others join a target that this command has, also one it has launched; null where somebody has it already, or it cannot be shared. */
export async function shareTarget(target: Target, inherit: ShareHost['inherit'], visitor: Visitor): Promise<Sharing | null> {
  const { pid } = target;
  if (pid === null) return null;
  return await shareHost(pid, visitor, (start) => ({ pid, start, name: visitor.name, inherit, join: joiner(target, visitor.name) }));
}

/** For servers, whose clients have a hub already: others join it by `join`. Null where somebody has the process already, or it cannot be shared. */
export async function shareClients(
  about: Omit<ShareHost, 'join' | 'start' | 'name'>,
  visitor: Visitor,
  join: ShareHost['join'],
): Promise<Sharing | null> {
  return await shareHost(about.pid, visitor, (start) => ({ ...about, name: visitor.name, start, join }));
}

async function shareHost(pid: number, visitor: Visitor, makeHost: (start: string) => ShareHost): Promise<Sharing | null> {
  const start = startTime(pid);
  if (start === null) return null;
  const claimed = await claim(pid);
  if (claimed.kind === 'taken') claimed.socket.destroy();
  if (claimed.kind !== 'owner') return null;
  const sharing = new Sharing(claimed, visitor.clients);
  sharing.open(makeHost(start));
  return sharing;
}

/** A client of whoever has process `pid`; null where nobody has it, or he does not take us. */
export async function joinOwner(pid: number, name: string, role: ClientRole): Promise<RemoteClient | null> {
  const path = socketPath(pid);
  const start = startTime(pid);
  const socket = path === null || start === null ? null : await reach(path).catch(() => null);
  if (socket === null || start === null) return null;
  const { joinOver } = await import('./remote-client.js');
  try {
    return await joinOver(socket, { name, role, pid, start, engine: 'auto', inherit: null });
  } catch (error) {
    if (error instanceof OwnerGoneError || error instanceof BrokenConversationError || isRefusal(error)) return null;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'not-shared';
}

/** A target for a command: joined, or its own. `because`: why it is not shared, where that is for people to know. */
export interface OpenedTarget {
  readonly target: RunTarget;
  /** Null where it is joined, or alone. */
  readonly sharing: Sharing | null;
  readonly because: string | null;
}

/** Opens process `pid` for a command. Rejects with what attach rejects with. */
export async function openShared(pid: number, options: SharedOptions, visitor: Visitor): Promise<OpenedTarget> {
  const way = await wayToWatch(pid, options, visitor);
  if (way.kind === 'own') return { target: way.own, sharing: way.sharing, because: way.because };
  const { JoinedTarget } = await import('./joined-target.js');
  return { target: new JoinedTarget(way.client, { pid, options, visitor }), sharing: null, because: null };
}
