// Which mapped ranges make up one loaded module, and how far it was moved from the addresses in its file.
import { SEGMENT_TYPE, type Segment } from '../elf/segment.js';
import type { MappedRange } from './maps.js';

/** One loading of a file: a file may be loaded twice (dlmopen) or also be mapped as plain data. */
export interface ModuleInstance {
  /** What to add to the addresses in the file. */
  readonly bias: bigint;
  readonly ranges: readonly MappedRange[];
  /** All data is there. Code may be mapped once more without its data (V8 does that), and then names no variables. */
  readonly complete: boolean;
}

const PAGE = 0x1000;

/** Groups the ranges of one file by load bias; those that no loader could have made (the file mapped as data) are left out. */
export function moduleInstances(segments: readonly Segment[], ranges: readonly MappedRange[]): ModuleInstance[] {
  const loaded = segments.filter((segment) => segment.type === SEGMENT_TYPE.load);
  const instances = new Map<bigint, MappedRange[]>();
  for (const range of ranges) {
    const biases = possibleBiases(loaded, range);
    const known = biases.find((bias) => instances.has(bias));
    const [first] = biases;
    if (known !== undefined) instances.get(known)?.push(range);
    else if (first !== undefined) instances.set(first, [range]);
  }
  const data = loaded.filter((segment) => segment.writable && segment.fileSize > 0);
  return [...instances]
    .map(([bias, parts]) => ({
      bias,
      ranges: parts,
      complete: data.every((segment) => isMapped(segment, bias, parts) && !isCovered(segment, bias, ranges)),
    }))
    .filter((instance) => mayBeLoaded(instance.ranges));
}

/** Whether a loader may have made these ranges of one file: with code, or with data whose code was moved to huge pages. */
export function mayBeLoaded(ranges: readonly MappedRange[]): boolean {
  return ranges.some((range) => range.executable) || (ranges.length > 1 && ranges.some((range) => range.writable && !range.shared));
}

function isMapped(segment: Segment, bias: bigint, ranges: readonly MappedRange[]): boolean {
  const start = BigInt.asUintN(64, segment.address + bias);
  return ranges.some((range) => start >= range.start && start < range.end);
}

/**
 * Whether the file still lies where the zeroed pages after the segment's data belong: the dynamic linker maps the whole file first, then the
 * segments over it, and zeroed pages last. Until then these pages show something else of the file.
 */
function isCovered(segment: Segment, bias: bigint, ranges: readonly MappedRange[]): boolean {
  const start = pageAfter(BigInt.asUintN(64, segment.address + BigInt(segment.fileSize) + bias));
  const end = pageAfter(BigInt.asUintN(64, segment.address + BigInt(segment.memorySize) + bias));
  return ranges.some((range) => range.start < end && range.end > start);
}

function pageAfter(address: bigint): bigint {
  return (address + BigInt(PAGE - 1)) & ~BigInt(PAGE - 1);
}

/**
 * The biases under which a segment's pages would lie where this range is. More than one is possible, because neighbouring segments
 * share a page of the file.
 */
function possibleBiases(loaded: readonly Segment[], range: MappedRange): bigint[] {
  return loaded.flatMap((segment) => {
    const head = segment.offset % PAGE;
    const into = range.offset - (segment.offset - head);
    if (into < 0 || range.offset >= segment.offset + segment.fileSize) return [];
    const bias = range.start - (segment.address - BigInt(head) + BigInt(into));
    return [BigInt.asUintN(64, bias)];
  });
}
