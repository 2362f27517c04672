// Answers that many packets have in common, above all errors: a number, and the reason where the other side can take it.
import { hexOfText, utf8 } from '../../protocols/rsp/index.js';
import type { Settings } from './settings.js';

/** The answer to what is not known: the other side takes it for that. */
export const UNKNOWN = '';
export const OK = 'OK';

/** Linux's numbers. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EIO: 5,
  EBADF: 9,
  EACCES: 13,
  EFAULT: 14,
  EINVAL: 22,
  EMFILE: 24,
  ENOSPC: 28,
  ENOTSUP: 95,
} as const;

export type Errno = keyof typeof ERRNO;

/** A packet cannot be served; thrown by what serves it. Never reaches people: it becomes an answer. */
export class RefusedError extends Error {
  readonly errno: Errno;

  constructor(errno: Errno, message: string) {
    super(message);
    this.errno = errno;
  }
}

/** `E1c`, `E1c;HEX` or `E.text`. */
export function errorReply(settings: Settings, errno: Errno, text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const number = `E${ERRNO[errno].toString(16).padStart(2, '0')}`;
  if (settings.errorStrings) return `${number};${hexOfText(utf8(line))}`;
  return settings.errorMessages ? `E.${utf8(line)}` : number;
}
