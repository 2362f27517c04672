// The memory of a process through /proc/PID/mem, for the few reads that symbols need (the vdso, the dynamic linker's list).
import { closeSync, openSync, readSync } from 'node:fs';

/** Addresses from here on (2^63) cannot be file positions; only [vsyscall] is there. */
const END_OF_POSITIONS = 1n << 63n;

/** Up to `length` bytes at `address`: fewer where a mapping ends, null where nothing can be read or it is not permitted. */
export function readProcessMemory(pid: number, address: bigint, length: number): Uint8Array | null {
  if (address < 0n || address >= END_OF_POSITIONS) return null;
  let fd: number;
  try {
    fd = openSync(`/proc/${pid}/mem`, 'r');
  } catch {
    return null;
  }
  try {
    const bytes = new Uint8Array(length);
    const got = readSync(fd, bytes, 0, length, address);
    return got === 0 ? null : bytes.subarray(0, got);
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}
