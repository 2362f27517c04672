// qGetTLSAddr: where a thread has its copy of a thread-local variable.
//
//   qGetTLSAddr:THREAD,OFFSET,LM      OFFSET in the block of the module whose link_map is at LM  ->  the address, in hex
import { addressOfHex, parseThreadId } from '../../../protocols/rsp/index.js';
import type { Packets } from '../packet.js';
import { RefusedError } from '../replies.js';

/** Of struct user_regs_struct. */
const FS_BASE = 21;

export const threadLocal: Packets = {
  qGetTLSAddr: async (session, args) => {
    const [thread = '', offset = '', map = ''] = args.split(',');
    const id = parseThreadId(thread);
    const [distance, linkMap] = [addressOfHex(offset), addressOfHex(map)];
    if (id === null || distance === null || linkMap === null) throw new RefusedError('EINVAL', 'qGetTLSAddr takes THREAD,OFFSET,LM');
    const known = typeof id.tid === 'number' ? session.threads.get(id.tid) : null;
    if (known === null) throw new RefusedError('ESRCH', 'no such thread');
    const pointer = (await session.registers.user(known.tid))[FS_BASE] ?? 0n;
    const block = session.threadBlocks.find(known.pid, linkMap, pointer);
    if (block.kind === 'none') throw new RefusedError('ENOENT', block.why);
    return BigInt.asUintN(64, block.address + distance).toString(16);
  },
};
