// What is told of a store without a look at memory: only what its registers tell for sure.
import { describe, expect, test } from 'vitest';
import { highU32, lowU32 } from '../../base/u64.js';
import { REGISTER, type StoreForm } from '../../instructions/index.js';
import { KnownStores } from './known-stores.js';
import { SeenHit } from './seen-hit.js';

const IP = 0x401266;
const PLACE = 0x7fff_0000_1008n;
const ABSOLUTE: StoreForm = {
  ...{ size: 8, register: REGISTER.di, immediateLo: 0, immediateHi: 0 },
  ...{ base: -1, index: -1, scale: 1, dispLo: lowU32(PLACE), dispHi: highU32(PLACE) },
};
const RANGE = { lo: lowU32(PLACE), hi: highU32(PLACE), length: 8 };

function seenWith(registers: Partial<Record<keyof typeof REGISTER, bigint>>): SeenHit {
  const seen = new SeenHit();
  seen.ipLo = IP;
  for (const [name, value] of Object.entries(registers)) {
    const at = 2 * REGISTER[name as keyof typeof REGISTER];
    seen.registers[at] = lowU32(value);
    seen.registers[at + 1] = highU32(value);
  }
  return seen;
}

function storesOf(form: StoreForm): KnownStores {
  const stores = new KnownStores();
  stores.learn(IP, 0, form);
  return stores;
}

describe('a known store', () => {
  test.each<[string, Partial<StoreForm>, Partial<Record<keyof typeof REGISTER, bigint>>, number, readonly number[]]>([
    ['of a register', {}, { di: 0x0807_0605_0403_0201n }, 8, [1, 2, 3, 4, 5, 6, 7, 8]],
    ['of its lower part', { size: 2 }, { di: 0xffff_0201n }, 2, [1, 2]],
    ['of an immediate', { register: -1, immediateLo: 0xffff_fffe, immediateHi: 0xffff_ffff }, {}, 8, [254, ...Array(7).fill(255)]],
    ['by a base below', { base: REGISTER.bx, dispLo: 8, dispHi: 0 }, { bx: PLACE - 8n, di: 5n }, 8, [5, 0, 0, 0, 0, 0, 0, 0]],
    [
      'by a base above',
      { base: REGISTER.bx, dispLo: 0xffff_fff8, dispHi: 0xffff_ffff },
      { bx: PLACE + 8n, di: 5n },
      8,
      [5, 0, 0, 0, 0, 0, 0, 0],
    ],
    [
      'by an index below zero',
      { base: REGISTER.bx, index: REGISTER.cx, scale: 8, dispLo: 0, dispHi: 0 },
      { bx: PLACE + 16n, cx: 0xffff_ffff_ffff_fffen, di: 1n },
      8,
      [1, 0, 0, 0, 0, 0, 0, 0],
    ],
  ])('%s tells its value', (_name, form, registers, length, bytes) => {
    const stores = storesOf({ ...ABSOLUTE, ...form });
    expect([...(stores.valueOf(seenWith(registers), { ...RANGE, length }) ?? [])]).toEqual(bytes);
  });

  test.each<[string, Partial<StoreForm>, Partial<Record<keyof typeof REGISTER, bigint>>]>([
    ['went elsewhere', { dispLo: lowU32(PLACE + 4n) }, {}],
    ['is of other bytes', { size: 4 }, {}],
    ['goes by a register that is no address', { base: REGISTER.bx, dispLo: 0, dispHi: 0 }, { bx: 0x7fff_ffff_ffff_ffffn }],
  ])('that %s tells nothing', (_name, form, registers) => {
    expect(storesOf({ ...ABSOLUTE, ...form }).valueOf(seenWith(registers), RANGE)).toBe(null);
  });

  test('is nothing to other places, to the kernel, and once it is forgotten', () => {
    const stores = storesOf(ABSOLUTE);
    const seen = seenWith({});
    expect(stores.valueOf(seen, RANGE)).not.toBe(null);
    seen.ipLo++;
    expect(stores.valueOf(seen, RANGE)).toBe(null);
    seen.ipLo--;
    seen.kernel = true;
    expect(stores.valueOf(seen, RANGE)).toBe(null);
    seen.kernel = false;
    stores.forget();
    expect(stores.valueOf(seen, RANGE)).toBe(null);
  });
});
