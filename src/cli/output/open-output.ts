// Where hits go: what `-o` names.
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { HwbkptError } from '../../base/errors.js';
import { UsageError } from '../errors.js';

/** The output cannot be written. */
export class OutputError extends HwbkptError {
  readonly code = 'output';
}

/** An open output. */
export interface Output extends Disposable {
  readonly fd: number;
  /** For messages. */
  readonly name: string;
}

/** The descriptor `-o` names: stdout without it, an open descriptor for `fd:N`, else a file that is made or emptied. Throws UsageError, OutputError. */
export function openOutput(name: string | undefined): Output {
  if (name === undefined) return { fd: 1, name: 'standard output', [Symbol.dispose]: () => undefined };
  const descriptor = /^fd:(\d+)$/.exec(name);
  if (descriptor !== null) return { fd: checkDescriptor(Number(descriptor[1])), name, [Symbol.dispose]: () => undefined };
  const fd = openFile(name);
  return { fd, name, [Symbol.dispose]: () => closeSync(fd) };
}

function openFile(name: string): number {
  try {
    // Non-blocking: a FIFO that nobody reads would hold us here, deaf to every signal.
    return openSync(name, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOCTTY | constants.O_NONBLOCK, 0o644);
  } catch (error) {
    throw writeError(name, error);
  }
}

function checkDescriptor(fd: number): number {
  try {
    fstatSync(fd);
    return fd;
  } catch {
    throw new UsageError(`descriptor ${fd} is not open`, { hint: `Open it in the shell: hwbkpt ... -o fd:${fd} ${fd}>file` });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'the directory does not exist',
  EACCES: 'you may not write there',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a directory',
  ENOTDIR: 'part of its path is not a directory',
  ENOSPC: 'no space is left',
  EDQUOT: 'your disk quota is used up',
  EBADF: 'it was not opened for writing',
  EIO: 'the device failed',
  ENXIO: 'nobody reads it; start its reader first',
};

/** What went wrong with writing to `name`. */
export function writeError(name: string, cause: unknown): OutputError {
  const { code = '', message = String(cause) } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  return new OutputError(`cannot write to ${name}: ${REASONS[code] ?? message}`, { cause });
}
