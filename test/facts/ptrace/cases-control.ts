// Writing DR7: which bits count, what is checked, and what is left behind where the answer is a refusal.
import fc from 'fast-check';
import { expect } from 'vitest';
import { expectCheckpoint, expectHit, fact, perform } from './expectations.js';
import { hex, scripted, slotsLeft, takeSlots, write } from './scripts.js';
import { arm, dataSlot, debugRegister, dr7Of, setDebugRegister } from './words.js';

const SEED = 20070222;
const ALL_ONES = 2n ** 64n - 1n;
/** Bits that the kernel ignores: 10 to 15 and the upper half. */
const IGNORED = 0xffff_ffff_0000_fc00n;
const LE_GE = 0x300n;
/** LENi R/Wi that an enabled slot accepts: execute of 1 byte; write and readwrite of 1, 2, 8 and 4 bytes. */
const GOOD_NIBBLES = [0x0n, 0x1n, 0x3n, 0x5n, 0x7n, 0x9n, 0xbn, 0xdn, 0xfn];
const NIBBLES = Array.from({ length: 16 }, (_, nibble) => BigInt(nibble));
/** Slot 1 enabled with R/W = 10, which no slot accepts. */
const BAD_SLOT_1 = 0x0020_0004n;

/** */
export const CONTROL_CASES = [
  ...[0x400n, 0x2000n, 0xd800n, 0xfc00n, 0x1_0000_0000n, IGNORED, LE_GE].map((value) =>
    fact(`R-509 DR7 = ${hex(value)}: ignored, and read back as written`, (subject) => {
      write(subject, [[7, value, null]]);
      expect(debugRegister(subject, 7)).toBe(value);
      // General detect would fault here.
      expectCheckpoint(perform(subject, { op: 'nop' }));
      expect(slotsLeft(subject)).toBe(4);
    }),
  ),
  fact('R-509 of DR7 = all ones the enables and fields count, and it reads back as written', (subject) => {
    write(subject, [[7, ALL_ONES, null]]);
    expect(debugRegister(subject, 7)).toBe(ALL_ONES);
    // Four readwrite breakpoints on 4 bytes at 0.
    write(subject, [
      [0, 0x1002n, 'EINVAL'],
      [0, subject.dataAddress, null],
    ]);
    expectHit(perform(subject, { op: 'load', at: 3, length: 1 }), 1, 0);
    expect(slotsLeft(subject)).toBe(0);
  }),
  fact('R-509 any value of the ignored bits is taken with any enables, and read back', (subject) => {
    const enables = fc.bigInt({ min: 0n, max: 0x3ffn });
    const ignored = fc.bigInt({ min: 0n, max: ALL_ONES }).map((bits) => bits & IGNORED);
    const keeps = (value: bigint) => setDebugRegister(subject, 7, value) === null && debugRegister(subject, 7) === value;
    fc.assert(
      fc.property(enables, ignored, (low, rest) => keeps(low | rest)),
      { seed: SEED },
    );
  }),
  ...(['local', 'global', 'both'] as const).map((enable) =>
    fact(`R-510, R-006 enabled by ${enable}: it hits`, (subject) => {
      arm(subject, dataSlot(subject, 8, { slot: 2, type: 'write', bytes: 8, enable }));
      expectHit(perform(subject, { op: 'store', at: 8, length: 8, value: 1 }), 1, 2);
    }),
  ),
  fact('R-510 an empty slot that is disabled is skipped, whatever its field says', (subject) => {
    for (const nibble of NIBBLES) write(subject, [[7, nibble << 16n, null]]);
    expect(slotsLeft(subject)).toBe(4);
  }),
  fact('R-510 an empty slot that is enabled becomes a breakpoint at 0 with its type and length', (subject) => {
    write(subject, [
      [7, dr7Of({ slot: 1, type: 'write', bytes: 8 }), null],
      [1, 4n, 'EINVAL'],
      [1, 8n, null],
    ]);
    expect(slotsLeft(subject)).toBe(3);
  }),
  scripted('R-510 a slot that is there is checked though it is disabled', [
    [0, 0x1002n, null],
    [7, 0x20000n, 'EINVAL'],
    [7, 0xd0000n, 'EINVAL'],
    [7, 0x40000n, 'EINVAL'],
    [7, 0x50000n, null],
  ]),
  ...NIBBLES.map((nibble) => {
    const good = GOOD_NIBBLES.includes(nibble);
    const title = `R-511, R-007, R-008 field ${hex(nibble)}, enabled at an aligned address: ${good ? 'taken' : 'EINVAL'}`;
    return scripted(
      title,
      [
        [0, 0x1000n, null],
        [7, (nibble << 16n) | 1n, good ? null : 'EINVAL'],
      ],
      { 7: good ? (nibble << 16n) | 1n : 0n },
    );
  }),
  fact('R-511 an address must suit the length: all addresses, all lengths', (subject) => {
    const lengths = new Map<bigint, bigint>([
      [0x1n, 1n],
      [0x5n, 2n],
      [0xdn, 4n],
      [0x9n, 8n],
    ]);
    for (const [nibble, length] of lengths) {
      for (let offset = 0n; offset < 8n; offset++) {
        const answer = offset % length === 0n ? null : 'EINVAL';
        write(subject, [
          [7, 0n, null],
          [0, 0x1000n + offset, null],
          [7, (nibble << 16n) | 2n, answer],
        ]);
      }
    }
  }),
  fact('R-512 the first slot that is wrong decides: those after it are not made', (subject) => {
    write(subject, [[7, 0x0100_0010n | BAD_SLOT_1 | 0x1n, 'EINVAL']]);
    expect(debugRegister(subject, 7)).toBe(0n);
    // Slot 0 was made, slots 1 and 2 were not.
    expect(slotsLeft(subject)).toBe(3);
  }),
  fact('R-512 the errno is that of the first pass', (subject) => {
    takeSlots(subject, 4);
    write(subject, [
      [7, BAD_SLOT_1 | 0x1n, 'ENOSPC'],
      [7, 0x0002_0005n, 'EINVAL'],
    ]);
  }),
  fact('R-512 after a refusal the slots work as before, and DR7 reads as before', (subject) => {
    arm(subject, dataSlot(subject, 0, { slot: 0, type: 'write', bytes: 4 }));
    const before = debugRegister(subject, 7);
    // Slot 0 would be off.
    write(subject, [[7, BAD_SLOT_1, 'EINVAL']]);
    expect(debugRegister(subject, 7)).toBe(before);
    expectHit(perform(subject, { op: 'store', at: 0, length: 4, value: 1 }), 1, 0);
  }),
  fact('R-513 a slot created in a failing pass stays charged, disabled', (subject) => {
    write(subject, [[7, 0x0001_0001n | BAD_SLOT_1, 'EINVAL']]);
    expect([debugRegister(subject, 0), debugRegister(subject, 7)]).toEqual([0n, 0n]);
    write(subject, [[7, 0x20000n, 'EINVAL']]);
    expect(slotsLeft(subject)).toBe(3);
  }),
  fact('R-513 a slot created in a failing pass does not hit', (subject) => {
    write(subject, [
      [7, 0x0001_0001n | BAD_SLOT_1, 'EINVAL'],
      [0, subject.dataAddress, null],
    ]);
    expectCheckpoint(perform(subject, { op: 'store', at: 0, length: 1, value: 1 }));
  }),
  scripted(
    'R-514 a failing pass forgets the type and length of disabled slots, which DR7 still shows',
    [
      [0, 0x1000n, null],
      [7, 0xd0000n, null],
      [0, 0x1002n, 'EINVAL'],
      [7, 0x40001n, 'EINVAL'],
      [0, 0x1002n, null],
    ],
    { 0: 0x1002n, 7: 0xd0000n },
  ),
];
