// A process to be looked at while its threads stand: what is loaded, its memory, its code. Looking changes nothing in it.
import { type InstructionDecoder, loadDecoder } from '../../instructions/index.js';
import { demangle } from '../../symbols/live/demangle.js';
import { readProcessMemory } from '../../symbols/live/memory.js';
import { ProcessImage } from '../../symbols/live/process-image.js';
import { unwindCode } from '../../symbols/live/unwinder.js';
import type { UnwindCode } from '../../symbols/unwind/unwinder.js';

/** All look-ups are of the process as it is now, as far as {@link refresh} has seen what is loaded. */
export class ProcessView implements Disposable {
  readonly pid: number;
  readonly image: ProcessImage;
  readonly decoder: InstructionDecoder;
  readonly unwind: UnwindCode;

  private constructor(pid: number, decoder: InstructionDecoder) {
    this.pid = pid;
    this.decoder = decoder;
    this.image = new ProcessImage(pid);
    this.unwind = unwindCode(this.image);
  }

  /** Rejects with NoProcessImageError. */
  static async open(pid: number): Promise<ProcessView> {
    return new ProcessView(pid, await loadDecoder());
  }

  /** Looks again at what is loaded; what was known stays where the process has ended. */
  refresh(): void {
    try {
      this.image.refresh();
    } catch {
      // It has ended: its threads' stops may still be asked about.
    }
  }

  /** Exactly `length` bytes, or null. */
  read(address: bigint, length: number): Uint8Array | null {
    const bytes = readProcessMemory(this.pid, address, length);
    return bytes?.length === length ? bytes : null;
  }

  /** As many of `length` bytes as can be read from `address` on; null: none. */
  readSome(address: bigint, length: number): Uint8Array | null {
    return readProcessMemory(this.pid, address, length);
  }

  /** The variable or function at `address`: `table+8`; null where nobody knows one. */
  symbolAt(address: bigint): string | null {
    const module = this.image.moduleAt(address);
    const found = module?.file?.symbolAt(module.toFile(address)) ?? null;
    if (module === null || found === null) return null;
    const offset = module.toFile(address) - found.address;
    if (offset < 0n || (offset > 0n && offset >= BigInt(found.size))) return null;
    return `${demangle(found.name)}${offset === 0n ? '' : `+${offset}`}`;
  }

  [Symbol.dispose](): void {
    this.image[Symbol.dispose]();
  }
}

/** The little-endian 64-bit word at `address` of what `read` reads. */
export function wordAt(read: (address: bigint, length: number) => Uint8Array | null, address: bigint): bigint | null {
  const bytes = read(address, 8);
  return bytes === null ? null : new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}
