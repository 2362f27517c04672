// A file as a ByteSource: read where and when the parsers ask, so that opening a 100 MB program reads a few kilobytes.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../bytes.js';

/** An open file. Stays readable when the file is deleted; must be closed. */
export interface FileSource extends ByteSource, Disposable {
  /** The path it was opened by. */
  readonly path: string;
  /** Inode number: what /proc/PID/maps shows for the file. */
  readonly inode: number;
}

/** Opens a regular file to read. Throws Node's error (ENOENT, EACCES ...) where it cannot. */
export function openFile(path: string): FileSource {
  const fd = openSync(path, 'r');
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    throw new Error(`${path} is not a regular file`);
  }
  return new OpenFile(path, fd, stat);
}

class OpenFile implements FileSource {
  readonly path: string;
  readonly size: number;
  readonly inode: number;
  #fd: number | null;

  constructor(path: string, fd: number, { size, ino }: { readonly size: number; readonly ino: number }) {
    this.path = path;
    this.size = size;
    this.inode = ino;
    this.#fd = fd;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.#fd === null) throw new Error(`${this.path} is closed`);
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const bytes = new Uint8Array(wanted);
    let done = 0;
    // A read gives at most 2 GiB, and less when a signal comes; 0 means that the file was cut short meanwhile.
    while (done < wanted) {
      const got = readSync(this.#fd, bytes, done, wanted - done, offset + done);
      if (got === 0) break;
      done += got;
    }
    return done === wanted ? bytes : bytes.subarray(0, done);
  }

  [Symbol.dispose](): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}
