// Memory that two processes share through a descriptor: gone when neither has it any more, without a name that could be left behind.
import { closeSync, ftruncateSync } from 'node:fs';
import { checked } from './errno.js';
import { memfdCreate } from './libc.js';
import { Mapping } from './mapping.js';

const MFD_CLOEXEC = 1;

/** One such memory. The words it hands out must not be touched after it is disposed of. */
export class SharedMemory extends Mapping {
  readonly #length: number;

  /** Maps `length` bytes of `fd`, which the caller may close then. Throws LinuxError. */
  constructor(fd: number, length: number) {
    super(length, fd);
    this.#length = length;
  }

  /** New memory, all zero, with the descriptor to pass on. Throws LinuxError. */
  static create(length: number): { readonly memory: SharedMemory; readonly fd: number } {
    const fd = checked(memfdCreate('hwbkpt', MFD_CLOEXEC), 'memfd_create');
    try {
      ftruncateSync(fd, length);
      return { memory: new SharedMemory(fd, length), fd };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  get length(): number {
    return this.#length;
  }

  /** All of it. */
  bytes(): ArrayBuffer {
    return this.view();
  }

  protected release(): void {
    // Whoever has words of it has been warned.
  }
}
