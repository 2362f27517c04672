// Reads another process's memory with process_vm_readv, through one scratch area that is allocated once.
import { checked } from './errno.js';
import { processVmReadv } from './libc.js';
import { Mapping } from './mapping.js';

const SCRATCH_BYTES = 64 * 1024;

/** Reads memory of processes that may be traced. Not reentrant; one per engine is enough. */
export class MemoryReader extends Mapping {
  readonly #local = new BigUint64Array(2);
  readonly #remote = new BigUint64Array(2);
  #bytes: Uint8Array | null;

  constructor() {
    super(SCRATCH_BYTES, null);
    this.#bytes = new Uint8Array(this.view());
  }

  /**
   * Copies `length` bytes at `address` of process `pid` (1 to 65536).
   * Throws LinuxError: EFAULT where nothing is mapped, ESRCH no such process, EPERM may not be traced.
   */
  read(pid: number, address: bigint, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.readInto(pid, address, bytes);
    return bytes;
  }

  /** {@link read} into `target`, which it fills. */
  readInto(pid: number, address: bigint, target: Uint8Array): void {
    const scratch = this.#bytes;
    if (scratch === null) throw new Error('the reader is closed');
    const length = target.length;
    if (length > SCRATCH_BYTES) throw new RangeError(`reads at most ${SCRATCH_BYTES} bytes at once`);
    const got = this.copyTo(pid, address, { address: this.address(), length });
    if (got !== length) throw new RangeError(`only ${got} of ${length} bytes are mapped`);
    target.set(scratch.subarray(0, length));
  }

  /** Has the kernel copy `to.length` bytes at `address` of process `pid` to our own memory at `to.address`; returns how many it could. Throws LinuxError. */
  copyTo(pid: number, address: bigint, to: { readonly address: bigint; readonly length: number }): number {
    this.#local[0] = to.address;
    this.#local[1] = BigInt(to.length);
    this.#remote[0] = address;
    this.#remote[1] = BigInt(to.length);
    return checked(processVmReadv(pid, this.#local, 1, this.#remote, 1, 0), 'process_vm_readv', `process ${pid}`);
  }

  protected release(): void {
    this.#bytes = null;
  }
}
