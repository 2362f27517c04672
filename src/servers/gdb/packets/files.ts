// vFile: files of the target's side, for gdb to read symbols from.
//
//   F RESULT [, ERRNO] [; DATA]      all numbers in hex; RESULT -1: see ERRNO
import { readlinkSync } from 'node:fs';
import { byteString, numberOfHex, textOfHex, textOfUtf8, utf8 } from '../../../protocols/rsp/index.js';
import { packStat } from '../file-stat.js';
import type { Packets } from '../packet.js';
import { ERRNO, RefusedError, UNKNOWN } from '../replies.js';
import type { GdbSession } from '../session.js';
import { PACKET_SIZE } from '../settings.js';

type Operation = (session: GdbSession, args: readonly string[]) => string;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  setfs: ({ files }, [pid]) => {
    files.pid = number(pid) === 0 ? null : number(pid);
    return 'F0';
  },
  open: ({ files }, [name, flags]) => {
    // O_RDONLY, whatever else is asked for.
    if ((number(flags) & 3) !== 0) throw new RefusedError('EACCES', 'files are opened for reading only');
    return `F${files.open(path(name)).toString(16)}`;
  },
  pread: ({ files }, [file, count, offset]) => {
    const bytes = files.read(number(file), Math.min(number(count), PACKET_SIZE / 2), number(offset));
    return `F${bytes.length.toString(16)};${byteString(bytes)}`;
  },
  fstat: ({ files }, [file]) => {
    const bytes = packStat(files.stat(number(file)));
    return `F${bytes.length.toString(16)};${byteString(bytes)}`;
  },
  close: ({ files }, [file]) => {
    files.close(number(file));
    return 'F0';
  },
  readlink: ({ files }, [name]) => {
    const link = utf8(readLink(files.path(path(name))));
    return `F${link.length.toString(16)};${link}`;
  },
};

export const files: Packets = {
  vFile: (session, args) => {
    const colon = args.indexOf(':');
    const name = args.slice(0, Math.max(colon, 0));
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    if (operation === undefined) return UNKNOWN;
    try {
      return operation(session, args.slice(colon + 1).split(','));
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return `F-1,${ERRNO[error.errno].toString(16)}`;
    }
  },
};

function number(text: string | undefined): number {
  const value = numberOfHex(text ?? '');
  if (value === null) throw new RefusedError('EINVAL', 'no number');
  return value;
}

function path(hex: string | undefined): string {
  const bytes = textOfHex(hex ?? '');
  if (bytes === null || bytes === '' || bytes.includes('\0')) throw new RefusedError('EINVAL', 'no path');
  return textOfUtf8(bytes);
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    throw new RefusedError('EINVAL', `${path} is no link`);
  }
}
