// The user's registers and the copy of its stack in a sample, which the kernel writes between the call chain and the interrupted registers.
//
//   abi u64 (0: none, and no registers) | 17 registers u64 each, IP in the place of FLAGS | size u64 | stack, size bytes | bytes of it u64
//                                                                                     (a size of 0 ends it)
import { REGISTER, REGISTER_WORDS } from '../../instructions/registers.js';
import type { UserStack } from '../reports.js';

const ABI_WORDS = 2;
const SIZE_WORDS = 2;

/** To be filled again and again. */
export function newUserStack(): UserStack {
  const none = new Uint32Array(0);
  return { ip: 0, registers: none, registersAt: 0, words: none, at: 0, length: 0 };
}

/** Fills `stack` from word `at`, where the abi is, up to `end`; false where nothing is there. */
export function readUserStack(words: Uint32Array, { at, end }: { readonly at: number; readonly end: number }, stack: UserStack): boolean {
  if (at >= end || (words[at] ?? 0) === 0) return false;
  const registers = at + ABI_WORDS;
  const size = registers + REGISTER_WORDS;
  const copy = size + SIZE_WORDS;
  const bytes = words[size] ?? 0;
  const ip = registers + 2 * REGISTER.flags;
  stack.ip = (words[ip + 1] ?? 0) * 0x1_0000_0000 + (words[ip] ?? 0);
  stack.registers = words;
  stack.registersAt = registers;
  stack.words = words;
  stack.at = copy;
  stack.length = bytes === 0 || copy + bytes / 4 >= end ? 0 : Math.min(bytes, words[copy + bytes / 4] ?? 0);
  return true;
}
