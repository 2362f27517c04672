import { expect, test } from 'vitest';
import { exitsOf, keepsFramePointer } from './frame-exits.js';

/** Instructions of these lengths, one behind the other. */
function lengths(...all: number[]): { boundaries(): number[] } {
  const starts = [0];
  for (const length of all) starts.push((starts.at(-1) ?? 0) + length);
  return { boundaries: () => starts };
}

test('returns, also with a prefix or an operand', () => {
  const code = Uint8Array.of(0x90, 0xc3, 0xf3, 0xc3, 0xc2, 8, 0);
  expect(exitsOf(code, lengths(1, 1, 2, 3))).toEqual([1, 2, 4]);
});

test('a byte of another instruction is no return', () => {
  // mov eax, 0xc3
  expect(exitsOf(Uint8Array.of(0xb8, 0xc3, 0, 0, 0), lengths(5))).toEqual([]);
});

test('jumps to other functions leave, jumps within do not', () => {
  // jmp +0 (to its end, which is outside); jmp -2 (to itself)
  const outside = Uint8Array.of(0x90, 0xe9, 0x10, 0, 0, 0);
  expect(exitsOf(outside, lengths(1, 5))).toEqual([1]);
  expect(exitsOf(Uint8Array.of(0x90, 0xeb, 0xfe), lengths(1, 2))).toEqual([]);
  expect(exitsOf(Uint8Array.of(0x90, 0xeb, 0x7f), lengths(1, 2))).toEqual([1]);
});

test('functions that keep a frame pointer', () => {
  expect(keepsFramePointer(Uint8Array.of(0x55, 0x48, 0x89, 0xe5, 0x90))).toBe(true);
  expect(keepsFramePointer(Uint8Array.of(0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x48, 0x89, 0xe5))).toBe(true);
  expect(keepsFramePointer(Uint8Array.of(0x55, 0x53, 0x48, 0x89, 0xe5))).toBe(false);
});
