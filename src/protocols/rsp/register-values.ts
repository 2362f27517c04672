// The bytes of one register, out of what ptrace read of a thread and into it. All is little-endian.
import { present } from '../../base/assert.js';
import { type Register, type X87Part, XSAVE } from './registers.js';

/** What ptrace reads of a thread: struct user_regs_struct as words, and the XSAVE area where it was asked for. */
export interface ThreadRegisters {
  readonly user: BigUint64Array;
  readonly xsave: Uint8Array | null;
}

/** Whether the area is needed for it. */
export function needsXsave({ source }: Register): boolean {
  return source.kind !== 'user';
}

/** {@link Register.size} bytes; null where the area is missing or too short. */
export function readRegister(register: Register, { user, xsave }: ThreadRegisters): Uint8Array | null {
  const { source, size } = register;
  if (source.kind === 'user') return wordBytes(present(user[source.word], 'a word of the registers'), size);
  if (xsave === null || xsave.length < areaEnd(register)) return null;
  if (source.kind === 'xsave') return xsave.slice(source.at, source.at + size);
  return wordBytes(BigInt(readX87(source.part, viewOf(xsave))), size);
}

/** Changes the given copies. False where nothing was done: the area is missing or too short, or the bytes are not as many as the register's. */
export function writeRegister(register: Register, bytes: Uint8Array, { user, xsave }: ThreadRegisters): boolean {
  const { source, size } = register;
  if (bytes.length !== size) return false;
  if (source.kind === 'user') {
    user[source.word] = wordOf(bytes);
    return true;
  }
  if (xsave === null || xsave.length < areaEnd(register)) return false;
  if (source.kind === 'xsave') xsave.set(bytes, source.at);
  else writeX87(source.part, Number(wordOf(bytes)), viewOf(xsave));
  markPresent(register, viewOf(xsave));
  return true;
}

function areaEnd({ source, size }: Register): number {
  return Math.max(XSAVE.present + 8, source.kind === 'xsave' ? source.at + size : 0);
}

/** Bits of XSTATE_BV. */
const COMPONENT = { core: 1, sse: 2, linux: 0, segments: 0, avx: 4 } as const;

/** A component that is said to be in its initial state would not be loaded. */
function markPresent({ feature }: Register, area: DataView): void {
  area.setUint8(XSAVE.present, area.getUint8(XSAVE.present) | COMPONENT[feature]);
}

function wordBytes(word: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, word, true);
  return bytes.subarray(0, size);
}

function wordOf(bytes: Uint8Array): bigint {
  const padded = new Uint8Array(8);
  padded.set(bytes);
  return new DataView(padded.buffer).getBigUint64(0, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Where the area has each part, and how many of its bits count. Pointers are 64 bits there: gdb calls the low half offset, and bits 32 to 47 segment. */
const X87: Readonly<Record<Exclude<X87Part, 'ftag'>, { readonly at: number; readonly bits: 11 | 16 | 32 }>> = {
  fctrl: { at: XSAVE.controlWord, bits: 16 },
  fstat: { at: XSAVE.statusWord, bits: 16 },
  fiseg: { at: XSAVE.instruction + 4, bits: 16 },
  fioff: { at: XSAVE.instruction, bits: 32 },
  foseg: { at: XSAVE.data + 4, bits: 16 },
  fooff: { at: XSAVE.data, bits: 32 },
  fop: { at: XSAVE.opcode, bits: 11 },
};
const OPCODE_MASK = 0x7ff;

function readX87(part: X87Part, area: DataView): number {
  if (part === 'ftag') return fullTags(area);
  const { at, bits } = X87[part];
  if (bits === 32) return area.getUint32(at, true);
  return area.getUint16(at, true) & (bits === 11 ? OPCODE_MASK : 0xffff);
}

function writeX87(part: X87Part, value: number, area: DataView): void {
  if (part === 'ftag') {
    area.setUint8(XSAVE.tags, abridgedTags(value));
    return;
  }
  const { at, bits } = X87[part];
  if (bits === 32) area.setUint32(at, value, true);
  else area.setUint16(at, value & (bits === 11 ? OPCODE_MASK : 0xffff), true);
}

const TAG = { valid: 0, zero: 1, special: 2, empty: 3 } as const;
const STACK_SIZE = 8;

// The area has a bit for each register that is not empty; gdb wants the x87's own two: 00 valid, 01 zero, 10 special, 11 empty. Both count
// registers as the processor numbers them, the area's contents as the stack does: st(i) is register (top + i) modulo 8.
function fullTags(area: DataView): number {
  const top = (area.getUint16(XSAVE.statusWord, true) >> 11) & 7;
  let tags = 0;
  for (let physical = 0; physical < STACK_SIZE; physical++) {
    const isUsed = ((area.getUint8(XSAVE.tags) >> physical) & 1) === 1;
    const at = XSAVE.st0 + 16 * ((physical - top + STACK_SIZE) % STACK_SIZE);
    tags |= (isUsed ? tagOf(area, at) : TAG.empty) << (2 * physical);
  }
  return tags;
}

//   80 bits: 63..0 significand, whose bit 63 is the integer bit | 78..64 exponent | 79 sign
function tagOf(area: DataView, at: number): number {
  const exponent = area.getUint16(at + 8, true) & 0x7fff;
  const significand = area.getBigUint64(at, true);
  if (exponent === 0) return significand === 0n ? TAG.zero : TAG.special;
  return exponent === 0x7fff || significand >> 63n === 0n ? TAG.special : TAG.valid;
}

function abridgedTags(tags: number): number {
  let used = 0;
  for (let physical = 0; physical < STACK_SIZE; physical++) if (((tags >> (2 * physical)) & 3) !== TAG.empty) used |= 1 << physical;
  return used;
}
