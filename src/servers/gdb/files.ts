// Files that gdb reads through us (vFile): for reading only, few at a time, all closed when it leaves.
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { ERRNO, type Errno, RefusedError } from './replies.js';

const MOST_FILES = 32;

export class Files {
  /** By gdb's descriptor: ours. */
  readonly #open = new Map<number, number>();
  #next = 3;
  /** The process whose file system is meant; null: our own. */
  pid: number | null = null;

  /** The path as we see it. */
  path(path: string): string {
    return this.pid === null || !path.startsWith('/') ? path : `/proc/${this.pid}/root${path}`;
  }

  /** A descriptor. Throws RefusedError. */
  open(path: string): number {
    if (this.#open.size >= MOST_FILES) throw new RefusedError('EMFILE', `more than ${MOST_FILES} files`);
    const descriptor = attempt(() => openSync(this.path(path), 'r'));
    this.#next++;
    this.#open.set(this.#next, descriptor);
    return this.#next;
  }

  read(file: number, length: number, offset: number): Uint8Array {
    const buffer = new Uint8Array(length);
    const count = attempt(() => readSync(this.#descriptor(file), buffer, 0, length, offset));
    return buffer.subarray(0, count);
  }

  /** As gdb's struct stat wants it. */
  stat(file: number): Stats {
    return attempt(() => fstatSync(this.#descriptor(file)));
  }

  close(file: number): void {
    const descriptor = this.#descriptor(file);
    this.#open.delete(file);
    attempt(() => closeSync(descriptor));
  }

  closeAll(): void {
    for (const file of [...this.#open.keys()]) this.close(file);
  }

  #descriptor(file: number): number {
    const descriptor = this.#open.get(file);
    if (descriptor === undefined) throw new RefusedError('EBADF', 'no such descriptor');
    return descriptor;
  }
}

function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new RefusedError(code in ERRNO ? (code as Errno) : 'EIO', String(error));
  }
}
