import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HARMLESS, manualAccess, TRAPPING } from '../../test/machine/manual-table.js';
import { cpuWatching, PROPERTY, type Watch } from '../../test/machine/processor.js';
import { linearOfU64 } from '../facility/linear.js';
import { decodeDr7, type PerSlot, triggeredSlots } from '../registers/index.js';
import { moveToDr, newCpu } from './cpu.js';
import type { Cpu } from './cpu-state.js';
import { dataHits, disabledDataHits, disabledExecuteHits, executeHits } from './hits.js';

const MANUAL: readonly Watch[] = [
  { at: 0xa0001, access: 'readwrite', length: 1 },
  { at: 0xa0002, access: 'write', length: 1 },
  { at: 0xb0002, access: 'readwrite', length: 2 },
  { at: 0xc0000, access: 'write', length: 4 },
];

function manualHits(words: string): number {
  const { kind, address, size } = manualAccess(words);
  return dataHits(cpuWatching(...MANUAL), kind, address, size);
}

describe('R-012: table 17-1 of the manual', () => {
  test.each(TRAPPING)('R-012: %s traps', (words, bits) => {
    expect(manualHits(words)).toBe(bits);
  });

  test.each(HARMLESS)('R-012: %s does not trap', (words) => {
    expect(manualHits(words)).toBe(0);
  });
});

describe('what a slot compares', () => {
  test('R-004: linear addresses, so no mapping is needed for a hit', () => {
    expect(dataHits(cpuWatching({ at: 0x1234, access: 'write' }), 'write', 0x1234, 1)).toBe(1);
  });

  test.each([
    [0b00, 0],
    [0b01, 1],
    [0b10, 1],
    [0b11, 1],
  ])('R-006: L and G bits %i: hits %i; LE and GE make no difference', (enables, hits) => {
    for (const exact of [0, 0x100, 0x200, 0x300]) {
      const cpu = newCpu();
      moveToDr(cpu, 0, 0x1000, 0);
      moveToDr(cpu, 7, exact | enables | (1 << 16), 0);
      expect(dataHits(cpu, 'write', 0x1000, 1)).toBe(hits);
    }
  });

  test('R-006: a slot is enabled by its own bits alone', () => {
    const cpu = newCpu();
    for (let slot = 0; slot < 4; slot++) moveToDr(cpu, slot, 0x1000, 0);
    for (let slot = 0; slot < 4; slot++) {
      moveToDr(cpu, 7, (1 << (2 * slot + 1)) | 0x1111_0000, 0);
      expect(dataHits(cpu, 'write', 0x1000, 1)).toBe(1 << slot);
    }
  });

  test.each([
    ['execute', 0, 0, 0, 1],
    ['write', 0, 1, 0, 0],
    ['readwrite', 1, 1, 0, 0],
    ['io', 0, 0, 1, 0],
  ] as const)('R-007: %s sees reads %i, writes %i, ports %i, fetches %i', (access, read, write, io, fetch) => {
    const cpu = cpuWatching({ at: 0x60, access });
    cpu.de = true;
    expect([dataHits(cpu, 'read', 0x60, 1), dataHits(cpu, 'write', 0x60, 1), dataHits(cpu, 'io', 0x60, 1)]).toEqual([read, write, io]);
    expect(executeHits(cpu, 0x60)).toBe(fetch);
  });

  test('R-007: without CR4.DE there are no I/O breakpoints', () => {
    const cpu = cpuWatching({ at: 0x60, access: 'io' });
    expect(dataHits(cpu, 'io', 0x60, 1)).toBe(0);
    cpu.de = true;
    expect(dataHits(cpu, 'io', 0x60, 1)).toBe(1);
  });

  test.each([1, 2, 4, 8] as const)('R-008: length %i', (length) => {
    const cpu = cpuWatching({ at: 0x1000, access: 'write', length });
    const seen = Array.from({ length: 12 }, (_, index) => index - 2).filter((offset) => dataHits(cpu, 'write', 0x1000 + offset, 1) === 1);
    expect(seen).toEqual(Array.from({ length }, (_, index) => index));
  });

  test.each([1, 2, 4, 8] as const)('R-009: low address bits are ignored for length %i', (length) => {
    for (let offset = 0; offset < 8; offset++) {
      const cpu = cpuWatching({ at: 0x1000 + offset, access: 'write', length });
      const first = 0x1000 + offset - (offset % length);
      expect(dataHits(cpu, 'write', first, 1)).toBe(1);
      expect(dataHits(cpu, 'write', first - 1, 1)).toBe(0);
      expect(dataHits(cpu, 'write', first + length - 1, 1)).toBe(1);
      expect(dataHits(cpu, 'write', first + length, 1)).toBe(0);
    }
  });

  test('R-010: any common byte counts, none does not', () => {
    const cpu = cpuWatching({ at: 0x1004, access: 'write', length: 4 });
    expect([0x1000, 0x1001, 0x1003, 0x1007, 0x1008].map((at) => dataHits(cpu, 'write', at, 4))).toEqual([0, 1, 1, 1, 0]);
    expect(dataHits(cpu, 'write', 0xff0, 64)).toBe(1);
    expect(dataHits(cpu, 'write', 0x1004, 0)).toBe(0);
  });

  test('R-011: an instruction breakpoint names the first byte', () => {
    const cpu = cpuWatching({ at: 0x1002, access: 'execute' });
    expect([0x1001, 0x1002, 0x1003].map((at) => executeHits(cpu, at))).toEqual([0, 1, 0]);
  });

  test('R-010: an access that wraps round the end of the address space', () => {
    const cpu = cpuWatching({ at: -8, access: 'write', length: 8 }, { at: 0, access: 'write', length: 8 });
    expect(dataHits(cpu, 'write', -4, 8)).toBe(0b11);
    expect(dataHits(cpu, 'write', -4, 4)).toBe(0b01);
  });

  test('R-003: an address that is not canonical never matches', () => {
    const cpu = cpuWatching({ at: 0x8000_0000_0000n, access: 'write', length: 8 }, { at: 0x8000_0000_0000n, access: 'execute' });
    expect(dataHits(cpu, 'write', -(2 ** 47), 8)).toBe(0);
    expect(dataHits(cpu, 'write', 2 ** 47 - 8, 8)).toBe(0);
    expect(executeHits(cpu, -(2 ** 47))).toBe(0);
  });
});

describe('the same as src/registers says', () => {
  const EDGES = [0n, 0x40_4000n, 0x7fff_ffff_fff0n, 0x8000_0000_0000n, 0xffff_8000_0000_0000n, 0xffff_ffff_ffff_fff0n];
  const near = fc.tuple(fc.constantFrom(...EDGES), fc.bigInt({ min: -12n, max: 24n })).map(([edge, by]) => BigInt.asUintN(64, edge + by));
  const anyAddress = fc.oneof({ weight: 9, arbitrary: near }, { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) });
  // No access has another address, nor reaches into the hole between the halves.
  const access = fc
    .tuple(anyAddress, fc.integer({ min: 0, max: 16 }))
    .filter(([at, size]) => isCanonical(at) && (size === 0 || isCanonical(BigInt.asUintN(64, at + BigInt(size - 1)))));
  const registers = fc.tuple(fc.tuple(anyAddress, anyAddress, anyAddress, anyAddress), fc.integer({ min: 0, max: 0xffff_ffff }));
  const kind = fc.constantFrom<('read' | 'write' | 'io')[]>('read', 'write', 'io');

  function isCanonical(address: bigint): boolean {
    return !Number.isNaN(linearOfU64(address));
  }

  function cpuOf(addresses: PerSlot<bigint>, dr7: number): Cpu {
    const cpu = newCpu();
    for (const [slot, address] of addresses.entries()) moveToDr(cpu, slot, Number(address & 0xffff_ffffn), Number(address >> 32n));
    moveToDr(cpu, 7, dr7, 0);
    cpu.de = true;
    return cpu;
  }

  test('R-006 to R-011: data and I/O accesses, enabled slots and others', () => {
    fc.assert(
      fc.property(registers, access, kind, ([addresses, dr7], [address, size], of) => {
        const cpu = cpuOf(addresses, dr7);
        const at = linearOfU64(address);
        const asked = { kind: of, address, size };
        expect(dataHits(cpu, of, at, size)).toBe(triggeredSlots(decodeDr7(BigInt(cpu.dr7 >>> 0)), addresses, asked));
        const all = triggeredSlots(decodeDr7(BigInt((cpu.dr7 | 0xff) >>> 0)), addresses, asked);
        expect(disabledDataHits(cpu, of, at, size)).toBe(all & ~dataHits(cpu, of, at, size));
      }),
      { ...PROPERTY, numRuns: 10_000 },
    );
  });

  test('R-006 to R-011: instructions', () => {
    fc.assert(
      fc.property(registers, anyAddress.filter(isCanonical), fc.boolean(), ([addresses, dr7], other, named) => {
        const [first] = addresses;
        const address = named && isCanonical(first) ? first : other;
        const cpu = cpuOf(addresses, dr7);
        const at = linearOfU64(address);
        const asked = { kind: 'execute', address, size: 1 } as const;
        expect(executeHits(cpu, at)).toBe(triggeredSlots(decodeDr7(BigInt(cpu.dr7 >>> 0)), addresses, asked));
        const all = triggeredSlots(decodeDr7(BigInt((cpu.dr7 | 0xff) >>> 0)), addresses, asked);
        expect(disabledExecuteHits(cpu, at)).toBe(all & ~executeHits(cpu, at));
      }),
      { ...PROPERTY, numRuns: 5_000 },
    );
  });
});
