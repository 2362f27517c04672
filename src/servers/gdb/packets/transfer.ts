// qXfer: documents about the target, read in parts. What a signal says can be written too.
//
//   qXfer:OBJECT:read:ANNEX:OFFSET,LENGTH      m DATA: there is more | l DATA: that was the end
import { byteString, numberOfHex, textOfUtf8, utf8 } from '../../../protocols/rsp/index.js';
import { featuresDocument, librariesDocument, threadsDocument } from '../documents.js';
import type { Packets } from '../packet.js';
import { auxiliaryVector, executableOf } from '../procfs.js';
import { RefusedError, UNKNOWN } from '../replies.js';
import type { GdbSession } from '../session.js';
import { PACKET_SIZE } from '../settings.js';
import { writeSignalInfo } from '../signal-info.js';

/** Whole documents, as byte strings; null: there is none of this annex. */
const OBJECTS: Readonly<Record<string, (session: GdbSession, annex: string) => string | null | Promise<string | null>>> = {
  features: (session, annex) => (annex === 'target.xml' ? featuresDocument(session) : null),
  auxv: ({ pid }) => bytesOrNull(auxiliaryVector(pid)),
  'exec-file': ({ pid }, annex) => utf8(executableOf(annex === '' ? pid : (numberOfHex(annex) ?? pid)) ?? ''),
  'libraries-svr4': (session, annex) => librariesDocument(session, annex),
  threads: async (session) => {
    await session.learnThreads();
    return threadsDocument(session);
  },
  siginfo: async (session) => bytesOrNull(await session.client.signalInfo(session.general.tid)),
};

function bytesOrNull(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : byteString(bytes);
}

export const transfer: Packets = {
  qXfer: async (session, args) => {
    const [object = '', verb, annex = '', window = ''] = args.split(':');
    if (object === 'siginfo' && verb === 'write') return await writeSignalInfo(session, args);
    const read = Object.hasOwn(OBJECTS, object) ? OBJECTS[object] : undefined;
    if (read === undefined || verb !== 'read') return UNKNOWN;
    const [offset, length] = window.split(',').map(numberOfHex);
    if (typeof offset !== 'number' || typeof length !== 'number') throw new RefusedError('EINVAL', 'qXfer takes OFFSET,LENGTH');
    // From the beginning: the document is made. What follows is of the same one, whatever has changed since. Of siginfo gdb reads any part alone.
    const key = `${object}:${annex}`;
    if (offset === 0 || object === 'siginfo' || session.document.key !== key)
      session.document = { key, text: (await read(session, textOfUtf8(annex))) ?? null };
    const { text } = session.document;
    if (text === null) throw new RefusedError('ENOENT', `no ${object} ${annex}`);
    const part = text.slice(offset, offset + Math.min(length, PACKET_SIZE / 2));
    return `${offset + part.length < text.length ? 'm' : 'l'}${part}`;
  },
};
