// Z and z: breakpoints and watchpoints. A breakpoint that gdb would write into code (Z0) takes a slot; one of its own, on the dynamic linker or on
// longjmp, takes one only while nobody else wants it.
import { addressOfHex, numberOfHex } from '../../../protocols/rsp/index.js';
import type { Answer, Packets } from '../packet.js';
import type { Point, PointType } from '../points.js';
import { refusalOf } from '../refusals.js';
import { OK, RefusedError, UNKNOWN } from '../replies.js';
import type { GdbSession } from '../session.js';

export const points: Packets = {
  Z: async (session, args) => {
    const asked = parsePoint(session, args);
    if (asked === null || isGdbsOwnBusiness(session, asked)) return UNKNOWN;
    const point = asked.kind === 'code' ? served(session, asked) : asked;
    return insert(session, point);
  },
  z: (session, args) => {
    const asked = parsePoint(session, args);
    if (asked === null || isGdbsOwnBusiness(session, asked)) return UNKNOWN;
    session.points.remove(asked.kind === 'code' ? served(session, asked) : asked);
    return OK;
  },
};

/**
 * With --int3 gdb writes its software breakpoints itself. No x86 register is hit by reads only: a gdb that is told so (by no answer) takes an access
 * watchpoint for `rwatch`, and passes by what has changed the value; one that is not told takes every write for a read. lldb expects neither.
 */
function isGdbsOwnBusiness({ options, settings }: GdbSession, { type }: Point): boolean {
  return (type === 0 && options.int3) || (type === 3 && !settings.isLldb);
}

/** `TYPE,ADDRESS,KIND` and for us nothing behind; null: no such type. Throws RefusedError. */
function parsePoint({ pid }: GdbSession, args: string): Point | null {
  const [typeText = '', addressText = '', kindText = ''] = (args.split(';')[0] ?? '').split(',');
  const type = numberOfHex(typeText);
  if (type === null || type > 4) return null;
  const [address, length] = [addressOfHex(addressText), numberOfHex(kindText)];
  if (address === null || length === null) throw new RefusedError('EINVAL', 'Z takes TYPE,ADDRESS,KIND');
  if (type < 2) return { pid, type: type as PointType, kind: 'code', address, length: 1, isOptional: false };
  if (length < 1) throw new RefusedError('EINVAL', 'a watchpoint of no bytes');
  return { pid, type: type as PointType, kind: 'data', address, length, isOptional: false };
}

/** What is armed for a breakpoint. */
function served(session: GdbSession, asked: Point): Point {
  if (asked.type !== 0) return asked;
  const landmark = session.landmark(asked.address);
  if (landmark === null) return asked;
  if (landmark.kind === 'jump') return { ...asked, isOptional: true };
  return { ...asked, kind: 'linker', address: landmark.announcement, isOptional: true };
}

async function insert({ points, peer }: GdbSession, point: Point): Promise<Answer> {
  try {
    await points.add(point);
    return OK;
  } catch (error) {
    const refusal = refusalOf(error);
    if (point.isOptional) return OK;
    peer.say(`refused ${point.kind === 'data' ? 'a watchpoint' : 'a breakpoint'} at 0x${point.address.toString(16)}: ${refusal.message}`);
    throw refusal;
  }
}
