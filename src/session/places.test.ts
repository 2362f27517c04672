import { expect, test } from 'vitest';
import type { Place } from '../model/place.js';
import { PlaceCache } from './places.js';

function madeCache(): { readonly cache: PlaceCache; readonly asked: string[] } {
  const asked: string[] = [];
  const cache = new PlaceCache((address, kernel): Place => {
    asked.push(`${address.toString(16)} ${kernel}`);
    return { function: address.toString(16), file: null, line: null, module: null, offset: null };
  });
  return { cache, asked };
}

test('an address is looked up once, and its place is one object', () => {
  const { cache, asked } = madeCache();
  const place = cache.at(0x1000, 0x7fff, false);
  expect(cache.at(0x1000, 0x7fff, false)).toBe(place);
  expect(place.function).toBe('7fff00001000');
  expect(asked).toEqual(['7fff00001000 false']);
});

test('addresses that differ in one half only are two, of user and kernel too', () => {
  const { cache, asked } = madeCache();
  cache.at(0x8100_0000, 0xffff_ffff, true);
  cache.at(0x8100_0000, 0x7fff, false);
  cache.at(0x8100_0001, 0x7fff, false);
  expect(asked).toEqual(['ffffffff81000000 true', '7fff81000000 false', '7fff81000001 false']);
});

test('what was cleared is looked up again', () => {
  const { cache, asked } = madeCache();
  cache.at(1, 0, false);
  cache.clear();
  cache.at(1, 0, false);
  expect(asked).toHaveLength(2);
});

test('a program with ever new places takes bounded memory', () => {
  const { cache, asked } = madeCache();
  for (let address = 0; address <= 65_536; address++) cache.at(address, 0, false);
  const before = asked.length;
  cache.at(65_536, 0, false);
  expect(asked).toHaveLength(before);
  cache.at(0, 0, false);
  expect(asked).toHaveLength(before + 1);
});
