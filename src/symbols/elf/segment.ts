// The program headers: which parts of the file the loader maps where, and the map between file offsets and addresses that follows.
import { as, type FileAddress, type FileOffset } from '../../base/brand.js';
import { type ElfReader, fileAddressAt } from './elf-reader.js';
import { type Header, SEGMENT_BYTES } from './header.js';

/** p_type values that matter here. */
export const SEGMENT_TYPE = { load: 1, dynamic: 2, interpreter: 3, note: 4, tls: 7 } as const;

const PF_X = 1;
const PF_W = 2;

export interface Segment {
  readonly type: number;
  readonly executable: boolean;
  readonly writable: boolean;
  readonly offset: FileOffset;
  readonly address: FileAddress;
  /** Bytes in the file; the rest of `memorySize` is zeros (.bss). */
  readonly fileSize: number;
  readonly memorySize: number;
  /** A power of two, or 0. */
  readonly alignment: bigint;
}

/**
 * All segments in file order. Throws ElfError where the table is outside the file.
 *
 *     0 type  4 flags  8 offset  16 vaddr  24 paddr  32 filesz  40 memsz  48 align
 */
export function readSegments(reader: ElfReader, header: Header): Segment[] {
  const { offset, count } = header.segments;
  const view = reader.view(offset, count * SEGMENT_BYTES, `the program header table (${count} entries)`);
  return Array.from({ length: count }, (_, index) => {
    const at = index * SEGMENT_BYTES;
    const flags = view.getUint32(at + 4, true);
    return {
      type: view.getUint32(at, true),
      executable: (flags & PF_X) !== 0,
      writable: (flags & PF_W) !== 0,
      offset: as<FileOffset>(reader.u64(view, at + 8, `the offset of segment ${index}`)),
      address: fileAddressAt(view, at + 16),
      fileSize: reader.u64(view, at + 32, `the size of segment ${index}`),
      memorySize: reader.u64(view, at + 40, `the memory size of segment ${index}`),
      alignment: view.getBigUint64(at + 48, true),
    };
  });
}

/** The address that the byte at `offset` of the file is loaded at, or null where it is not loaded. */
export function addressOfOffset(segments: readonly Segment[], offset: FileOffset): FileAddress | null {
  const segment = segments.find((s) => s.type === SEGMENT_TYPE.load && offset >= s.offset && offset < s.offset + s.fileSize);
  return segment === undefined ? null : as<FileAddress>(segment.address + BigInt(offset - segment.offset));
}

/** Where in the file the byte loaded at `address` is, or null where no segment holds it or it is in the zeros after one. */
export function offsetOfAddress(segments: readonly Segment[], address: FileAddress): FileOffset | null {
  const segment = segments.find((s) => s.type === SEGMENT_TYPE.load && address >= s.address && address < s.address + BigInt(s.fileSize));
  return segment === undefined ? null : as<FileOffset>(segment.offset + Number(address - segment.address));
}

/** Lowest address and first address after the last byte of all loaded segments, or null where nothing is loaded. */
export function loadedSpan(segments: readonly Segment[]): { readonly start: FileAddress; readonly end: FileAddress } | null {
  const loaded = segments.filter((s) => s.type === SEGMENT_TYPE.load);
  const [first] = loaded;
  if (first === undefined) return null;
  let start = first.address;
  let end = first.address;
  for (const { address, memorySize } of loaded) {
    if (address < start) start = address;
    const after = as<FileAddress>(address + BigInt(memorySize));
    if (after > end) end = after;
  }
  return { start, end };
}
