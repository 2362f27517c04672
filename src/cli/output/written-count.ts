// How much the target has written so far: asked before every piece of ours that goes to the same pipe, so it must cost little.
import { closeSync, openSync, readSync } from 'node:fs';

/** `gone`: the process has ended, and writes no more. null: not shown to us. */
export type Written = string | 'gone' | null;

/** /proc/PID/io stays open: reading it anew costs a tenth of opening it. */
export class WrittenCount implements Disposable {
  readonly #pid: number | null;
  readonly #buffer = new Uint8Array(512);
  #fd: number | null = null;

  /** `pid` null: there is no process that could write. */
  constructor(pid: number | null) {
    this.#pid = pid;
  }

  /** Bytes that the process has passed to write(2) and its relatives, decimal. */
  read(): Written {
    if (this.#pid === null) return 'gone';
    try {
      this.#fd ??= openSync(`/proc/${this.#pid}/io`, 'r');
      const length = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, 0);
      return /^wchar: (\d+)$/m.exec(Buffer.from(this.#buffer.buffer, 0, length).toString('latin1'))?.[1] ?? null;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' || code === 'ESRCH' ? 'gone' : null;
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}
