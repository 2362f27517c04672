// m, M, X: memory of the chosen process.
import { bytesOf, bytesOfHex, hexOfBytes, rangeOfHex } from '../../../protocols/rsp/index.js';
import type { Packets } from '../packet.js';
import { OK, RefusedError } from '../replies.js';
import type { GdbSession } from '../session.js';
import { PACKET_SIZE } from '../settings.js';

const PAGE = 4096n;

export const memory: Packets = {
  m: async (session, args) => {
    const range = rangeOfHex(args);
    if (range === null) throw new RefusedError('EINVAL', 'm takes ADDRESS,LENGTH');
    if (range.length === 0) return '';
    const bytes = await read(session, range.address, Math.min(range.length, PACKET_SIZE / 2));
    if (bytes === null) throw new RefusedError('EFAULT', `nothing is mapped at 0x${range.address.toString(16)}`);
    return hexOfBytes(bytes);
  },
  M: (session, args) => {
    const { address, length, data } = splitWrite(args);
    const bytes = bytesOfHex(data);
    if (bytes === null || bytes.length !== length) throw new RefusedError('EINVAL', 'the data is not as long as was said');
    return write(session, address, bytes);
  },
  X: (session, args) => {
    const { address, length, data } = splitWrite(args);
    if (data.length !== length) throw new RefusedError('EINVAL', 'the data is not as long as was said');
    return write(session, address, bytesOf(data));
  },
};

/** As many bytes as are mapped from there on; null: none. */
async function read({ client, pid }: GdbSession, address: bigint, length: number): Promise<Uint8Array | null> {
  const all = await client.readMemory(pid, address, length);
  const toPageEnd = Number(PAGE - (address % PAGE));
  if (all !== null || length <= toPageEnd) return all;
  return client.readMemory(pid, address, toPageEnd);
}

function splitWrite(args: string): { readonly address: bigint; readonly length: number; readonly data: string } {
  const colon = args.indexOf(':');
  const range = rangeOfHex(args.slice(0, Math.max(colon, 0)));
  if (range === null) throw new RefusedError('EINVAL', 'a write takes ADDRESS,LENGTH:DATA');
  return { ...range, data: args.slice(colon + 1) };
}

async function write({ client, pid, options, int3s, peer }: GdbSession, address: bigint, bytes: Uint8Array): Promise<string> {
  // gdb asks whether X is known by a write of nothing.
  if (bytes.length === 0) return OK;
  if (!options.int3 && (await int3s.wouldWrite(pid, address, bytes))) {
    const text = `refused to write int3 into code at 0x${address.toString(16)}: it would kill the target if the server were killed; --int3 allows it`;
    peer.say(text);
    throw new RefusedError('EACCES', text);
  }
  await client.writeMemory(pid, address, bytes);
  int3s.note(address, bytes);
  return OK;
}
