// Memory as one frame sees it: that of the process, and its variables that live in registers or were computed, at addresses of their own.
import type { FrameAccess, LocalPiece, LocalPlace } from '../../symbols/frame.js';
import type { ItemMemory } from './item.js';

/** Where no process has memory: addresses that are not canonical. */
const OUTSIDE = 0x00ff_0000_0000_0000n;
/** Room for each value. */
const ROOM = 0x1_0000n;
/** No variable of a real program lives in registers and is larger. */
const MOST_BYTES = 4096;

/** Reads outside what is kept here go to the process. */
export class FrameMemory implements ItemMemory {
  readonly #process: ItemMemory;
  readonly #kept: Uint8Array[] = [];

  constructor(process: ItemMemory) {
    this.#process = process;
  }

  /** Keeps bytes that are nowhere in the process. Returns their address here. */
  keep(bytes: Uint8Array): bigint {
    this.#kept.push(bytes);
    return OUTSIDE + BigInt(this.#kept.length - 1) * ROOM;
  }

  /** Whether `address` is of something kept here. */
  isKept(address: bigint): boolean {
    return address >= OUTSIDE && address < OUTSIDE + BigInt(this.#kept.length) * ROOM;
  }

  read(address: bigint, length: number): Uint8Array | null {
    if (!this.isKept(address)) return this.#process.read(address, length);
    const offset = Number((address - OUTSIDE) % ROOM);
    const bytes = this.#kept[Number((address - OUTSIDE) / ROOM)]?.subarray(offset, offset + length);
    return bytes?.length === length ? bytes : null;
  }
}

/** Whether what `memory` has at `address` is nowhere in the process. */
export function isKeptBy(memory: ItemMemory, address: bigint): boolean {
  return memory instanceof FrameMemory && memory.isKept(address);
}

/** The `size` bytes at a place that is no memory; null where one of them is not known. */
export function bytesAt(place: LocalPlace, size: number, frame: FrameAccess): Uint8Array | null {
  if (size > MOST_BYTES) return null;
  switch (place.kind) {
    case 'memory':
      return frame.read(place.address, size);
    case 'register':
      return fitting(registerBytes(frame.register(place.register)), size);
    case 'value':
      return fitting(place.bytes, size);
    case 'pieces':
      return gathered(place.pieces, size, frame);
    case 'none':
      return null;
  }
}

function registerBytes(word: bigint | null): Uint8Array | null {
  return word === null ? null : wordBytes(word);
}

/** Low byte first. */
export function wordBytes(word: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, word, true);
  return bytes;
}

function fitting(bytes: Uint8Array | null, size: number): Uint8Array | null {
  return bytes === null || bytes.length < size ? null : bytes.slice(0, size);
}

/** Pieces of whole bytes, one behind the other. */
function gathered(pieces: readonly LocalPiece[], size: number, frame: FrameAccess): Uint8Array | null {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const { place, bits, bitOffset } of pieces) {
    const length = bits / 8;
    if (!Number.isInteger(length) || bitOffset % 8 !== 0 || at + length > size) return null;
    const found = bytesAt(place, bitOffset / 8 + length, frame);
    if (found === null) return null;
    bytes.set(found.subarray(bitOffset / 8), at);
    at += length;
  }
  return at === size ? bytes : null;
}
