// The auxiliary vector the kernel gave a process at its exec: pairs of u64, ended by type 0.
import { readFileSync } from 'node:fs';

const AT_ENTRY = 9;

/** The program's entry point (not the dynamic loader's), or null where it cannot be read. */
export function entryPoint(pid: number): bigint | null {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(`/proc/${pid}/auxv`);
  } catch {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    if (view.getBigUint64(at, true) === BigInt(AT_ENTRY)) return view.getBigUint64(at + 8, true);
  }
  return null;
}
