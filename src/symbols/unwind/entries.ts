// The entries of .eh_frame and .debug_frame: what is common to many functions (CIE), and the code of one with its own part (FDE).
//
//   both    length 4 (or 0xffffffff, length 8) | id 4 (8) | ...
//   CIE     id 0 in .eh_frame, all ones in .debug_frame | version 1 | augmentation "zRS" | [4: address size 1, segment size 1] |
//           code alignment uleb | data alignment sleb | return register | augmentation data | instructions
//   FDE     id: back to the CIE from here in .eh_frame, its offset in .debug_frame | start | length | augmentation data | instructions
import { Cursor } from '../dwarf/bytes/cursor.js';
import { DwarfError } from '../dwarf/error.js';
import { readFormat, readPointer, type SectionAddress } from './pointers.js';

/** One of the two sections. */
export interface FrameSection {
  readonly kind: 'eh_frame' | 'debug_frame';
  readonly bytes: Uint8Array;
  readonly address: SectionAddress;
}

/** Instructions, as positions in the section. */
export interface Instructions {
  readonly from: number;
  readonly to: number;
}

export interface Cie extends Instructions {
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  readonly returnRegister: number;
  /** The frames of these functions are made by the kernel, when it calls a signal handler. */
  readonly signal: boolean;
  /** Of the pointers in FDEs. */
  readonly encoding: number;
  readonly augmented: boolean;
}

/** `start` and `end` (exclusive) are address keys. */
export interface Fde extends Instructions {
  readonly cie: Cie;
  readonly start: number;
  readonly end: number;
}

/** Where an entry lies, and what kind it is. `cie` is the offset of the CIE of an FDE. */
export interface EntryHead {
  readonly body: number;
  readonly end: number;
  readonly wide: boolean;
  /** null: it is a CIE itself. */
  readonly cie: number | null;
}

/** The entry at `offset`; null at the end of the entries. Throws DwarfError. */
export function readHead({ kind, bytes }: FrameSection, offset: number): EntryHead | null {
  const cursor = new Cursor(bytes, offset);
  if (cursor.remaining < 4) return null;
  const { length, offsetSize } = cursor.initialLength();
  if (length === 0) return null;
  const at = cursor.pos;
  const end = at + length;
  if (end > bytes.length) throw new DwarfError(`the entry at 0x${offset.toString(16)} of .${kind} is longer than the section`);
  const wide = offsetSize === 8;
  if (kind === 'eh_frame') {
    const id = cursor.u32();
    return { body: cursor.pos, end, wide, cie: id === 0 ? null : at - id };
  }
  const lo = cursor.u32();
  const hi = wide ? cursor.u32() : 0;
  const isCie = lo === 0xffff_ffff && (!wide || hi === 0xffff_ffff);
  return { body: cursor.pos, end, wide, cie: isCie ? null : hi * 0x1_0000_0000 + lo };
}

/** The CIE at `offset`. Throws DwarfError. */
export function readCie(section: FrameSection, offset: number): Cie {
  const head = readHead(section, offset);
  if (head === null || head.cie !== null) throw new DwarfError(`no CIE at 0x${offset.toString(16)} of .${section.kind}`);
  const cursor = new Cursor(section.bytes, head.body, head.end);
  const version = cursor.u8();
  if (version !== 1 && version !== 3 && version !== 4) throw new DwarfError(`a CIE of version ${version}`);
  const augmentation = asciiAt(section.bytes, cursor.string(), cursor.pos - 1);
  if (augmentation === 'eh') cursor.skip(8);
  if (version === 4) cursor.skip(2);
  const codeAlignment = cursor.uleb();
  const dataAlignment = cursor.sleb();
  const returnRegister = version === 1 ? cursor.u8() : cursor.uleb();
  const parts = augmentation.startsWith('z') ? readAugmentation(cursor, augmentation, section.address) : NOT_AUGMENTED;
  return { codeAlignment, dataAlignment, returnRegister, ...parts, from: cursor.pos, to: head.end };
}

type Augmentation = Pick<Cie, 'signal' | 'encoding' | 'augmented'>;
const NOT_AUGMENTED: Augmentation = { signal: false, encoding: 0, augmented: false };

function readAugmentation(cursor: Cursor, letters: string, section: SectionAddress): Augmentation {
  const end = cursor.uleb() + cursor.pos;
  let encoding = 0;
  let signal = false;
  for (const letter of letters.slice(1)) {
    if (letter === 'R') encoding = cursor.u8();
    else if (letter === 'S') signal = true;
    else if (letter === 'L') cursor.skip(1);
    else if (letter === 'P') readPointer(cursor, cursor.u8(), section);
    else break;
  }
  cursor.skip(end - cursor.pos);
  return { encoding, signal, augmented: true };
}

/** The FDE that `head` begins. Null where its code was thrown away by the linker. Throws DwarfError. */
export function readFde(section: FrameSection, head: EntryHead, cie: Cie): Fde | null {
  const cursor = new Cursor(section.bytes, head.body, head.end);
  const start = readPointer(cursor, cie.encoding, section.address);
  const length = readFormat(cursor, cie.encoding & 0x0f);
  if (start === null || !(length > 0)) return null;
  if (cie.augmented) cursor.skip(cursor.uleb());
  return { cie, start, end: start + length, from: cursor.pos, to: head.end };
}

function asciiAt(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 16)));
}
