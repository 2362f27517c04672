// Candidates as bytes, for the index of large files that is kept between runs.
//
//   sizes of .debug_info, .debug_types u32 | units u32 | candidates u32
//   candidates x hash u32 | candidates x unit u32 | candidates x offset u32
import type { DwarfFile } from '../file.js';
import { Candidates } from './candidates.js';

const HEADER_WORDS = 4;
const LARGEST = 0xffff_ffff;

/** Null where the file is too large for offsets of 32 bits, or its entries are in other files, which may change. */
export function packCandidates(file: DwarfFile, candidates: Candidates): Uint8Array | null {
  if (file.sections.get('info').length > LARGEST || file.isSplit) return null;
  const { size } = candidates;
  const words = new Uint32Array(HEADER_WORDS + 3 * size);
  words.set(headerOf(file, size));
  words.set(candidates.hashes, HEADER_WORDS);
  words.set(candidates.units, HEADER_WORDS + size);
  words.set(candidates.offsets, HEADER_WORDS + 2 * size);
  return new Uint8Array(words.buffer);
}

/** The candidates in `bytes`, which are not copied; null where they are not of this file. */
export function unpackCandidates(file: DwarfFile, bytes: Uint8Array): Candidates | null {
  if (bytes.length < HEADER_WORDS * 4 || bytes.length % 4 !== 0 || bytes.byteOffset % 4 !== 0) return null;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const size = words[HEADER_WORDS - 1] ?? 0;
  if (words.length !== HEADER_WORDS + 3 * size || headerOf(file, size).some((word, i) => word !== words[i])) return null;
  const part = (number: number) => words.subarray(HEADER_WORDS + number * size, HEADER_WORDS + (number + 1) * size);
  // A file with units elsewhere is never packed.
  file.assumeWhole();
  return new Candidates(part(0), part(1), part(2));
}

function headerOf(file: DwarfFile, size: number): number[] {
  return [file.sections.get('info').length, file.sections.get('types').length, file.units.length, size];
}
