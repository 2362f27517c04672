// The indices of large files, kept in the user's cache folder: found again by build-id, checked before they are used, and made
// again where anything about them is wrong. Never throws: without a cache everything works, only slower.
//
//   0 magic, 8 bytes | 8 version u32 | 12 CRC-32 of what follows u32 | 16 bytes of the key u32 | 20 key, padded to 8 | content
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { crc32 } from 'node:zlib';
import type { IndexPart, IndexStore } from '../dwarf/index-store.js';

/** Which file an index is of. */
export interface IndexedFile {
  /** Lower-case hexadecimal. */
  readonly buildId: string;
  /** Of the file that dwz made, '' without one. */
  readonly alternateId: string;
  /** Bytes of the file. */
  readonly size: number;
}

const MAGIC = 'hwbkpt-x';
/** To be raised with every change of what an index holds, or of what is taken into it. */
const VERSION = 2;
const KEY_AT = 20;
const LARGEST = 1 << 30;
/** Files kept; the ones written longest ago go first. */
const MOST_FILES = 64;
const USER = process.getuid?.() ?? -1;

/** The index of `file`, in the folder of the user who runs this; null where there is no such folder to be had. */
export function indexCache(file: IndexedFile, folder: string | null = cacheFolder()): IndexStore | null {
  if (folder === null) return null;
  return {
    load: (part) => attempt(() => load(pathOf(folder, file, part), keyOf(file, part))),
    save: (part, bytes) => {
      attempt(() => save(folder, pathOf(folder, file, part), packed(keyOf(file, part), bytes)));
    },
  };
}

/** `$XDG_CACHE_HOME/hwbkpt`, else `~/.cache/hwbkpt`, made where its parent is the user's; null where it is not ours alone to write. */
export function cacheFolder(): string | null {
  const given = process.env['XDG_CACHE_HOME'];
  return attempt(() => {
    const parent = given?.startsWith('/') === true ? given : `${homedir()}/.cache`;
    mkdirOwn(parent);
    const folder = `${parent}/hwbkpt`;
    mkdirOwn(folder);
    const { uid, mode } = lstatSync(folder);
    // With sudo, HOME may be somebody else's: nothing of root's is left there.
    return uid === USER && (mode & 0o170022) === 0o040000 ? folder : null;
  });
}

function mkdirOwn(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function pathOf(folder: string, { buildId }: IndexedFile, part: IndexPart): string {
  return `${folder}/${buildId}.${part}`;
}

function keyOf({ buildId, alternateId, size }: IndexedFile, part: IndexPart): string {
  return `${part} ${buildId} ${alternateId} ${size}`;
}

function contentAt(keyBytes: number): number {
  return Math.ceil((KEY_AT + keyBytes) / 8) * 8;
}

function packed(key: string, content: Uint8Array): Uint8Array {
  const at = contentAt(Buffer.byteLength(key));
  const bytes = Buffer.alloc(at + content.length);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(Buffer.byteLength(key), 16);
  bytes.write(key, KEY_AT);
  bytes.set(content, at);
  bytes.writeUInt32LE(crc32(bytes.subarray(16)), 12);
  return bytes;
}

/** The content, where the file is whole and has this key. */
function unpacked(bytes: Buffer, key: string): Uint8Array | null {
  if (bytes.length < KEY_AT || bytes.toString('latin1', 0, 8) !== MAGIC || bytes.readUInt32LE(8) !== VERSION) return null;
  const length = bytes.readUInt32LE(16);
  if (KEY_AT + length > bytes.length || bytes.toString('utf8', KEY_AT, KEY_AT + length) !== key) return null;
  return crc32(bytes.subarray(16)) === bytes.readUInt32LE(12) ? bytes.subarray(contentAt(length)) : null;
}

function load(path: string, key: string): Uint8Array | null {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { uid, mode, size } = fstatSync(fd);
    if ((mode & 0o170022) !== 0o100000 || uid !== USER || size > LARGEST) return null;
    const bytes = Buffer.from(new ArrayBuffer(size));
    let done = 0;
    for (let got = -1; got !== 0 && done < size; done += got) got = readSync(fd, bytes, done, size - done, done);
    return done === size ? unpacked(bytes, key) : null;
  } finally {
    closeSync(fd);
  }
}

/** Whole or not at all, also with another process at the same: written under a name of its own, then renamed. */
function save(folder: string, path: string, bytes: Uint8Array): void {
  if (bytes.length > LARGEST) return;
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  const fd = openSync(temporary, 'wx', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  prune(folder);
}

function prune(folder: string): void {
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]+\.(variables|types|type-names)\b/.test(name));
  if (files.length <= MOST_FILES) return;
  const byAge = files.map((name) => ({ name, time: lstatSync(`${folder}/${name}`).mtimeMs })).sort((a, b) => a.time - b.time);
  for (const { name } of byAge.slice(0, files.length - MOST_FILES)) unlinkSync(`${folder}/${name}`);
}

/** What `act` gives, or null where anything about the file system keeps it from that. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
