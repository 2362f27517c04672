import { expect, test } from 'vitest';
import { PERF_REGISTER_MASK, REGISTER, REGISTER_COUNT, REGISTER_NAMES, REGISTER_WORDS, registersFrom, registerValue } from './registers.js';

/** enum perf_event_x86_regs of the kernel's uapi header. */
const PERF_BITS = { ax: 0, bx: 1, cx: 2, dx: 3, si: 4, di: 5, bp: 6, sp: 7, flags: 9, r8: 16, r9: 17, r10: 18, r11: 19 };
const REST = { r12: 20, r13: 21, r14: 22, r15: 23 };

test('the layout is what perf delivers for the mask: one register a set bit, lowest first', () => {
  const byBit = Object.entries({ ...PERF_BITS, ...REST }).sort(([, a], [, b]) => a - b);
  expect(byBit.map(([name]) => name)).toEqual([...REGISTER_NAMES]);
  expect(byBit.reduce((mask, [, bit]) => mask | (1 << bit), 0)).toBe(PERF_REGISTER_MASK);
  expect(REGISTER_NAMES.map((name) => REGISTER[name])).toEqual([...REGISTER_NAMES.keys()]);
  expect(REGISTER_NAMES).toHaveLength(REGISTER_COUNT);
});

test('values go in and come out whole, at any offset', () => {
  const registers = registersFrom({ ax: 0x8000_0000_ffff_ffffn, r15: 7n });
  const shifted = new Uint32Array(REGISTER_WORDS + 3);
  shifted.set(registers, 3);
  expect(registerValue(shifted, 3, 'ax')).toBe(0x8000_0000_ffff_ffffn);
  expect(registerValue(shifted, 3, 'r15')).toBe(7n);
  expect(registerValue(shifted, 3, 'flags')).toBe(0n);
});
