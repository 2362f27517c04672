// What a command that has joined is told when others of the same owner hold the registers it needs: who they are, and what would help.
import { CoverError } from '../../registers/index.js';
import type { SlotUse } from '../../session/debug/index.js';
import { NoSlotError } from '../../session/index.js';
import type { RemoteClient } from './remote-client.js';

/** Registers of a processor. */
const SLOTS = 4;

/** `error`, or where it is the fault of others, an error that names them. */
export async function namingHolders(error: unknown, client: RemoteClient): Promise<unknown> {
  if (!(error instanceof CoverError) || error.slotsNeeded > SLOTS) return error;
  const others = (await client.slots()).filter((slot) => slot.armed && slot.client !== client.name);
  if (others.length === 0) return error;
  return new NoSlotError(shortage(error, client.pid), {
    cause: error,
    hint: `hwbkpt ${client.owner.pid} has the process, and shares them among: ${listed(others)}. With --priority a watch waits for its turn, or takes what lower ones have.`,
  });
}

function shortage({ slotsNeeded, slotsFree }: CoverError, pid: number): string {
  if (slotsFree === 0) return `no free debug register in process ${pid}: all ${SLOTS} are taken`;
  return `not enough free debug registers in process ${pid}: ${slotsNeeded} are needed, ${slotsFree} ${slotsFree === 1 ? 'is' : 'are'} free`;
}

/** `watch 4711 (a, b); gdb (c)`. */
function listed(slots: readonly SlotUse[]): string {
  const byClient = new Map<string, Set<string>>();
  for (const { client, expression } of slots) byClient.set(client, new Set([...(byClient.get(client) ?? []), expression]));
  return [...byClient].map(([client, expressions]) => `${client} (${[...expressions].join(', ')})`).join('; ');
}
