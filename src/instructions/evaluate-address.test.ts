import fc from 'fast-check';
import { expect, test } from 'vitest';
import { highU32, lowU32 } from '../base/u64.js';
import { offsetFromRange } from './evaluate-address.js';
import { FLAG, REGISTER, registersFrom } from './registers.js';
import { newAccessSample } from './sample.js';

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

test('an address in halves equals base + index * scale + displacement in 64 bits', () => {
  const near = fc.integer({ min: -1000, max: 1000 });
  const form = fc.tuple(u64, u64, u64, fc.constantFrom(1, 2, 4, 8), near);
  fc.assert(
    fc.property(form, fc.boolean(), ([base, index, displacement, scale, distance], narrow) => {
      const sum = base + index * BigInt(scale) + displacement;
      const address = narrow ? BigInt.asUintN(32, sum) : BigInt.asUintN(64, sum);
      const range = address - BigInt(distance);
      fc.pre(range >= 0n && range < 2n ** 64n);
      const sample = newAccessSample({
        registers: registersFrom({ bx: base, r9: index }),
        rangeLo: lowU32(range),
        rangeHi: highU32(range),
      });
      const registers = { base: REGISTER.bx, index: REGISTER.r9, scale };
      const offset = offsetFromRange(
        { ...registers, dispLo: lowU32(displacement), dispHi: highU32(displacement), narrow, step: 0 },
        sample,
      );
      expect(offset).toBe(distance);
    }),
    { seed: 20070222, numRuns: 5000 },
  );
});

test('the pointer of a string instruction is taken back across a carry, by the direction flag', () => {
  const form = { base: REGISTER.di, index: -1, scale: 1, dispLo: 0, dispHi: 0, narrow: false, step: 8 };
  const at = (di: bigint, flags: number) =>
    offsetFromRange(form, newAccessSample({ registers: registersFrom({ di, flags: BigInt(flags) }), rangeLo: 0, rangeHi: 5 }));
  expect(at(0x5_0000_0004n, 0)).toBe(-4);
  expect(at(0x4_ffff_fffcn, FLAG.direction)).toBe(4);
});
