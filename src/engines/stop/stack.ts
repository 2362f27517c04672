// What a hit's stack is told from: a copy of the stack, and the chain of frame pointers in it, as the kernel would follow it.
import { registerValue } from '../../instructions/registers.js';
import { STACK_COPY_BYTES } from '../events/layout.js';
import type { TraceeMemory } from './memory.js';

/** Where the thread stands. */
interface Standpoint {
  readonly registers: Uint32Array;
  /** Most entries of the chain. */
  readonly depth: number;
  readonly ip: number;
}

/** Copies the stack of a stopped thread; the chain begins with `ip`. */
export function copyStack(
  memory: TraceeMemory,
  pid: number,
  { registers, depth, ip }: Standpoint,
): { readonly chain: Uint32Array; readonly bytes: Uint8Array } {
  const top = registerValue(registers, 0, 'sp');
  const copied = memory.copy(pid, top, STACK_COPY_BYTES);
  const bytes = copied.subarray(0, copied.length & ~7);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chain = [ip];
  let frame = Number(registerValue(registers, 0, 'bp') - top);
  // A frame begins with the caller's frame pointer and the address to return to; each lies above the one before.
  while (chain.length < depth && frame >= 0 && frame % 8 === 0 && frame + 16 <= bytes.length) {
    const back = Number(view.getBigUint64(frame + 8, true));
    if (back === 0) break;
    chain.push(back);
    const next = Number(view.getBigUint64(frame, true) - top);
    if (next <= frame) break;
    frame = next;
  }
  return { chain: Uint32Array.from(chain.flatMap((address) => [address >>> 0, Math.floor(address / 0x1_0000_0000)])), bytes };
}
