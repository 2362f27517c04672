// A section's bytes as the compiler wrote them: read from the file and, where the linker compressed them, inflated.
import type { Inflate } from '../bytes.js';
import { type ElfReader, viewOf } from './elf-reader.js';
import { SECTION_TYPE, type Section } from './section.js';

/** How compressed sections are read; a missing one makes them an ElfError (`compression`). */
export interface Decompressors {
  readonly inflate?: Inflate | undefined;
  readonly zstd?: Inflate | undefined;
}

/** Why there can be no decompressor, and what helps. */
const WITHOUT = {
  zlib: 'cannot be read here',
  zstd: 'takes Node.js 22.15 or later to read',
} as const;

/** deflate cannot do better than about 1:1032, zstd hardly better than 1:20,000: larger claims are broken headers, not data. */
const MOST_INFLATION = 1040;
const MOST_ZSTD_INFLATION = 32_768;
const MOST_BYTES = 0x7fff_ffff;

/** The section's bytes; empty for one without bytes in the file (.bss). Throws ElfError. */
export function sectionData(reader: ElfReader, section: Section, decompressors: Decompressors): Uint8Array {
  const what = `section ${section.name === '' ? section.index : section.name}`;
  if (section.type === SECTION_TYPE.empty) return new Uint8Array();
  const bytes = reader.bytes(section.offset, section.size, what);
  if (section.compressed) return decompressStandard(reader, bytes, { what, decompressors });
  if (section.name.startsWith('.zdebug_')) return decompressGnu(reader, bytes, { what, decompressors });
  return bytes;
}

interface Context {
  readonly what: string;
  readonly decompressors: Decompressors;
}

/**
 * SHF_COMPRESSED (the ELF standard's way):
 *
 *     0 type (1 zlib, 2 zstd)  4 -  8 size  16 align  24 stream...
 */
function decompressStandard(reader: ElfReader, bytes: Uint8Array, { what, decompressors }: Context): Uint8Array {
  if (bytes.length < 24) throw reader.error('corrupt', `${what} is too short for its compression header`);
  const view = viewOf(bytes);
  const type = view.getUint32(0, true);
  const size = reader.u64(view, 8, `the inflated size of ${what}`);
  const stream = bytes.subarray(24);
  if (type === 1) return run(reader, stream, { what, size, most: MOST_INFLATION, name: 'zlib', decompress: decompressors.inflate });
  if (type === 2) return run(reader, stream, { what, size, most: MOST_ZSTD_INFLATION, name: 'zstd', decompress: decompressors.zstd });
  throw reader.error('compression', `${what} is compressed in a way (${type}) that hwbkpt does not know`);
}

/**
 * .zdebug_* (the old GNU way):
 *
 *     0 'ZLIB'  4 size, big-endian  12 stream...
 */
function decompressGnu(reader: ElfReader, bytes: Uint8Array, { what, decompressors }: Context): Uint8Array {
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 4)) !== 'ZLIB') {
    throw reader.error('corrupt', `${what} does not begin with ZLIB`);
  }
  const view = viewOf(bytes);
  const size = view.getUint32(4) * 0x1_0000_0000 + view.getUint32(8);
  return run(reader, bytes.subarray(12), { what, size, most: MOST_INFLATION, name: 'zlib', decompress: decompressors.inflate });
}

interface Stream {
  readonly what: string;
  readonly size: number;
  /** Times the compressed size that `size` may be. */
  readonly most: number;
  readonly name: 'zlib' | 'zstd';
  readonly decompress: Inflate | undefined;
}

function run(reader: ElfReader, stream: Uint8Array, { what, size, most, name, decompress }: Stream): Uint8Array {
  if (decompress === undefined) throw reader.error('compression', `${what} is compressed with ${name}, which ${WITHOUT[name]}`);
  if (size > MOST_BYTES || size > (stream.length + 64) * most) {
    throw reader.error('corrupt', `${what} claims to inflate from ${stream.length} to ${size} bytes`);
  }
  let data: Uint8Array;
  try {
    data = decompress(stream, size);
  } catch (cause) {
    throw reader.error('corrupt', `${what} cannot be decompressed (${name})`, cause);
  }
  if (data.length !== size) throw reader.error('corrupt', `${what} inflates to ${data.length} bytes, not ${size}`);
  return data;
}
