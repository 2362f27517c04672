// Output of commands that print once and end. process.stdout is never touched: making it would make pipes non-blocking for all who share them.
import { writeSync } from 'node:fs';
import { writeError } from './open-output.js';

/** Prints lines on standard output, waiting for a slow reader; one that has gone is nobody's error. Throws OutputError. */
export function printLines(lines: readonly string[]): void {
  try {
    writeAll(1, `${lines.join('\n')}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw writeError('standard output', error);
  }
}

/** Prints text on standard error; where nobody can read it, it is lost. */
export function printError(text: string): void {
  try {
    writeAll(2, text);
  } catch {
    // There is nowhere left to say so.
  }
}

const RETRY_MS = 5;

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
