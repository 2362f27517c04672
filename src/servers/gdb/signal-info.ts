// qXfer:siginfo:write: part of what the signal says that a thread stands for, changed before it is delivered.
//
//   qXfer:siginfo:write:ANNEX:OFFSET:DATA      ->  how many bytes were written, in hex
import { bytesOf, numberOfHex } from '../../protocols/rsp/index.js';
import { RefusedError } from './replies.js';
import type { GdbSession } from './session.js';

/** `args`: from the object's name on; DATA may hold colons. Throws RefusedError, and what the client throws. */
export async function writeSignalInfo(session: GdbSession, args: string): Promise<string> {
  const [, written = '', data = ''] = /^siginfo:write:[^:]*:([0-9a-fA-F]+):(.*)$/s.exec(args) ?? [];
  const offset = numberOfHex(written);
  const bytes = bytesOf(data);
  if (offset === null) throw new RefusedError('EINVAL', 'qXfer:siginfo:write takes OFFSET:DATA');
  const { tid } = session.general;
  const info = await session.client.signalInfo(tid);
  if (info === null) throw new RefusedError('EINVAL', `thread ${tid} does not stand for a signal: there is nothing to change`);
  if (offset + bytes.length > info.length) throw new RefusedError('EINVAL', `siginfo has ${info.length} bytes`);
  const changed = info.slice();
  changed.set(bytes, offset);
  await session.client.setSignalInfo(tid, changed);
  return bytes.length.toString(16);
}
