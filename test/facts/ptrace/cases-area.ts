// The user area that PTRACE_PEEKUSER and PTRACE_POKEUSER reach, and who may reach it.
import fc from 'fast-check';
import { expect } from 'vitest';
import { expectCheckpoint, fact, perform } from './expectations.js';
import { debugRegister, dr6Of, NO_REASON, setDebugRegister, U_DEBUGREG, USER_BYTES } from './words.js';

const SEED = 20070222;
const ANY_U64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
/** Behind the general registers, before and behind the debug registers: words that nobody can set. */
const OTHER_WORDS = [216n, 264n, 840n, 912n, 920n];
const NEGATIVE = 2n ** 64n - 8n;

/** */
export const AREA_CASES = [
  fact('R-501 the debug registers are eight words from 848 on', (subject) => {
    expect(subject.poke(U_DEBUGREG, 0x1000n)).toBeNull();
    expect(subject.peek(U_DEBUGREG)).toBe(0x1000n);
    expect(subject.poke(U_DEBUGREG + 56n, 0x300n)).toBeNull();
    expect(([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n] as const).map((register) => subject.peek(U_DEBUGREG + 8n * register))).toEqual([
      ...[0x1000n, 0n, 0n, 0n, 0n, 0n],
      ...[NO_REASON, 0x300n],
    ]);
  }),
  fact('R-502 an offset that is misaligned or outside is EIO, both ways', (subject) => {
    const outside = [U_DEBUGREG + 1n, U_DEBUGREG + 4n, U_DEBUGREG + 60n, USER_BYTES, USER_BYTES + 8n, 2n ** 32n, NEGATIVE];
    expect(outside.map((offset) => subject.peek(offset))).toEqual(outside.map(() => 'EIO'));
    expect(outside.map((offset) => subject.poke(offset, 0n))).toEqual(outside.map(() => 'EIO'));
  }),
  fact('R-502 a word that is neither general nor debug register reads 0 and cannot be written', (subject) => {
    expect(OTHER_WORDS.map((offset) => subject.peek(offset))).toEqual(OTHER_WORDS.map(() => 0n));
    expect(OTHER_WORDS.map((offset) => subject.poke(offset, 0n))).toEqual(OTHER_WORDS.map(() => 'EIO'));
  }),
  fact('R-503 who does not trace the thread gets ESRCH', (subject) => {
    expect(subject.pokeByStranger(U_DEBUGREG, 0x1000n)).toBe('ESRCH');
    expect(debugRegister(subject, 0)).toBe(0n);
  }),
  fact('R-503 while the thread runs, its tracer gets ESRCH', (subject) => {
    subject.load([{ op: 'spin' }]);
    subject.go();
    expect([subject.poke(U_DEBUGREG, 0x1000n), subject.peek(U_DEBUGREG)]).toEqual(['ESRCH', 'ESRCH']);
    subject.interrupt();
    expect([subject.poke(U_DEBUGREG, 0x1000n), subject.peek(U_DEBUGREG)]).toEqual([null, 0x1000n]);
  }),
  fact('R-503 who has let go of the thread gets ESRCH', (subject) => {
    subject.load([{ op: 'spin' }]);
    subject.detach();
    expect([subject.poke(U_DEBUGREG, 0x1000n), subject.peek(U_DEBUGREG)]).toEqual(['ESRCH', 'ESRCH']);
  }),
  fact('R-504, R-046 a fresh thread reads 0, but DR6 reads as after reset', (subject) => {
    const registers = ([0, 1, 2, 3, 4, 5, 6, 7] as const).map((register) => debugRegister(subject, register));
    expect(registers).toEqual([0n, 0n, 0n, 0n, 0n, 0n, NO_REASON, 0n]);
  }),
  fact('R-505 DR4 and DR5 are EIO for any value', (subject) => {
    for (const value of [0n, 1n, NO_REASON, 2n ** 64n - 1n]) {
      expect([setDebugRegister(subject, 4, value), setDebugRegister(subject, 5, value)]).toEqual(['EIO', 'EIO']);
    }
    expect([debugRegister(subject, 4), debugRegister(subject, 5)]).toEqual([0n, 0n]);
  }),
  fact('R-506 DR6 takes and keeps any 64-bit value', (subject) => {
    const keeps = (value: bigint) => setDebugRegister(subject, 6, value) === null && debugRegister(subject, 6) === value;
    expect([0n, NO_REASON, 0xffffn, 2n ** 64n - 1n].map(keeps)).toEqual([true, true, true, true]);
    fc.assert(fc.property(ANY_U64, keeps), { seed: SEED });
  }),
  fact('R-506 a written DR6 has no effect: nothing traps', (subject) => {
    expect(setDebugRegister(subject, 6, dr6Of([0, 1, 2, 3], true))).toBeNull();
    expectCheckpoint(perform(subject, { op: 'store', at: 0, length: 8, value: 1 }, { op: 'nop' }));
    expect(debugRegister(subject, 6)).toBe(dr6Of([0, 1, 2, 3], true));
  }),
];
