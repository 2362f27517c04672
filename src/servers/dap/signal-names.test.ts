import { expect, test } from 'vitest';
import { signalName, signalOrigin, signalText } from './signal-names.js';

/** A siginfo_t with this si_code and these eight bytes behind it. */
function info(code: number, word: bigint): Uint8Array {
  const bytes = new Uint8Array(128);
  const view = new DataView(bytes.buffer);
  view.setInt32(8, code, true);
  view.setBigUint64(16, word, true);
  return bytes;
}

test('signals have names and meanings', () => {
  expect([signalName(11), signalName(40), signalText(12)]).toEqual(['SIGSEGV', 'signal 40', 'SIGUSR2']);
  expect(signalText(11)).toBe('SIGSEGV: access to memory that is not there, or not allowed');
});

test('a fault says where, a signal that was sent by whom', () => {
  expect(signalOrigin(11, info(1, 0x10n))).toBe('the address 0x10');
  expect(signalOrigin(8, info(1, 0x401000n))).toBe('the instruction at 0x401000');
  expect(signalOrigin(6, info(-6, 4711n))).toBe('sent by process 4711');
  expect(signalOrigin(11, info(0, 99n))).toBe('sent by process 99');
});

test('nothing is said of what siginfo does not tell', () => {
  expect(signalOrigin(11, null)).toBeNull();
  expect(signalOrigin(11, info(0x80, 0n))).toBeNull();
  expect(signalOrigin(17, info(1, 5n))).toBeNull();
});
