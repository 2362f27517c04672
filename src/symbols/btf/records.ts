// The records of one BTF section by type number, and its strings. Checked once, when opened: afterwards nothing throws.
//
//   0  magic u16 0xeb9f | version u8 1 | flags u8        8  type_off u32 | type_len u32      (offsets count from the end of the header)
//   4  hdr_len u32                                      16  str_off u32  | str_len u32
import { BtfError } from './error.js';
import { addedBytes, RECORD_BYTES } from './kinds.js';

const MAGIC = 0xeb9f;
const LEAST_HEADER = 24;
/** Longer names are a sign of damage; the kernel's stay below 512. */
const LONGEST_NAME = 4096;

/** One type's record. */
export interface BtfRecord {
  readonly id: number;
  readonly kind: number;
  readonly name: string;
  /** Members, parameters, values or variables that follow. */
  readonly count: number;
  readonly flag: boolean;
  /** Bytes, or the number of another type: it depends on the kind. */
  readonly sizeOrType: number;
  /** Word `index` of what the kind adds. */
  added(index: number): number;
}

/** A section of its own, or one whose numbers go on where its base's end (split BTF: a kernel module's). */
export class BtfRecords {
  readonly #view: DataView;
  readonly #strings: Uint8Array;
  readonly #base: BtfRecords | null;
  /** Where each record starts in the view. */
  readonly #starts: Uint32Array;
  readonly #decoder = new TextDecoder();

  /** Throws {@link BtfError}. */
  constructor(bytes: Uint8Array, base: BtfRecords | null) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.byteLength < LEAST_HEADER) throw new BtfError('it is too short');
    if (view.getUint16(0, true) !== MAGIC) throw new BtfError('it does not begin with the BTF magic number');
    const word = (at: number): number => view.getUint32(at, true);
    const header = word(4);
    const types = part(bytes, header + word(8), word(12), 'types');
    this.#strings = part(bytes, header + word(16), word(20), 'strings');
    this.#view = new DataView(types.buffer, types.byteOffset, types.byteLength);
    this.#base = base;
    this.#starts = recordStarts(this.#view);
  }

  /** Number of the first type that is not the base's; 0 is void. */
  get first(): number {
    return this.#base === null ? 1 : this.#base.end;
  }

  /** One more than the number of the last type. */
  get end(): number {
    return this.first + this.#starts.length;
  }

  /** Bytes of strings, the base's included: where the next section's begin. */
  get stringEnd(): number {
    return (this.#base?.stringEnd ?? 0) + this.#strings.length;
  }

  /** The record of type `id`; null for void and numbers that nothing has. */
  at(id: number): BtfRecord | null {
    if (id < this.first) return this.#base?.at(id) ?? null;
    const start = this.#starts[id - this.first];
    if (start === undefined) return null;
    const view = this.#view;
    const info = view.getUint32(start + 4, true);
    return {
      id,
      kind: (info >>> 24) & 0x1f,
      name: this.name(view.getUint32(start, true)),
      count: info & 0xffff,
      flag: info >>> 31 === 1,
      sizeOrType: view.getUint32(start + 8, true),
      added: (index) => view.getUint32(start + RECORD_BYTES + 4 * index, true),
    };
  }

  /** The string at `offset`; '' where there is none. */
  name(offset: number): string {
    const before = this.#base?.stringEnd ?? 0;
    if (offset < before) return this.#base?.name(offset) ?? '';
    const start = offset - before;
    const end = this.#strings.indexOf(0, start);
    if (start >= this.#strings.length || end < 0 || end - start > LONGEST_NAME) return '';
    return this.#decoder.decode(this.#strings.subarray(start, end));
  }

  /** Numbers of this section's types that are called `name`; the base's are not searched. */
  *called(name: string): Generator<number> {
    const offsets = this.#offsetsOf(name);
    if (offsets.size === 0) return;
    for (let index = 0; index < this.#starts.length; index++) {
      if (offsets.has(this.#view.getUint32(this.#starts[index] ?? 0, true))) yield this.first + index;
    }
  }

  /** Numbers of this section's types of this kind. */
  *ofKind(kind: number): Generator<number> {
    for (let index = 0; index < this.#starts.length; index++) {
      if (((this.#view.getUint32((this.#starts[index] ?? 0) + 4, true) >>> 24) & 0x1f) === kind) yield this.first + index;
    }
  }

  /** Where `name` stands among the strings, the base's included; the end of a longer string counts as one too. */
  #offsetsOf(name: string): Set<number> {
    const offsets = this.#base === null ? new Set<number>() : this.#base.#offsetsOf(name);
    const before = this.#base?.stringEnd ?? 0;
    // Identifiers: what is beyond ASCII finds nothing.
    const wanted = Uint8Array.from(`${name}\0`, (character) => character.charCodeAt(0));
    for (let at = indexOf(this.#strings, wanted, 0); at >= 0; at = indexOf(this.#strings, wanted, at + 1)) offsets.add(before + at);
    return offsets;
  }
}

function part(bytes: Uint8Array, start: number, length: number, what: string): Uint8Array {
  if (start + length > bytes.length) throw new BtfError(`its ${what} reach beyond its end`);
  return bytes.subarray(start, start + length);
}

function recordStarts(view: DataView): Uint32Array {
  const starts: number[] = [];
  for (let at = 0; at < view.byteLength; ) {
    if (at + RECORD_BYTES > view.byteLength) throw new BtfError('a type is cut short');
    const info = view.getUint32(at + 4, true);
    const added = addedBytes((info >>> 24) & 0x1f, info & 0xffff);
    if (added === null) throw new BtfError(`type ${starts.length + 1} is of a kind that is not known (${(info >>> 24) & 0x1f})`);
    starts.push(at);
    at += RECORD_BYTES + added;
    if (at > view.byteLength) throw new BtfError('a type is cut short');
  }
  return Uint32Array.from(starts);
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
