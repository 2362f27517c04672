// Writing to a socket without ever waiting, whatever its other users have made of it.
import { failed } from './errno.js';
import { sendCall } from './libc.js';

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** Sends what fits of `bytes`; returns how many that were. Throws LinuxError (EAGAIN: nothing fits now; EPIPE: the reader has gone). */
export function sendNow(fd: number, bytes: Uint8Array): number {
  const sent = sendCall(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) throw failed('send', `descriptor ${fd}`);
  return sent;
}
