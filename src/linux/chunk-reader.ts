// Reads another process's memory in large chunks without copying them a second time: who wants bytes looks at them where the kernel put them.
import { ERRNO, errnoName, LinuxError } from './errno.js';
import { lastErrno, processVmReadv } from './libc.js';
import { Mapping } from './mapping.js';

/** Not reentrant. */
export class ChunkReader extends Mapping {
  readonly #local = new BigUint64Array(2);
  readonly #remote = new BigUint64Array(2);
  readonly #length: number;
  #bytes: Uint8Array | null;

  /** For chunks of up to `length` bytes. Throws LinuxError. */
  constructor(length: number) {
    super(length, null);
    this.#length = length;
    this.#bytes = new Uint8Array(this.view());
  }

  /**
   * Reads up to `length` bytes at `address` of process `pid`, has `use` look at what could be read, if anything, and returns how many bytes that are:
   * fewer than `length` from the first page on that is not mapped or not memory. `use` must not keep the bytes.
   * Throws LinuxError: ESRCH no such process, EPERM may not be traced.
   */
  visit(pid: number, { address, length }: { readonly address: bigint; readonly length: number }, use: (bytes: Uint8Array) => void): number {
    if (this.#bytes === null) throw new Error('the reader is closed');
    if (length > this.#length) throw new RangeError(`reads at most ${this.#length} bytes at once`);
    this.#local[0] = this.address();
    this.#local[1] = BigInt(length);
    this.#remote[0] = address;
    this.#remote[1] = BigInt(length);
    const got = processVmReadv(pid, this.#local, 1, this.#remote, 1, 0);
    if (got < 0) return unreadable(lastErrno(), pid);
    if (got > 0) use(this.#bytes.subarray(0, got));
    return got;
  }

  protected release(): void {
    this.#bytes = null;
  }
}

/** 0 where only this piece of memory cannot be read. */
function unreadable(errno: number, pid: number): 0 {
  // EIO: a page that could not be brought back from where it was swapped to, or from its file.
  const here: readonly number[] = [ERRNO.EFAULT, ERRNO.EIO, ERRNO.ENOMEM];
  if (here.includes(errno) || errnoName(errno).startsWith('errno ')) return 0;
  throw new LinuxError('process_vm_readv', errno, `process ${pid}`);
}
