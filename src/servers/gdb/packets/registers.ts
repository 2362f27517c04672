// g, G, p, P: registers of one thread. g has the general ones only: gdb asks for the others by p where somebody wants to see them.
import { bytesOfHex, GENERAL_COUNT, hexOfBytes, numberOfHex, parseThreadId, type Register } from '../../../protocols/rsp/index.js';
import type { Packets } from '../packet.js';
import { OK, RefusedError } from '../replies.js';
import type { GdbSession } from '../session.js';

export const registers: Packets = {
  g: async (session, args) => {
    const layout = session.layout.slice(0, GENERAL_COUNT);
    const values = await session.registers.read(threadOf(session, args).tid, layout);
    return values.map((bytes, index) => (bytes === null ? 'xx'.repeat(layout[index]?.size ?? 0) : hexOfBytes(bytes))).join('');
  },
  G: async (session, args) => {
    const [hex = '', suffix = ''] = splitSuffix(args);
    const bytes = bytesOfHex(hex);
    if (bytes === null) throw new RefusedError('EINVAL', 'no registers');
    const changes = [];
    let at = 0;
    for (const register of session.layout) {
      if (at + register.size > bytes.length) break;
      changes.push({ register, bytes: bytes.subarray(at, at + register.size) });
      at += register.size;
    }
    await session.registers.write(threadOf(session, suffix).tid, changes);
    return OK;
  },
  p: async (session, args) => {
    const [number = '', suffix = ''] = splitSuffix(args);
    const register = registerOf(session, number);
    const [bytes] = await session.registers.read(threadOf(session, suffix).tid, [register]);
    return bytes === null || bytes === undefined ? 'xx'.repeat(register.size) : hexOfBytes(bytes);
  },
  P: async (session, args) => {
    const [assignment = '', suffix = ''] = splitSuffix(args);
    const [number = '', hex = ''] = assignment.split('=');
    const bytes = bytesOfHex(hex);
    if (bytes === null) throw new RefusedError('EINVAL', 'no value');
    await session.registers.write(threadOf(session, suffix).tid, [{ register: registerOf(session, number), bytes }]);
    return OK;
  },
};

function registerOf({ layout }: GdbSession, number: string): Register {
  const register = layout[numberOfHex(number) ?? -1];
  if (register === undefined) throw new RefusedError('EINVAL', `no register ${number}`);
  return register;
}

/** lldb says the thread behind: `;thread:TID;`. */
function splitSuffix(args: string): [string, string] {
  const at = args.indexOf(';');
  return at < 0 ? [args, ''] : [args.slice(0, at), args.slice(at)];
}

function threadOf(session: GdbSession, suffix: string): { readonly tid: number } {
  const text = /thread:([^;]+)/.exec(suffix)?.[1];
  if (text === undefined) return session.general;
  const id = parseThreadId(text);
  const thread = typeof id?.tid === 'number' ? session.threads.get(id.tid) : null;
  if (thread === null) throw new RefusedError('ESRCH', `no thread ${text}`);
  return thread;
}
