// How far the loader has got with a library: it maps the whole file first, and then each segment and the zeros over that.
import { SEGMENT_TYPE, type Segment } from '../symbols/elf/segment.js';
import type { MappedRange } from '../symbols/live/maps.js';

const PAGE = 0x1000;

/**
 * Whether the loader has mapped over an address what is to be there: the right part of the file, or memory of no file.
 * `segments` and `inFile` (the address before the load bias is added) are the library's, `range` is what is mapped there now.
 */
export function isInPlace(
  segments: readonly Segment[],
  inFile: bigint,
  at: { readonly range: MappedRange; readonly address: bigint },
): boolean {
  const { range, address } = at;
  if (range.path === '') return true;
  const offset = range.offset + Number(address - range.start);
  return segments.some((segment) => {
    const into = Number(inFile - segment.address);
    const isInside = segment.type === SEGMENT_TYPE.load && into >= 0 && into < segment.memorySize;
    const isRightPart = offset === segment.offset + into && offset < pageAfter(segment.offset + segment.fileSize);
    return isInside && isRightPart && (range.writable || !segment.writable);
  });
}

function pageAfter(offset: number): number {
  return Math.ceil(offset / PAGE) * PAGE;
}
