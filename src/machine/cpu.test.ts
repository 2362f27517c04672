import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuWatching, PROPERTY } from '../../test/machine/processor.js';
import { DR6_RESET, DR7_RESET, decodeDr6, positiveDr6 } from '../registers/index.js';
import { checkMoveDr, DEFAULT_MODEL, DR6_REGISTER_ACCESS, moveFromDr, moveToDr, newCpu, raise } from './cpu.js';
import type { Cpu } from './cpu-state.js';
import { dataHits } from './hits.js';

const STEP = 0x4000;
const BUS_LOCK = 0x800;
const TRANSACTION = 0x1_0000;
const GD = 0x2000;
const ORS = { ...DEFAULT_MODEL, clearsStaleLowBits: false };

/** DR6 in positive polarity. */
function reasons(cpu: Cpu): number {
  return Number(positiveDr6(BigInt(cpu.dr6 >>> 0)));
}

describe('moves', () => {
  test('R-005, R-020, R-046: after reset', () => {
    const cpu = newCpu();
    expect([cpu.dr6 >>> 0, cpu.dr7]).toEqual([Number(DR6_RESET), Number(DR7_RESET)]);
    expect(moveFromDr(cpu, 6)).toEqual([0xffff_0ff0, 0]);
    expect(moveFromDr(cpu, 7)).toEqual([0x400, 0]);
  });

  test('R-001: DR4 and DR5 are DR6 and DR7 without CR4.DE', () => {
    const cpu = newCpu();
    expect([moveToDr(cpu, 4, 0xffff_0ff1, 0), moveToDr(cpu, 5, 0x401, 0)]).toEqual(['ok', 'ok']);
    expect([moveFromDr(cpu, 6), moveFromDr(cpu, 7)]).toEqual([moveFromDr(cpu, 4), moveFromDr(cpu, 5)]);
    expect([cpu.dr6 >>> 0, cpu.dr7]).toEqual([0xffff_0ff1, 0x401]);
  });

  test('R-001: DR4 and DR5 do not exist with CR4.DE, nor do DR8 to DR15 ever', () => {
    const cpu = { ...newCpu(), de: true };
    for (const index of [4, 5, 8, 15]) {
      expect([moveToDr(cpu, index, 1, 0), moveFromDr(cpu, index), checkMoveDr(cpu, index, false)]).toEqual(['ud', 'ud', 'ud']);
    }
    expect(cpu).toEqual({ ...newCpu(), de: true });
  });

  test('R-002: privilege comes first, also before general detect', () => {
    const cpu = newCpu();
    expect(checkMoveDr(cpu, 7, true)).toBe('gp');
    moveToDr(cpu, 7, GD, 0);
    expect(checkMoveDr(cpu, 7, true)).toBe('gp');
  });

  test('R-003: the upper halves of DR6 and DR7 are #GP, and nothing is written', () => {
    fc.assert(
      fc.property(fc.constantFrom(4, 5, 6, 7), fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 0xffff_ffff }), (index, lo, hi) => {
        const cpu = newCpu();
        expect(moveToDr(cpu, index, lo, hi)).toBe('gp');
        expect(cpu).toEqual(newCpu());
      }),
      PROPERTY,
    );
  });

  test('R-003: DR0 to DR3 hold any 64 bits', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 0xffff_ffff }), (index, lo, hi) => {
        const cpu = newCpu();
        expect(moveToDr(cpu, index, lo, hi)).toBe('ok');
        expect(moveFromDr(cpu, index)).toEqual([lo, hi]);
        expect(cpu.dr.filter((half) => half !== 0)).toEqual([lo, hi].filter((half) => half !== 0));
      }),
      PROPERTY,
    );
  });

  test('R-005, R-020: fixed bits read as they must, whatever is written; all others are kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value) => {
        const cpu = newCpu();
        moveToDr(cpu, 6, value, 0);
        moveToDr(cpu, 7, value, 0);
        const dr6 = decodeDr6(BigInt(cpu.dr6 >>> 0));
        expect([dr6.reserved, dr6.writable]).toEqual([0n, true]);
        expect((cpu.dr6 ^ value) & 0x1_e80f).toBe(0);
        expect(cpu.dr7 & 0xd400).toBe(0x400);
        expect((cpu.dr7 ^ value) & ~0xd400).toBe(0);
      }),
      PROPERTY,
    );
  });
});

describe('what a debug exception leaves', () => {
  test('R-020, R-023: each reason is its own bit', () => {
    for (const bit of [1, 2, 4, 8, BUS_LOCK, DR6_REGISTER_ACCESS, STEP, 0x8000, TRANSACTION]) {
      const cpu = newCpu();
      raise(cpu, DEFAULT_MODEL, bit);
      expect(reasons(cpu)).toBe(bit);
    }
    const cpu = newCpu();
    raise(cpu, DEFAULT_MODEL, 0b101 | STEP);
    expect(decodeDr6(BigInt(cpu.dr6 >>> 0))).toMatchObject({ hits: [true, false, true, false], singleStep: true, reserved: 0n });
  });

  test('R-021: an access alone does not write DR6', () => {
    const cpu = cpuWatching({ at: 0x1000, access: 'write' });
    expect(dataHits(cpu, 'write', 0x1000, 1)).toBe(1);
    expect(reasons(cpu)).toBe(0);
  });

  test('R-021: BS and BD are sticky', () => {
    for (const model of [DEFAULT_MODEL, ORS]) {
      const cpu = newCpu();
      raise(cpu, model, STEP);
      raise(cpu, model, DR6_REGISTER_ACCESS);
      raise(cpu, model, 1);
      expect(reasons(cpu)).toBe(STEP | DR6_REGISTER_ACCESS | 1);
      moveToDr(cpu, 6, Number(DR6_RESET), 0);
      expect(reasons(cpu)).toBe(0);
    }
  });

  test('R-025: a data hit clears stale low bits on some processors, joins them on others', () => {
    const clears = newCpu();
    const joins = newCpu();
    for (const bits of [0b0001, 0b0110]) {
      raise(clears, DEFAULT_MODEL, bits);
      raise(joins, ORS, bits);
    }
    expect([reasons(clears), reasons(joins)]).toEqual([0b0110, 0b0111]);
  });

  test('R-025: an exception for no slot clears no low bits', () => {
    const cpu = newCpu();
    raise(cpu, DEFAULT_MODEL, 0b0001);
    raise(cpu, DEFAULT_MODEL, STEP);
    expect(reasons(cpu)).toBe(STEP | 0b0001);
  });

  test('R-025: what software writes stays until the next debug exception', () => {
    const cpu = newCpu();
    moveToDr(cpu, 6, 0xffff_0ff0 | 0b1000, 0);
    expect(reasons(cpu)).toBe(0b1000);
    raise(cpu, DEFAULT_MODEL, 0b0001);
    expect(reasons(cpu)).toBe(0b0001);
  });

  test('R-024: bit 11 goes to 0 by a bus lock and is left alone by others; bit 16 tells of the last exception', () => {
    const cpu = newCpu();
    raise(cpu, DEFAULT_MODEL, BUS_LOCK);
    raise(cpu, DEFAULT_MODEL, 1);
    expect(reasons(cpu)).toBe(BUS_LOCK | 1);
    raise(cpu, DEFAULT_MODEL, TRANSACTION | 2);
    expect(reasons(cpu)).toBe(BUS_LOCK | TRANSACTION | 2);
    raise(cpu, DEFAULT_MODEL, 2);
    expect(reasons(cpu)).toBe(BUS_LOCK | 2);
  });

  test('R-037, R-023: general detect stops every MOV of a debug register; its exception clears GD', () => {
    const cpu = newCpu();
    moveToDr(cpu, 7, GD | 1, 0);
    for (const index of [0, 3, 4, 5, 6, 7]) expect(checkMoveDr(cpu, index, false)).toBe('db');
    raise(cpu, DEFAULT_MODEL, DR6_REGISTER_ACCESS);
    expect([checkMoveDr(cpu, 7, false), cpu.dr7, reasons(cpu)]).toEqual(['ok', 0x401, DR6_REGISTER_ACCESS]);
  });

  test('R-020 to R-025: after any exceptions the reserved bits are as after reset, and the bits of the last one are there', () => {
    const bits = fc.nat(0x1_ffff).map((value) => value & 0x1_e80f);
    fc.assert(
      fc.property(fc.array(bits, { minLength: 1, maxLength: 6 }), fc.boolean(), (raised, clearsStaleLowBits) => {
        const cpu = newCpu();
        for (const one of raised) raise(cpu, { ...DEFAULT_MODEL, clearsStaleLowBits }, one);
        const last = raised.at(-1) ?? 0;
        expect(reasons(cpu) & last).toBe(last);
        expect(decodeDr6(BigInt(cpu.dr6 >>> 0)).reserved).toBe(0n);
        const any = raised.reduce((all, one) => all | one, 0);
        expect(reasons(cpu) & ~any).toBe(0);
        if (!clearsStaleLowBits) expect(reasons(cpu) & ~TRANSACTION).toBe(any & ~TRANSACTION);
      }),
      PROPERTY,
    );
  });
});
