// Watches of a command whose process another hwbkpt has or had: armed by that one, and armed again by whoever has it next.
import type { TargetEvent } from '../../model/hit.js';
import type { ClientWatch } from '../../session/debug/index.js';
import type { WatchOptions } from '../../session/index.js';
import type { JoinedWatch } from './joined-watch.js';
import type { CommandWay } from './open.js';
import type { RemoteClient } from './remote-client.js';
import { namingHolders } from './slots-taken.js';

/** A dead owner's registers may be free a moment later. */
const SLOT_TRIES = 100;
const SLOT_PAUSE = 20;

/** A watch of the owner's. Rejects with what arming rejects with, and where there is no register free also with who holds them. */
export async function watchBy(client: RemoteClient, expression: string, options: WatchOptions): Promise<ClientWatch> {
  try {
    return await client.watch(expression, options);
  } catch (error) {
    throw await namingHolders(error, client);
  }
}

/** Arms `watch` by another way; returns what is to be said of that. */
export async function watchAgain(way: CommandWay, watch: JoinedWatch): Promise<TargetEvent> {
  try {
    if (way.kind === 'joined') watch.joinedBy(await whenFree(() => watchBy(way.client, watch.expression, watch.options)));
    else watch.ownedBy(await whenFree(() => way.own.watch(watch.expression, watch.options)));
  } catch (error) {
    return { kind: 'watch-ended', watch: watch.info, reason: error instanceof Error ? error.message : String(error) };
  }
  if (!watch.isArmed) return { kind: 'waiting', watch: watch.info };
  return { kind: 'armed-again', watch: watch.info, threads: watch.arming.threads };
}

/** What `arm` makes, once there are free registers. */
async function whenFree<T>(arm: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await arm();
    } catch (error) {
      if (round === SLOT_TRIES || !(error instanceof Error && 'code' in error && error.code === 'no-slot')) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, SLOT_PAUSE));
  }
}
