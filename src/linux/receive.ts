// Reading from a socket without ever waiting, beside whoever else reads it on this thread.
import { recvCall } from './libc.js';

const MSG_DONTWAIT = 0x40;

/** Takes what is there into `buffer`; returns how many bytes that were: 0 where nothing is, at the end, and after an error, which the next read will see. */
export function receiveNow(fd: number, buffer: Uint8Array): number {
  return Math.max(0, recvCall(fd, buffer, buffer.length, MSG_DONTWAIT));
}
