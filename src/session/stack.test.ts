import { expect, test } from 'vitest';
import { rawHit } from '../../test/session/made-hits.js';
import { PlaceCache } from './places.js';
import { StackResolver } from './stack.js';

const USER = 0xffff_ffff_ffff_fe00n;
const KERNEL = 0xffff_ffff_ffff_ff80n;

/** The frames as `user 401000`: whose address was looked up. */
function frames(chain: readonly bigint[], kernel = false): (string | null)[] {
  const stack = new Uint32Array(BigUint64Array.from(chain).buffer);
  const places = new PlaceCache((address, inKernel) => {
    const name = `${inKernel ? 'kernel' : 'user'} ${address.toString(16)}`;
    return { function: name, file: null, line: null, module: null, offset: null };
  });
  return new StackResolver(places, () => null).resolve({ ...rawHit({ time: 0 }), kernel, stack }).map((place) => place.function);
}

test('a return address belongs to the call before it', () => {
  expect(frames([USER, 0x40_1005n, 0x40_2000n])).toEqual(['user 401004', 'user 401fff']);
});

test('marks say whose frames follow', () => {
  expect(frames([KERNEL, 0xffff_ffff_8100_0010n, USER, 0x40_1005n], true)).toEqual(['kernel ffffffff8100000f', 'user 401004']);
});

test('without marks the frames are of the one who hit', () => {
  expect(frames([0x40_1005n])).toEqual(['user 401004']);
  expect(frames([0xffff_ffff_8100_0010n], true)).toEqual(['kernel ffffffff8100000f']);
});

test('an address at the start of 4 GiB borrows from its upper half', () => {
  expect(frames([USER, 0x7f00_0000_0000n])).toEqual(['user 7effffffffff']);
});

test('no chain is no frames', () => {
  const places = new PlaceCache(() => ({ function: null, file: null, line: null, module: null, offset: null }));
  expect(new StackResolver(places, () => null).resolve(rawHit({ time: 0 }))).toEqual([]);
});
