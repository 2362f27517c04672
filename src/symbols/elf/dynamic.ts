// The dynamic section: what the dynamic linker needs to know about a file, and the way to its symbols when the section table is gone.
import { as, type FileAddress } from '../../base/brand.js';
import { type ElfReader, viewOf } from './elf-reader.js';
import { offsetOfAddress, SEGMENT_TYPE, type Segment } from './segment.js';
import { stringAt } from './strings.js';

const TAG = { needed: 1, hash: 4, strings: 5, symbols: 6, stringsSize: 10, soname: 14, gnuHash: 0x6fff_fef5 } as const;

export interface Dynamic {
  /** Names of the libraries it needs, in order. */
  readonly needed: readonly string[];
  /** The name other files know it by (DT_SONAME), or null. */
  readonly soname: string | null;
}

type Values = ReadonlyMap<number, readonly number[]>;

/** What the file needs and is called. Never throws: a file without a readable dynamic section needs nothing. */
export function readDynamic(reader: ElfReader, segments: readonly Segment[]): Dynamic {
  const values = dynamicValues(reader, segments);
  const names = stringTable(reader, segments, values);
  const name = (offset: number) => stringAt(names, offset);
  const [soname] = values.get(TAG.soname) ?? [];
  return { needed: (values.get(TAG.needed) ?? []).map(name), soname: soname === undefined ? null : name(soname) };
}

/** .dynsym's entries and names as the dynamic section tells, for files without a section table; null where it does not. */
export function dynamicSymbols(reader: ElfReader, segments: readonly Segment[]): { entries: Uint8Array; names: Uint8Array } | null {
  const values = dynamicValues(reader, segments);
  const offset = placeOf(segments, values.get(TAG.symbols)?.[0]);
  const count = symbolCount(reader, segments, values);
  if (offset === null || count === 0 || offset + count * 24 > reader.source.size) return null;
  return { entries: reader.bytes(offset, count * 24, 'the dynamic symbols'), names: stringTable(reader, segments, values) };
}

/** Pairs of tag and value, 8 bytes each, up to DT_NULL. Values beyond 2^53 are left out: none of the wanted ones can be. */
function dynamicValues(reader: ElfReader, segments: readonly Segment[]): Values {
  const values = new Map<number, number[]>();
  const segment = segments.find((s) => s.type === SEGMENT_TYPE.dynamic);
  if (segment === undefined) return values;
  const view = viewOf(reader.source.read(segment.offset, segment.fileSize));
  for (let at = 0; at + 16 <= view.byteLength; at += 16) {
    const tag = Number(view.getBigInt64(at, true));
    if (tag === 0) break;
    const value = Number(view.getBigUint64(at + 8, true));
    if (!Number.isSafeInteger(value)) continue;
    const list = values.get(tag);
    if (list === undefined) values.set(tag, [value]);
    else list.push(value);
  }
  return values;
}

function placeOf(segments: readonly Segment[], address: number | undefined): number | null {
  return address === undefined ? null : offsetOfAddress(segments, as<FileAddress>(BigInt(address)));
}

function stringTable(reader: ElfReader, segments: readonly Segment[], values: Values): Uint8Array {
  const offset = placeOf(segments, values.get(TAG.strings)?.[0]);
  const [size] = values.get(TAG.stringsSize) ?? [];
  return offset === null || size === undefined ? new Uint8Array() : reader.source.read(offset, Math.min(size, reader.source.size));
}

/** The number of dynamic symbols is written nowhere; the hash tables imply it. 0: neither is readable. */
function symbolCount(reader: ElfReader, segments: readonly Segment[], values: Values): number {
  const hash = placeOf(segments, values.get(TAG.hash)?.[0]);
  if (hash !== null) {
    const head = reader.source.read(hash, 8);
    return head.length < 8 ? 0 : viewOf(head).getUint32(4, true);
  }
  const gnu = placeOf(segments, values.get(TAG.gnuHash)?.[0]);
  return gnu === null ? 0 : gnuHashCount(reader, gnu);
}

/**
 *     0 buckets  4 first symbol  8 bloom words (8 bytes each)  12 shift  16 bloom ...  buckets (4 each) ...  chains (4 each; odd: the last)
 */
function gnuHashCount(reader: ElfReader, offset: number): number {
  const table = viewOf(reader.source.read(offset, reader.source.size - offset));
  if (table.byteLength < 16) return 0;
  const buckets = table.getUint32(0, true);
  const first = table.getUint32(4, true);
  const bucketsAt = 16 + table.getUint32(8, true) * 8;
  const chainsAt = bucketsAt + buckets * 4;
  if (chainsAt > table.byteLength) return 0;
  let last = 0;
  for (let i = 0; i < buckets; i++) last = Math.max(last, table.getUint32(bucketsAt + i * 4, true));
  if (last < first) return first;
  for (let at = chainsAt + (last - first) * 4; at + 4 <= table.byteLength; at += 4, last++) {
    if ((table.getUint32(at, true) & 1) !== 0) return last + 1;
  }
  return 0;
}
