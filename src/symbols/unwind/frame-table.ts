// Finds the entry (FDE) that describes an address: by the linker's sorted index (.eh_frame_hdr), else by reading all entries once.
import { lastAtMost } from '../dwarf/bytes/growable.js';
import { DwarfError } from '../dwarf/error.js';
import { type Cie, type Fde, type FrameSection, readCie, readFde, readHead } from './entries.js';
import type { SectionAddress } from './pointers.js';

// .eh_frame_hdr, in the one table encoding that linkers write: pairs of signed 32-bit offsets from its start, sorted by place.
//
//     0 version (1)  1 encoding of pointer  2 encoding of count  3 encoding of table  4 pointer (4)  8 count (4)  12 table ...
const ENTRY_BYTES = 8;
const TABLE_AT = 12;
const DATA_RELATIVE_SIGNED_4 = 0x3b;
const UNSIGNED_4 = 0x03;
/** Entries read in one section at most; a broken one may hold as many as it has bytes. */
const MOST_ENTRIES = 4_000_000;

/** The bytes of .eh_frame_hdr and where they are loaded. */
export interface FrameIndex {
  readonly bytes: Uint8Array;
  readonly address: SectionAddress;
}

/** Look-ups throw nothing: what is broken is not found. */
export class FrameTable {
  readonly section: FrameSection;
  readonly #index: DataView | null;
  readonly #indexAddress: number;
  readonly #count: number;
  readonly #cies = new Map<number, Cie | null>();
  #scanned: Scanned | null = null;

  constructor(section: FrameSection, index: FrameIndex | null = null) {
    this.section = section;
    const view = index === null ? null : new DataView(index.bytes.buffer, index.bytes.byteOffset, index.bytes.byteLength);
    this.#index = view !== null && isSortedTable(view) ? view : null;
    this.#indexAddress = index?.address ?? 0;
    const room = this.#index === null ? 0 : Math.floor((this.#index.byteLength - TABLE_AT) / ENTRY_BYTES);
    this.#count = Math.min(this.#index?.getUint32(8, true) ?? 0, room);
  }

  /** The entry whose code contains `address` (an address key), or null. */
  find(address: number): Fde | null {
    const offset = this.#index === null ? this.#scan().find(address) : this.#search(this.#index, address);
    const fde = offset === null ? null : this.#fdeAt(offset);
    return fde !== null && address >= fde.start && address < fde.end ? fde : null;
  }

  #search(view: DataView, address: number): number | null {
    const wanted = address - this.#indexAddress;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (view.getInt32(TABLE_AT + middle * ENTRY_BYTES, true) <= wanted) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return null;
    return this.#indexAddress + view.getInt32(TABLE_AT + (low - 1) * ENTRY_BYTES + 4, true) - this.section.address;
  }

  #fdeAt(offset: number): Fde | null {
    try {
      const head = readHead(this.section, offset);
      const cie = head === null || head.cie === null ? null : this.#cieAt(head.cie);
      return head === null || cie === null ? null : readFde(this.section, head, cie);
    } catch (error) {
      if (error instanceof DwarfError) return null;
      throw error;
    }
  }

  #cieAt(offset: number): Cie | null {
    let cie = this.#cies.get(offset);
    if (cie === undefined) {
      cie = tryReadCie(this.section, offset);
      this.#cies.set(offset, cie);
    }
    return cie;
  }

  #scan(): Scanned {
    this.#scanned ??= this.#readAll();
    return this.#scanned;
  }

  /** What comes behind a broken entry is left out. */
  #readAll(): Scanned {
    const found: { readonly start: number; readonly offset: number }[] = [];
    const { section } = this;
    try {
      let offset = 0;
      for (let entries = 0; entries < MOST_ENTRIES; entries++) {
        const head = readHead(section, offset);
        if (head === null) break;
        const fde = head.cie === null ? null : this.#fdeAt(offset);
        if (fde !== null) found.push({ start: fde.start, offset });
        offset = head.end;
      }
    } catch (error) {
      if (!(error instanceof DwarfError)) throw error;
    }
    return new Scanned(found);
  }
}

class Scanned {
  readonly #starts: Float64Array;
  readonly #offsets: Float64Array;

  constructor(found: { readonly start: number; readonly offset: number }[]) {
    found.sort((a, b) => a.start - b.start);
    this.#starts = Float64Array.from(found, ({ start }) => start);
    this.#offsets = Float64Array.from(found, ({ offset }) => offset);
  }

  find(address: number): number | null {
    return this.#offsets[lastAtMost(this.#starts, address)] ?? null;
  }
}

function isSortedTable(view: DataView): boolean {
  return (
    view.byteLength >= TABLE_AT && view.getUint8(0) === 1 && view.getUint8(2) === UNSIGNED_4 && view.getUint8(3) === DATA_RELATIVE_SIGNED_4
  );
}

function tryReadCie(section: FrameSection, offset: number): Cie | null {
  try {
    return readCie(section, offset);
  } catch (error) {
    if (error instanceof DwarfError) return null;
    throw error;
  }
}
