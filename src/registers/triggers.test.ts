import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HARMLESS, manualAccess, TRAPPING } from '../../test/machine/manual-table.js';
import type { SlotAccess } from './access.js';
import { DR7_RESET, type Dr7, decodeDr7, encodeDr7, type PerSlot } from './dr7.js';
import { SLOT_LENGTHS, type SlotLength } from './lengths.js';
import { type CpuAccess, slotTriggers, triggeredSlots } from './triggers.js';

/** Four enabled slots, through the register and back, as the processor gets them. */
function enabled(...slots: PerSlot<readonly [SlotAccess, SlotLength]>): Dr7 {
  const on = ([access, length]: readonly [SlotAccess, SlotLength]) => ({ local: true, global: false, access, length });
  const [a, b, c, d] = slots;
  return decodeDr7(encodeDr7({ ...decodeDr7(DR7_RESET), slots: [on(a), on(b), on(c), on(d)] }));
}

function accessOf(words: string): CpuAccess {
  const { kind, address, size } = manualAccess(words);
  return { kind, address: BigInt(address), size };
}

describe("the manual's table (R-012): DR0=A0001 RW 1, DR1=A0002 W 1, DR2=B0002 RW 2, DR3=C0000 W 4", () => {
  const dr7 = enabled(['readwrite', 1], ['write', 1], ['readwrite', 2], ['write', 4]);
  const addresses: PerSlot<bigint> = [0xa0001n, 0xa0002n, 0xb0002n, 0xc0000n];

  test.each(TRAPPING)('trap: %s', (words, bits) => {
    expect(triggeredSlots(dr7, addresses, accessOf(words))).toBe(bits);
  });

  test.each(HARMLESS)('no trap: %s', (words) => {
    expect(triggeredSlots(dr7, addresses, accessOf(words))).toBe(0);
  });
});

describe('slotTriggers', () => {
  test.each([
    ['execute', ['execute']],
    ['write', ['write']],
    ['io', ['io']],
    ['readwrite', ['read', 'write']],
  ] as const)('a slot for %s sees %j (R-007)', (access, seen) => {
    const kinds = ['read', 'write', 'execute', 'io'] as const;
    const slot = { address: 0x1000n, access, length: 1 } as const;
    expect(kinds.filter((kind) => slotTriggers(slot, { kind, address: 0x1000n, size: 1 }))).toEqual(seen);
  });

  test('an instruction breakpoint must name the first byte, whatever its length says (R-011)', () => {
    const at = (address: bigint, length: SlotLength) =>
      slotTriggers({ address, access: 'execute', length }, { kind: 'execute', address: 0x1001n, size: 5 });
    expect(at(0x1001n, 1)).toBe(true);
    expect(at(0x1002n, 1)).toBe(false);
    expect(at(0x1001n, 8)).toBe(true);
    expect(at(0x1000n, 8)).toBe(false);
  });

  test('a misaligned slot watches the aligned word around it (R-009)', () => {
    const slot = { address: 0x1003n, access: 'write', length: 4 } as const;
    expect(slotTriggers(slot, { kind: 'write', address: 0x1000n, size: 1 })).toBe(true);
    expect(slotTriggers(slot, { kind: 'write', address: 0x1004n, size: 4 })).toBe(false);
  });

  test('an access of no bytes triggers nothing, one that wraps reaches address 0', () => {
    const slot = { address: 0n, access: 'write', length: 1 } as const;
    expect(slotTriggers(slot, { kind: 'write', address: 0n, size: 0 })).toBe(false);
    expect(slotTriggers(slot, { kind: 'write', address: 2n ** 64n - 1n, size: 2 })).toBe(true);
    expect(slotTriggers(slot, { kind: 'write', address: 2n ** 64n - 1n, size: 1 })).toBe(false);
  });

  test('a data slot triggers exactly when a byte of the access is one of its bytes (R-010)', () => {
    const slotBytes = (address: bigint, length: SlotLength) =>
      Array.from({ length }, (_, i) => BigInt.asUintN(64, (address / BigInt(length)) * BigInt(length) + BigInt(i)));
    const near = fc.bigInt({ min: -40n, max: 40n }).map((offset) => BigInt.asUintN(64, offset));
    const access: fc.Arbitrary<CpuAccess> = fc.record({
      kind: fc.constant<'write'>('write'),
      address: near,
      size: fc.integer({ min: 0, max: 64 }),
    });
    fc.assert(
      fc.property(near, fc.constantFrom(...SLOT_LENGTHS), access, (address, length, made) => {
        const touched = new Set(Array.from({ length: made.size }, (_, i) => BigInt.asUintN(64, made.address + BigInt(i))));
        const common = slotBytes(address, length).some((byte) => touched.has(byte));
        expect(slotTriggers({ address, access: 'write', length }, made)).toBe(common);
      }),
      { seed: 20070222, numRuns: 3000 },
    );
  });
});

test('a slot that is off reports nothing', () => {
  const write = { kind: 'write', address: 0x1000n, size: 8 } as const;
  const addresses: PerSlot<bigint> = [0x1000n, 0x1000n, 0x1000n, 0x1000n];
  const dr7 = decodeDr7(0x9999_0020n); // all slots: write, 8 bytes; enabled by G2 alone
  expect(triggeredSlots(dr7, addresses, write)).toBe(0b0100);
});
