// Makes our lines start at column 0 although the target writes to the same place, at moments of its own.
//
// Nobody can ask where the target left the cursor.
// - terminal: as many blanks as a line has columns wrap exactly when the cursor is not at column 0, because terminals wrap late: only when one
//   more character comes. A carriage return and an erase then leave it at column 0 of an empty line either way.
// - file: its last byte says it.
// - stream (pipe, socket): a newline ends the line that the target may have begun; where it had not, that is one empty line. None is needed while
//   the target's count of bytes written has not moved since our own last line.
import { closeSync, fstatSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { isatty } from 'node:tty';
import { terminalSize } from '../../linux/terminal.js';
import type { Written, WrittenCount } from './written-count.js';

const ERASE_LINE = '\u001b[2K';

/** What we share with the target; `none`: nothing, so that nobody else moves the cursor. */
export type Sharing = 'none' | 'terminal' | 'file' | 'stream';

/** The process that may write to the same place. */
export interface SharingTarget {
  /** Null: none. */
  readonly pid: number | null;
  /** It has not run yet, so that nothing of its is there. */
  readonly held: boolean;
  readonly written: WrittenCount;
}

export class LineStart {
  readonly kind: Sharing;
  readonly #fd: number;
  readonly #written: Pick<WrittenCount, 'read'>;
  #forked = false;
  #echoed = false;
  /** The target's count of bytes when we last stood at column 0; null: unknown. */
  #baseline: Written = null;
  #seen: Written = null;

  /** `written`: of the target. */
  constructor(kind: Sharing, fd: number, written: Pick<WrittenCount, 'read'>) {
    this.kind = kind;
    this.#fd = fd;
    this.#written = written;
  }

  /** For lines on `fd` while the target runs. */
  static between(fd: number, target: SharingTarget): LineStart {
    const start = new LineStart(sharing(fd, target.pid), fd, target.written);
    if (target.held) start.reached();
    return start;
  }

  /** The target has made another process, which may write too, unseen. */
  forked(): void {
    this.#forked = true;
  }

  /** The terminal has shown a key that was pressed. */
  echoed(): void {
    this.#echoed = this.kind === 'none' && isatty(this.#fd);
  }

  /** What to write before a line now. */
  needed(): string {
    switch (this.kind) {
      case 'none':
        return this.#echoed ? '\n' : '';
      case 'terminal':
        return clearedLine(this.#fd) ?? this.#newline();
      case 'file':
        return endsInNewline(this.#fd) ?? this.#newline();
      case 'stream':
        return this.#newline();
    }
  }

  #newline(): string {
    return this.disturbed ? '\n' : '';
  }

  /** Whether the target may have written since our last line. */
  get disturbed(): boolean {
    if (this.kind === 'none') return false;
    this.#seen = this.#written.read();
    return this.#forked || this.#baseline === null || this.#seen !== this.#baseline;
  }

  /** Lines of ours are being written, after what {@link needed} said: the cursor is at column 0. */
  reached(): void {
    this.#echoed = false;
    if (this.kind === 'none') return;
    // What the target wrote between that look and now is taken for unseen, which costs an empty line at most.
    this.#baseline = this.#seen ?? this.#written.read();
    this.#seen = null;
  }
}

function sharing(fd: number, pid: number | null): Sharing {
  if (pid === null) return 'none';
  const ours = fstatSync(fd);
  if (![1, 2].some((theirs) => isSameFile(ours, statOf(`/proc/${pid}/fd/${theirs}`)))) return 'none';
  if (isatty(fd)) return 'terminal';
  return ours.isFile() ? 'file' : 'stream';
}

/** Null where there is none, or it is not ours to see. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Whether both are one file, pipe or terminal; /dev/null (character device 1:3) is nobody's. */
export function isSameFile(a: Stats, b: Stats | null): boolean {
  return b !== null && a.dev === b.dev && a.ino === b.ino && a.rdev !== 0x103;
}

/** Null where the terminal does not know how wide it is. */
function clearedLine(fd: number): string | null {
  const size = terminalSize(fd);
  if (size === null) return null;
  return `${' '.repeat(size.columns)}\r${process.env['TERM'] === 'dumb' ? '' : ERASE_LINE}`;
}

/** '' or '\n', by the byte before the place where the next write goes; null where that cannot be read. */
function endsInNewline(fd: number): string | null {
  try {
    const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
    const appends = (Number.parseInt(/^flags:\s*(\d+)$/m.exec(info)?.[1] ?? '0', 8) & 0o2000) !== 0;
    const end = appends ? fstatSync(fd).size : Number(/^pos:\s*(\d+)$/m.exec(info)?.[1] ?? Number.NaN);
    return end === 0 || byteAt(fd, end - 1) === 0x0a ? '' : '\n';
  } catch {
    return null;
  }
}

function byteAt(fd: number, position: number): number | undefined {
  const byte = new Uint8Array(1);
  const readable = openSync(`/proc/self/fd/${fd}`, 'r');
  try {
    return readSync(readable, byte, 0, 1, position) === 1 ? byte[0] : undefined;
  } finally {
    closeSync(readable);
  }
}
