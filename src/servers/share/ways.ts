// Ways to a process that others may have: joins who has it, or takes it and lets others join.
import { HwbkptError } from '../../base/errors.js';
import type { Inherit } from '../../model/access.js';
import type { ClientRole } from '../../session/debug/index.js';
import { isAlive, startTime } from '../../session/process-start.js';
import { claim } from './claim.js';
import type { ShareHost } from './conversation.js';
import { NotSharedError, OwnerGoneError } from './errors.js';
import type { RemoteClient } from './remote-client.js';
import { Sharing } from './sharing.js';

/** Who comes, and with how many others he shares what he has. */
export interface Visitor {
  /** For people: `watch 4711`. */
  readonly name: string;
  readonly clients: number;
}

/** The way that was found. */
export type Way<T> =
  | { readonly kind: 'joined'; readonly client: RemoteClient }
  /** `sharing` null: alone, `because` says why. */
  | { readonly kind: 'own'; readonly own: T; readonly sharing: Sharing | null; readonly because: string | null };

/** What is wanted of a process. */
export interface Search<T> {
  readonly role: ClientRole;
  /** An owner that stops nothing is of no use. */
  readonly needsStops: boolean;
  /** `auto`: any. */
  readonly engine: string;
  /** Null: any. */
  readonly inherit: Inherit | null;
  readonly visitor: Visitor;
  /** Takes the process. Rejects as attach does. */
  open(): Promise<T>;
  /** How others join what was taken. */
  host(own: T): Pick<ShareHost, 'inherit' | 'join'>;
  /** Somebody has just let go of the process, and may be a moment behind: what is refused is asked for again. */
  readonly isHandedOver: boolean;
}

/** Owners that are about to leave are asked so often. */
const TRIES = 50;
/** And one who has let go of a process may trace it still for so long, ms. */
const BEHIND = 2000;
const PAUSE = 20;

/** To process `pid`. Rejects with what `search.open` rejects with. */
export async function findWay<T>(pid: number, search: Search<T>): Promise<Way<T>> {
  const start = startTime(pid);
  if (start === null) return await alone(pid, search, null);
  for (let round = 0; round < TRIES; round++) {
    const claimed = await claim(pid);
    if (claimed.kind === 'impossible') return await alone(pid, search, claimed.because);
    if (claimed.kind === 'owner') return await own(search, new Sharing(claimed, search.visitor.clients), { pid, start });
    try {
      const { joinOver } = await import('./remote-client.js');
      const { role, engine, inherit, visitor } = search;
      const client = await joinOver(claimed.socket, { name: visitor.name, role, pid, start, engine, inherit });
      return { kind: 'joined', client: search.needsStops ? await steerable(client) : client };
    } catch (error) {
      if (!(error instanceof OwnerGoneError)) return await alone(pid, search, error instanceof Error ? error.message : String(error));
    }
    await pause();
  }
  return await alone(pid, search, 'the hwbkpt that has it does not answer');
}

/** Leaves an owner that cannot stop, and throws NotSharedError. */
async function steerable(client: RemoteClient): Promise<RemoteClient> {
  if (client.capabilities.stopsTarget) return client;
  await client[Symbol.asyncDispose]();
  const { owner, capabilities } = client;
  throw new NotSharedError(
    `hwbkpt ${owner.pid} (${owner.name}) has the process by the ${capabilities.name} engine, which stops nothing: end it, or start it with --engine stop, to share its debug registers`,
  );
}

async function alone<T>(pid: number, search: Search<T>, because: string | null): Promise<Way<T>> {
  try {
    return { kind: 'own', own: await opened(search), sharing: null, because };
  } catch (error) {
    if (because === null || !isRefused(error)) throw error;
    // Most likely by the very one that does not share it.
    const hint = `${because}. End that hwbkpt, or ask for what it does (--inherit, --engine).`;
    throw new NotSharedError(`process ${pid} cannot be had, and is not shared`, { hint, cause: error });
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof HwbkptError && error.code === 'no-permission';
}

async function own<T>(search: Search<T>, sharing: Sharing, about: Pick<ShareHost, 'pid' | 'start'>): Promise<Way<T>> {
  try {
    const target = await opened(search);
    sharing.open({ ...about, name: search.visitor.name, ...search.host(target) });
    return { kind: 'own', own: target, sharing, because: null };
  } catch (error) {
    await sharing.leave('it could not attach');
    throw error;
  }
}

async function opened<T>(search: Search<T>): Promise<T> {
  const deadline = performance.now() + (search.isHandedOver ? BEHIND : 0);
  for (;;) {
    try {
      return await search.open();
    } catch (error) {
      if (!isRefused(error) || performance.now() >= deadline) throw error;
    }
    await pause();
  }
}

/** Whether a process that began at `start` is there still; others may have its number by now. */
export function isThere(pid: number, start: string | null): boolean {
  return start !== null && startTime(pid) === start && isAlive(pid);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}
