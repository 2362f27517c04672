// How much a pipe holds for a reader who is behind.
import { fcntlCall } from './libc.js';

const F_SETPIPE_SZ = 1031;
/** What anybody may ask for, unless fs.pipe-max-size was changed. */
const LARGEST = 1 << 20;

/** Lets the pipe behind `fd` hold 1 MiB instead of 64 KiB, where the system allows that; nothing else about it changes. */
export function growPipe(fd: number): void {
  fcntlCall(fd, F_SETPIPE_SZ, LARGEST);
}
