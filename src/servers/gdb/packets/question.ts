// `?`: why does the target stand? It does not yet, when the first one asks.
import type { Packets } from '../packet.js';
import { OK } from '../replies.js';

export const question: Packets = {
  '?': async ({ steering, settings }) => {
    await steering.applyPolicy();
    if (settings.nonStop && steering.ended === null) return (await steering.listStanding()) ?? OK;
    if (steering.ended === null) await steering.begin();
    return (await steering.lastStop()) ?? 'W00';
  },
  vStopped: ({ steering }) => steering.nextNotice() ?? OK,
};
