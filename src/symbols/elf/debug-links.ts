// Where the rest of a file's debug information is: .gnu_debuglink (a stripped file's), and .gnu_debugaltlink or DWARF 5's .debug_sup (dwz's
// shared part).
import { viewOf } from './elf-reader.js';
import { decode, hex, stringAt, stringEnd } from './strings.js';

/** The separate debug file of a stripped file. */
export interface DebugLink {
  /** File name without directories. */
  readonly name: string;
  /** CRC-32 (zlib's) of the whole debug file. */
  readonly crc: number;
}

/** The file that several debug files share (dwz). */
export interface DebugAltLink {
  /** Absolute, or relative to the directory of the file that holds the link. */
  readonly path: string;
  /** What tells that file, lower-case hexadecimal: its build-id, or the checksum in its .debug_sup. */
  readonly buildId: string;
}

/**
 * Reads .gnu_debuglink; null where it is broken.
 *
 *     name  NUL  padding to 4  crc32
 */
export function parseDebugLink(bytes: Uint8Array): DebugLink | null {
  const end = stringEnd(bytes, 0);
  const crcAt = Math.ceil((end + 1) / 4) * 4;
  const name = decode(bytes, 0, end);
  // A link is a plain name: one with a directory could point anywhere.
  if (name === '' || name.includes('/') || crcAt + 4 > bytes.length) return null;
  return { name, crc: viewOf(bytes).getUint32(crcAt, true) };
}

/**
 * Reads .gnu_debugaltlink; null where it is broken.
 *
 *     path  NUL  build-id...
 */
export function parseDebugAltLink(bytes: Uint8Array): DebugAltLink | null {
  const path = stringAt(bytes, 0);
  const id = bytes.subarray(stringEnd(bytes, 0) + 1);
  return path === '' || id.length === 0 || id.length > 64 ? null : { path, buildId: hex(id) };
}

/** What .debug_sup says. */
export interface Supplement {
  /** Whether this file is the shared part; else it uses one. */
  readonly isShared: boolean;
  /** Of the shared part, as in {@link DebugAltLink}. */
  readonly path: string;
  /** Of the shared part, lower-case hexadecimal. */
  readonly checksum: string;
}

/**
 * Reads .debug_sup (DWARF 5 section 7.3.6); null where it is broken.
 *
 *     version u16 (5)  is the shared part u8  path  NUL  bytes of the checksum (LEB128, here one byte)  checksum...
 */
export function parseSupplement(bytes: Uint8Array): Supplement | null {
  const [version, , shared] = bytes;
  const end = stringEnd(bytes, 3);
  const length = bytes[end + 1] ?? 0;
  const checksum = bytes.subarray(end + 2, end + 2 + length);
  if (version !== 5 || length === 0 || length > 64 || checksum.length !== length) return null;
  return { isShared: shared === 1, path: stringAt(bytes, 3), checksum: hex(checksum) };
}
