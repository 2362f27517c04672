// The accesses an x86-64 slot can watch for, and the R/W bits that stand for them in DR7.
//
//   R/W     00       01      10        11
//         execute  write    io     read or write (but not fetch)
import { present } from '../base/assert.js';

const BY_CODE = ['execute', 'write', 'io', 'readwrite'] as const;

/**
 * What a slot watches for. `execute`: the instruction that starts at the address. `write`: data written.
 * `io`: a port read or written, only with CR4.DE=1 and undefined otherwise. `readwrite`: data read or written.
 * There is no slot for reads alone.
 */
export type SlotAccess = (typeof BY_CODE)[number];

/** Whether `word` names something a slot can watch for. */
export function isSlotAccess(word: string): word is SlotAccess {
  return (BY_CODE as readonly string[]).includes(word);
}

/** The two R/W bits of `access`. */
export function accessCode(access: SlotAccess): number {
  return BY_CODE.indexOf(access);
}

/** The access that R/W bits `code` (the two lowest bits count) stand for. Every code stands for one. */
export function accessOfCode(code: number): SlotAccess {
  return present(BY_CODE[code & 3], 'an access for each R/W code');
}
