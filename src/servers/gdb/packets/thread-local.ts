// qGetTLSAddr: where a thread has its copy of a thread-local variable.
//
//   qGetTLSAddr:THREAD,OFFSET,LM      OFFSET in the block of the module whose link_map is at LM  ->  the address, in hex
import { addressOfHex, parseThreadId } from '../../../protocols/rsp/index.js';
import type { NoThreadBlock } from '../../../symbols/thread-block.js';
import type { Packets } from '../packet.js';
import { RefusedError } from '../replies.js';
import type { GdbSession } from '../session.js';

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
    const block = await blockOf(session, known, linkMap);
    return BigInt.asUintN(64, block + distance).toString(16);
  },
};

async function blockOf(session: GdbSession, thread: { readonly pid: number; readonly tid: number }, linkMap: bigint): Promise<bigint> {
  const pointer = (await session.registers.user(thread.tid))[FS_BASE] ?? 0n;
  if (pointer === 0n) throw new RefusedError('ENOENT', 'the thread has no thread-local storage yet: the program is just starting');
  const image = session.images.of(thread.pid);
  // A static program has no link_map.
  const module = linkMap === 0n ? image.program : image.moduleOfLinkMap(linkMap);
  if (module === null) throw new RefusedError('ENOENT', `no module has its link_map at 0x${linkMap.toString(16)}`);
  const block = image.threadBlock(module, { kind: 'pointer', pointer });
  if (block.kind === 'at') return block.address;
  throw new RefusedError('ENOENT', `${module.name}: ${reasonOf(block)}`);
}

function reasonOf({ why }: NoThreadBlock): string {
  return why === 'not-allocated'
    ? 'the thread has not used its thread-local variables yet, and has no copy of them'
    : 'the C library does not tell where the thread has its thread-local variables';
}
