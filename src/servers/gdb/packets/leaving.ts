// D, k, vKill: gdb lets go of a process, or ends it.
import { numberOfHex } from '../../../protocols/rsp/index.js';
import type { Packets } from '../packet.js';
import { OK, RefusedError } from '../replies.js';

export const leaving: Packets = {
  D: async (session, rest) => {
    const { steering, peer } = session;
    const args = rest.replace(/^;/, '');
    const pid = args === '' ? null : numberOfHex(args);
    if (args !== '' && (pid === null || !steering.processes.includes(pid))) throw new RefusedError('ESRCH', `no process ${args}`);
    const isLast = steering.processes.every((known) => known === pid || pid === null);
    if (pid !== null && !isLast) await steering.release(pid);
    else {
      await steering.releaseAll();
      await session.leave();
      // Whoever detaches from all has nothing more to say; the answer goes out first.
      peer.close();
    }
    return OK;
  },
  k: async ({ client, steering, peer }) => {
    for (const pid of steering.processes) await client.kill(pid);
    peer.close();
    return null;
  },
  vKill: async ({ steering }, args) => {
    const pid = numberOfHex(args);
    if (pid === null || !steering.processes.includes(pid)) throw new RefusedError('ESRCH', `no process ${args}`);
    await steering.kill(pid);
    return OK;
  },
  qAttached: ({ options }) => (options.attached ? '1' : '0'),
};
