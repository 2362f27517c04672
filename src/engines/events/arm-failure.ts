// Which kind of failure an errno of perf_event_open is.
import { isErrno } from '../../linux/errno.js';
import { ArmError } from '../errors.js';
import { NoRingsError, TooManyDescriptorsError } from './resources.js';

/** Any error of arming as an {@link ArmError}. */
export function armErrorOf(error: unknown, pid: number): ArmError {
  if (error instanceof ArmError) return error;
  if (isErrno(error, 'ENOSPC')) return new ArmError('no-slot', pid, error);
  if (isErrno(error, 'EACCES', 'EPERM')) return new ArmError('no-permission', pid, error);
  if (isErrno(error, 'ESRCH')) return new ArmError('no-process', pid, error);
  if (error instanceof TooManyDescriptorsError || error instanceof NoRingsError) return new ArmError('no-resources', pid, error);
  if (isErrno(error, 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN')) return new ArmError('no-resources', pid, error);
  if (isErrno(error, 'EINVAL')) return new ArmError('invalid', pid, error);
  return new ArmError('unsupported', pid, error);
}
