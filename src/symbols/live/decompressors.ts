// How Node inflates compressed sections.
import * as zlib from 'node:zlib';
import type { Inflate } from '../bytes.js';
import type { Decompressors } from '../elf/section-data.js';

/** zlib always, zstd where this Node has it (22.15 and later). */
export function nodeDecompressors(): Decompressors {
  return { inflate: (bytes, size) => zlib.inflateSync(bytes, { maxOutputLength: Math.max(1, size) }), zstd: zstd() };
}

function zstd(): Inflate | undefined {
  if (!('zstdDecompressSync' in zlib) || typeof zlib.zstdDecompressSync !== 'function') return undefined;
  const decompress: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array = zlib.zstdDecompressSync.bind(zlib);
  return (bytes, size) => decompress(bytes, { maxOutputLength: Math.max(1, size) });
}
