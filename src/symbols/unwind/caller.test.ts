import { describe, expect, test } from 'vitest';
import { callerOf, type FrameRegisters } from './caller.js';
import { CFA_BASE, type FrameRule } from './frame-rule.js';

const SP = 0x7ff0_0000n;
const memory = new Map<bigint, bigint>();
const read = (address: bigint): bigint | null => memory.get(address) ?? null;

function registers(changes: Readonly<Record<number, bigint>>): FrameRegisters {
  return Array.from({ length: 17 }, (_, i) => changes[i] ?? BigInt(i));
}

function rule(changes: Partial<FrameRule>): FrameRule {
  return {
    ...{ cfaRegister: 7, cfaOffset: 16, cfaInMemory: false, cfaBlock: null, moved: [], computed: [], outermost: false, signal: false },
    ...{ registers: Int8Array.of(6, 16), bases: Int8Array.of(CFA_BASE, CFA_BASE), offsets: Int32Array.of(-16, -8), lost: new Int8Array(0) },
    ...changes,
  };
}

describe('the caller of a frame', () => {
  test('has all 64 bits of what was saved', () => {
    memory.clear();
    memory.set(SP, 0xfedc_ba98_7654_3211n).set(SP + 8n, 0x40_1000n);
    const caller = callerOf(rule({}), registers({ 7: SP }), read);
    expect(caller?.cfa).toBe(SP + 16n);
    expect([caller?.registers[6], caller?.registers[7], caller?.registers[16]]).toEqual([0xfedc_ba98_7654_3211n, SP + 16n, 0x40_1000n]);
    expect(caller?.registers[3]).toBe(3n);
  });

  test('is not there at the end of the stack, where memory cannot be read, and where the stack would grow downwards', () => {
    memory.clear();
    expect(callerOf(rule({ outermost: true }), registers({ 7: SP }), read)).toBeNull();
    expect(callerOf(rule({}), registers({ 7: SP }), read)).toBeNull();
    memory.set(SP - 8n, 0x40_1000n);
    expect(callerOf(rule({ cfaOffset: 0 }), registers({ 7: SP }), read)).toBeNull();
  });

  test('knows nothing of what is lost', () => {
    memory.clear();
    memory.set(SP, 1n).set(SP + 8n, 0x40_1000n);
    expect(callerOf(rule({ lost: Int8Array.of(3) }), registers({ 7: SP }), read)?.registers[3]).toBeNull();
  });

  test('is found by the frame pointer where no table tells', () => {
    memory.clear();
    memory.set(SP + 32n, SP + 96n).set(SP + 40n, 0x40_2000n);
    const caller = callerOf('untold', registers({ 6: SP + 32n, 7: SP }), read);
    expect([caller?.cfa, caller?.registers[6], caller?.registers[16], caller?.registers[12]]).toEqual([
      SP + 48n,
      SP + 96n,
      0x40_2000n,
      null,
    ]);
  });

  test('is the top of the stack after a call of an address without code', () => {
    memory.clear();
    memory.set(SP, 0x40_3000n);
    expect(callerOf('no-code', registers({ 7: SP }), read)?.registers[16]).toBe(0x40_3000n);
  });
});
