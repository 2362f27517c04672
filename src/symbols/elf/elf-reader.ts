// Reads exact runs of bytes of an ELF file: what its headers promise and the file does not hold becomes an ElfError, before any
// memory is set aside for it.
import { as, type FileAddress } from '../../base/brand.js';
import { joinU64 } from '../../base/u64.js';
import type { ByteSource } from '../bytes.js';
import { ElfError, type ElfReason } from './elf-error.js';

/** File offsets and sizes stay below this, so that they are exact as plain numbers. */
const MAX_HIGH = 0x20_0000;

/** A byte source with the name that errors show. */
export class ElfReader {
  readonly file: string;
  readonly source: ByteSource;

  constructor(file: string, source: ByteSource) {
    this.file = file;
    this.source = source;
  }

  /** The error to throw about this file. */
  error(reason: ElfReason, what: string, cause?: unknown): ElfError {
    return new ElfError(this.file, reason, what, cause);
  }

  /** Exactly `length` bytes at `offset`; throws {@link ElfError} where the file is shorter. `what` names them in the error. */
  bytes(offset: number, length: number, what: string): Uint8Array {
    if (offset + length > this.source.size) {
      throw this.error('truncated', `${what} ends at byte ${offset + length}, but the file has ${this.source.size}`);
    }
    const bytes = this.source.read(offset, length);
    if (bytes.length !== length) throw this.error('truncated', `${what}: only ${bytes.length} of ${length} bytes could be read`);
    return bytes;
  }

  /** {@link bytes} to read numbers from. */
  view(offset: number, length: number, what: string): DataView {
    return viewOf(this.bytes(offset, length, what));
  }

  /** The 64-bit offset or size at `at` of `view`, as a number. Throws {@link ElfError} where it is beyond any file. */
  u64(view: DataView, at: number, what: string): number {
    const high = view.getUint32(at + 4, true);
    if (high >= MAX_HIGH) throw this.error('corrupt', `${what} is 0x${joinU64(view.getUint32(at, true), high).toString(16)}`);
    return high * 0x1_0000_0000 + view.getUint32(at, true);
  }
}

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The address at `at`. */
export function fileAddressAt(view: DataView, at: number): FileAddress {
  return as<FileAddress>(joinU64(view.getUint32(at, true), view.getUint32(at + 4, true)));
}
