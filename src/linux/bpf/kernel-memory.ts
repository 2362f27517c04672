// Reads the kernel's memory: a sleepable BPF program, run on demand, copies it into an array that is mapped here.
import { Assembler } from './assembler.js';
import { R1, R2, R3, R6 } from './instructions.js';
import { SharedArray } from './map.js';
import { BpfProgram } from './program.js';

/** What one read may ask for. */
export const MOST_KERNEL_BYTES = 64 * 1024;

// The array:  0 address u64 | 8 length u64 | 16 data
const ADDRESS_WORD = 0;
const LENGTH_WORD = 2;
const DATA = 16;

/** Not reentrant. */
export class KernelMemory implements Disposable {
  readonly #array: SharedArray;
  readonly #program: BpfProgram;

  /**
   * Throws LinuxError (EPERM: neither root nor CAP_BPF and CAP_PERFMON; ENOSYS: no BPF) and VerifierError (a kernel before 5.14, or one that
   * locks its memory down).
   */
  constructor() {
    this.#array = new SharedArray('hwbkpt_memory', DATA + MOST_KERNEL_BYTES);
    try {
      this.#program = new BpfProgram({ type: 'syscall', name: 'hwbkpt_memory', code: readingProgram(this.#array.fd) });
    } catch (error) {
      this.#array[Symbol.dispose]();
      throw error;
    }
  }

  /** A copy of `length` bytes (1 to {@link MOST_KERNEL_BYTES}) at `address`; null where not all of them are mapped memory of the kernel. Throws LinuxError. */
  read(address: bigint, length: number): Uint8Array | null {
    if (length < 1 || length > MOST_KERNEL_BYTES) throw new RangeError(`reads 1 to ${MOST_KERNEL_BYTES} bytes at once`);
    const { words } = this.#array;
    words[ADDRESS_WORD] = Number(address & 0xffff_ffffn);
    words[ADDRESS_WORD + 1] = Number((address >> 32n) & 0xffff_ffffn);
    words[LENGTH_WORD] = length;
    words[LENGTH_WORD + 1] = 0;
    if (this.#program.run() !== 0) return null;
    return new Uint8Array(words.buffer, words.byteOffset + DATA, length).slice();
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
    this.#array[Symbol.dispose]();
  }
}

/** Returns what bpf_probe_read_kernel does: 0, or an errno below it. */
function readingProgram(array: number): Uint8Array {
  const code = new Assembler();
  const tooLong = code.label();
  code.mapValue(R6, array);
  code.load(8, R2, { base: R6, offset: LENGTH_WORD * 4 });
  // The verifier wants to see that the data fits.
  code.jumpIf(R2, '>', MOST_KERNEL_BYTES, tooLong);
  code.load(8, R3, { base: R6, offset: ADDRESS_WORD * 4 });
  code.move(R1, R6).compute('add', R1, DATA);
  code.call('probe_read_kernel').exit();
  code.place(tooLong).exit(-1);
  return code.assemble();
}
