// The numbers of struct hw_breakpoint on x86 (R-323; from memory of the public design): DR7's bits, with a bit beside them that makes 0 invalid.
//
//   len    0100 LEN 00     type   1000 00 R/W
//          7654 32  10            7654 32 10
import type { Access } from '../../model/access.js';

/** HW_BREAKPOINT_LEN_1 to _8, by bytes. LEN_EXECUTE is that of one byte. */
export const LEN = { 1: 0x40, 2: 0x44, 4: 0x4c, 8: 0x48 } as const;
/** HW_BREAKPOINT_EXECUTE, _WRITE and _RW. x86 has no breakpoint for reads alone. */
export const TYPE = { execute: 0x80, write: 0x81, readwrite: 0x83 } as const;

/** What the two numbers mean; null where one of them is none, or where they do not go together (R-325: EINVAL). */
export function decode(len: number, type: number): { readonly length: 1 | 2 | 4 | 8; readonly access: Access } | null {
  const length = ([1, 2, 4, 8] as const).find((bytes) => LEN[bytes] === len);
  const access = (['execute', 'write', 'readwrite'] as const).find((one) => TYPE[one] === type);
  if (length === undefined || access === undefined || (access === 'execute' && length !== 1)) return null;
  return { length, access };
}
