// Errors of the layers below as answers: a number that gdb knows, and the text with its hint.
import { HwbkptError } from '../../base/errors.js';
import { type Errno, RefusedError } from './replies.js';

/** By the errors' stable codes. */
const ERRNO_OF: Readonly<Record<string, Errno>> = {
  'no-slot': 'ENOSPC',
  'range-too-long': 'ENOSPC',
  'invalid-range': 'EINVAL',
  'no-permission': 'EPERM',
  'not-in-control': 'EPERM',
  'no-such-process': 'ESRCH',
  'client-closed': 'ESRCH',
  'target-closed': 'ESRCH',
  'not-mapped': 'EFAULT',
  'no-control': 'ENOTSUP',
  'bad-request': 'EINVAL',
  'bad-expression': 'EINVAL',
};

/** What a refusal by an engine's control is about. */
const CONTROL_ERRNO: Readonly<Record<string, Errno>> = {
  'no-slot': 'ENOSPC',
  'no-such-thread': 'ESRCH',
  'not-stopped': 'EINVAL',
  'not-mapped': 'EFAULT',
  'bad-registers': 'EIO',
  'no-signal': 'EINVAL',
  unsupported: 'ENOTSUP',
};

/** Any error as one that becomes an answer. */
export function refusalOf(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error;
  if (!(error instanceof HwbkptError)) return new RefusedError('EIO', error instanceof Error ? error.message : String(error));
  const text = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  const failure = 'failure' in error ? String(error.failure) : '';
  return new RefusedError(CONTROL_ERRNO[failure] ?? ERRNO_OF[error.code] ?? 'EIO', text);
}
