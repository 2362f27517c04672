// Writing DR0 to DR3: which addresses are taken, and what the slot as it is has to do with it.
import { expect } from 'vitest';
import { fact } from './expectations.js';
import { hex, scripted, slotsLeft } from './scripts.js';
import { SLOT_INDICES, setDebugRegister, TASK_SIZE_MAX } from './words.js';

const LAST_BYTE = TASK_SIZE_MAX - 1n;
const LAST_WORD = TASK_SIZE_MAX - 8n;
/** Beyond user space, not canonical, of the kernel. */
const FOREIGN = [
  ...[TASK_SIZE_MAX, TASK_SIZE_MAX + 1n, 0x7fff_ffff_ffffn, 0x8000_0000_0000n, 0x00ff_ffff_ffff_f000n],
  ...[0xffff_8000_0000_0000n, 0xffff_ffff_8100_0000n, 0xffff_ffff_ffff_ffffn],
];

/** */
export const ADDRESS_CASES = [
  ...[0n, 1n, 0x1001n, LAST_BYTE].map((address) =>
    scripted(`R-507 an empty slot takes address ${hex(address)}`, [[0, address, null]], { 0: address, 7: 0n }),
  ),
  ...FOREIGN.map((address) =>
    scripted(`R-507 an empty slot refuses address ${hex(address)}, and stays empty`, [[2, address, 'EINVAL']], { 2: 0n, 7: 0n }),
  ),
  fact('R-507 a refused address takes no slot', (subject) => {
    for (const slot of SLOT_INDICES) expect(setDebugRegister(subject, slot, TASK_SIZE_MAX)).toBe('EINVAL');
    expect(slotsLeft(subject)).toBe(4);
  }),
  ...[1, 2, 3, 4].map((count) =>
    fact(`R-507 ${count} written addresses take ${count} slots, though nothing is enabled`, (subject) => {
      for (const slot of SLOT_INDICES.slice(0, count)) expect(setDebugRegister(subject, slot, 0n)).toBeNull();
      expect(slotsLeft(subject)).toBe(4 - count);
    }),
  ),
  fact('R-507 a slot that is written again takes no second one', (subject) => {
    for (const address of [0n, 8n, 0x1000n, 0n]) expect(setDebugRegister(subject, 1, address)).toBeNull();
    expect(slotsLeft(subject)).toBe(3);
  }),
  scripted(
    'R-508 the address of an enabled slot must suit its length; else the old one stays',
    [
      [0, 0x1000n, null],
      [7, 0xd0001n, null],
      [0, 0x1002n, 'EINVAL'],
      [0, TASK_SIZE_MAX, 'EINVAL'],
      [0, 0xffff_ffff_8100_0000n, 'EINVAL'],
    ],
    { 0: 0x1000n, 7: 0xd0001n },
  ),
  scripted(
    'R-508 the address of a disabled slot must suit the length it has kept',
    [
      [0, 0x1000n, null],
      [7, 0xd0000n, null],
      [0, 0x1002n, 'EINVAL'],
      [0, 0x1004n, null],
    ],
    { 0: 0x1004n, 7: 0xd0000n },
  ),
  scripted(
    'R-515 DR7 = 0 frees a slot from its length: any alignment is taken',
    [
      [0, 0x1000n, null],
      [7, 0xd0001n, null],
      [7, 0n, null],
      [0, 0x1003n, null],
    ],
    { 0: 0x1003n, 7: 0n },
  ),
  scripted(
    'R-515, N-1 off with nibble 0, then the address, then on: moves a breakpoint anywhere',
    [
      [3, 0x1000n, null],
      [7, 0x9000_0080n, null],
      [7, 0n, null],
      [3, 0x1001n, null],
      [7, 0x1000_0080n, null],
    ],
    { 3: 0x1001n, 7: 0x1000_0080n },
  ),
  scripted('R-516 DR7 may come before any address: four execute breakpoints at 0', [[7, 0xffn, null]], { 0: 0n, 3: 0n, 7: 0xffn }),
  scripted(
    'R-516 an enabled slot takes its address afterwards',
    [
      [7, 0x10001n, null],
      [0, 0x1001n, null],
    ],
    { 0: 0x1001n, 7: 0x10001n },
  ),
  scripted(
    'R-516 four execute breakpoints take any address afterwards',
    [[7, 0xffn, null] as const, ...SLOT_INDICES.map((slot) => [slot, 0x401001n + BigInt(slot), null] as const)],
    { 0: 0x401001n, 3: 0x401004n },
  ),
  scripted(
    'R-517 a length that does not suit the address is refused in DR7',
    [
      [0, 0x1003n, null],
      [7, 0xd0001n, 'EINVAL'],
    ],
    { 0: 0x1003n, 7: 0n },
  ),
  scripted(
    'R-517 an address that does not suit the length is refused in DR0',
    [
      [7, 0xd0001n, null],
      [0, 0x1002n, 'EINVAL'],
    ],
    { 0: 0n, 7: 0xd0001n },
  ),
  scripted(
    'R-517 eight bytes must end within user space',
    [
      [0, LAST_BYTE, null],
      [7, 0x90001n, 'EINVAL'],
      [0, LAST_WORD, null],
      [7, 0x90001n, null],
    ],
    { 0: LAST_WORD, 7: 0x90001n },
  ),
  scripted(
    'R-517 after a kernel address was refused the slot can be enabled, at 0',
    [
      [0, 0xffff_8880_0000_0000n, 'EINVAL'],
      [7, 0x1n, null],
    ],
    { 0: 0n, 7: 0x1n },
  ),
];
