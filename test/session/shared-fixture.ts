// A fixture under the stop engine, shared by clients.
import { attachShared, type ClientRole, type SharedTarget } from '../../src/session/debug/index.js';
import type { TargetOptions } from '../../src/session/options.js';
import { type FreeTarget, startFreeTarget } from '../helpers/free-target.js';
import { Listener } from './listener.js';

/** What most clients watch. */
export const HP = 'state.players[2].hp';
/** rip in struct user_regs_struct. */
export const RIP = 16;

/** It, and the target that its clients share. */
export interface Shared {
  readonly process: FreeTarget;
  readonly shared: SharedTarget;
}

/** Starts fixture `name` and attaches to it. */
export async function share(name: string, args: readonly string[] = [], options: TargetOptions = {}): Promise<Shared> {
  const process = await startFreeTarget(name, { args });
  return { process, shared: await attachShared(process.tracee, options) };
}

/** One more client. */
export function join(shared: SharedTarget, name: string, role: ClientRole = 'controls'): Listener {
  return new Listener(shared.join({ name, role }));
}
