import { describe, expect, test } from 'vitest';
import { KnownRegisters } from './known-registers.js';

const TID = 7;
const WORDS = Uint32Array.of(1, 0, 2, 0);

describe('registers told with a stop', () => {
  test('are known until the thread is let go, and are copies', () => {
    const known = new KnownRegisters();
    const words = WORDS.slice();
    known.stood(TID, 0, words);
    words[0] = 9;
    const first = known.get(TID);
    expect(first).toEqual(BigUint64Array.of(1n, 2n));
    first?.fill(0n);
    expect(known.get(TID)).toEqual(BigUint64Array.of(1n, 2n));
    known.changed(TID, 1);
    expect(known.get(TID)).toBeNull();
  });

  test('of a stop that was over when they are read are not believed', () => {
    const known = new KnownRegisters();
    known.changed(TID, 5);
    known.stood(TID, 4, WORDS);
    expect(known.get(TID)).toBeNull();
    known.stood(TID, 5, WORDS);
    expect(known.get(TID)).not.toBeNull();
  });

  test('are compared by calls modulo 2^32', () => {
    const known = new KnownRegisters();
    known.changed(TID, 0x7fff_ffff);
    known.stood(TID, 0x7ffffffe, WORDS);
    expect(known.get(TID)).toBeNull();
    known.stood(TID, -0x8000_0000 >>> 0, WORDS);
    expect(known.get(TID)).not.toBeNull();
  });

  test('are not those of a thread that was gone, or has ended since', () => {
    const known = new KnownRegisters();
    known.stood(TID, 0, new Uint32Array(0));
    expect(known.get(TID)).toBeNull();
    known.stood(TID, 0, WORDS);
    known.forget(TID);
    expect(known.get(TID)).toBeNull();
  });
});
