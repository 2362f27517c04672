// Where the rest of a file's debug information is: .gnu_debuglink (a stripped file's) and .gnu_debugaltlink (dwz's shared part).
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
  /** Build-id of that file, lower-case hexadecimal. */
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
