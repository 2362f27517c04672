// Owns one mmap'ed area: the view on it never leaves this class alive, because a view that outlives its mapping crashes the process.
import { failed } from './errno.js';
import { addressOf, isMapFailed, mmap, munmap, type Pointer, viewMemory } from './libc.js';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE_ANONYMOUS = 0x22;

export const PAGE_SIZE = 4096;

/** A mapping of `length` bytes. Subclasses work on `bytes()` and must not hand it out. */
export abstract class Mapping implements Disposable {
  readonly #pointer: Pointer;
  readonly #length: number;
  #view: ArrayBuffer | null;

  /** Maps `length` bytes: of `fd` from `offset` on (shared), or anonymous private memory where `fd` is null. Throws LinuxError. */
  constructor(length: number, fd: number | null, { offset = 0, readOnly = false } = {}) {
    const flags = fd === null ? MAP_PRIVATE_ANONYMOUS : MAP_SHARED;
    this.#pointer = mmap(null, length, readOnly ? PROT_READ : PROT_READ | PROT_WRITE, flags, fd ?? -1, offset);
    if (isMapFailed(this.#pointer)) throw failed('mmap', `${length} bytes`);
    this.#length = length;
    this.#view = viewMemory(this.#pointer, length);
  }

  /** The mapped bytes, for this class and its subclasses only. Throws after {@link dispose}. */
  protected view(): ArrayBuffer {
    if (this.#view === null) throw new Error('the mapping is gone');
    return this.#view;
  }

  /** Where the mapping lies in this process. */
  protected address(): bigint {
    return addressOf(this.#pointer);
  }

  /** True once the mapping is gone. */
  get disposed(): boolean {
    return this.#view === null;
  }

  [Symbol.dispose](): void {
    if (this.#view === null) return;
    this.#view = null;
    this.release();
    munmap(this.#pointer, this.#length);
  }

  /** Drops every view a subclass made on the memory. */
  protected abstract release(): void;
}
