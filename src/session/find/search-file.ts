// The file that keeps a search between calls: bytes that say whose memory was searched, for what, and which places are left.
//
//   8 bytes magic | u32 CRC-32 of all that follows | u32 length of the head | head: JSON | blocks
//   block:  u64 base | u32 places | u32 1 where it has values | u32 offset for each place | values
import { crc32 } from 'node:zlib';
import { sameBytes } from '../../model/format-value.js';
import { BadSearchFileError } from './errors.js';
import { type Block, countPlaces, type Places } from './places.js';
import { type FindType, isFindType } from './sought.js';

/** What a search has come to. */
export interface SearchState {
  /** Whose memory: see {@link TargetIdentity}. */
  readonly target: TargetIdentity;
  readonly type: FindType;
  readonly places: Places;
}

/** Names the searched memory for ever: a process by its start (and that of the system) too, the kernel by its boot. */
export type TargetIdentity =
  | { readonly kind: 'process'; readonly pid: number; readonly start: string }
  | { readonly kind: 'kernel'; readonly boot: string };

const MAGIC = new TextEncoder().encode('hwbkfnd1');
const FRONT_BYTES = 12;
const BLOCK_BYTES = 16;

interface Head {
  readonly target: TargetIdentity;
  readonly type: FindType;
  readonly size: number;
  /** Two digits a byte. */
  readonly common: string | null;
  readonly blocks: number;
  readonly places: number;
}

/** As bytes of a file. */
export function encodeSearch({ target, type, places }: SearchState): Uint8Array {
  const common = places.common === null ? null : Buffer.from(places.common).toString('hex');
  const head: Head = { target, type, size: places.size, common, blocks: places.blocks.length, places: countPlaces(places) };
  const written = new TextEncoder().encode(JSON.stringify(head));
  const body = Buffer.concat([word(written.length), written, ...places.blocks.flatMap(encodeBlock)]);
  return Buffer.concat([MAGIC, word(crc32(body)), body]);
}

function word(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function encodeBlock({ base, offsets, values }: Block): Uint8Array[] {
  const head = new DataView(new ArrayBuffer(BLOCK_BYTES));
  head.setBigUint64(0, base, true);
  head.setUint32(8, offsets.length, true);
  head.setUint32(12, values === null ? 0 : 1, true);
  const parts = [new Uint8Array(head.buffer), new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength)];
  return values === null ? parts : [...parts, values];
}

/** What {@link encodeSearch} made. Throws BadSearchFileError, naming `path`. */
export function decodeSearch(file: Uint8Array, path: string): SearchState {
  // A Buffer's slice() would not copy.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.length);
  const damaged = (what: string): BadSearchFileError =>
    new BadSearchFileError(`${path} is damaged: ${what}`, { hint: 'Begin a new search with `hwbkpt find VALUE`: it replaces the file.' });
  if (bytes.length < FRONT_BYTES || !sameBytes(bytes.subarray(0, MAGIC.length), MAGIC)) throw damaged('it does not begin as a search');
  const body = bytes.slice(FRONT_BYTES);
  if (crc32(body) !== wordAt(bytes, MAGIC.length)) throw damaged('its checksum is wrong');
  // What passes the checksum can only be wrong where somebody meant it to be.
  const headEnd = 4 + wordAt(body, 0);
  const head = headOf(body.subarray(4, headEnd));
  if (head === null) throw damaged('its head cannot be read');
  const blocks = decodeBlocks(body.slice(headEnd), head);
  if (blocks === null) throw damaged('its places cannot be read');
  const common = head.common === null ? null : new Uint8Array(Buffer.from(head.common, 'hex'));
  return { target: head.target, type: head.type, places: { size: head.size, blocks, common } };
}

/** Little-endian; 0 where there is none. */
function wordAt(bytes: Uint8Array, at: number): number {
  return at + 4 > bytes.length ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

function headOf(bytes: Uint8Array): Head | null {
  try {
    const head = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Head>;
    const { target, type, size, common, blocks } = head;
    const right = typeof type === 'string' && isFindType(type) && isIdentity(target) && isCount(size) && size > 0 && isCount(blocks);
    const rightCommon = common === null || (typeof common === 'string' && common.length === 2 * (size ?? 0));
    return right && rightCommon ? (head as Head) : null;
  } catch {
    return null;
  }
}

function isIdentity(target: Partial<TargetIdentity> | undefined): target is TargetIdentity {
  if (target?.kind === 'process') return isCount(target.pid) && typeof target.start === 'string';
  return target?.kind === 'kernel' && typeof target.boot === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** `bytes` begin at the start of their buffer. */
function decodeBlocks(bytes: Uint8Array, { size, common, blocks: count }: Head): Block[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const blocks: Block[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + BLOCK_BYTES > bytes.length) return null;
    const places = view.getUint32(at + 8, true);
    const hasValues = view.getUint32(at + 12, true) === 1;
    if (!hasValues && common === null) return null;
    const offsetsAt = at + BLOCK_BYTES;
    const valuesAt = offsetsAt + 4 * places;
    const end = valuesAt + (hasValues ? size * places : 0);
    if (end > bytes.length) return null;
    blocks.push({
      base: view.getBigUint64(at, true),
      // Copied, because values of odd sizes leave the next block anywhere.
      offsets: new Uint32Array(bytes.slice(offsetsAt, valuesAt).buffer),
      values: hasValues ? bytes.slice(valuesAt, end) : null,
    });
    at = end;
  }
  return at === bytes.length ? blocks : null;
}
