import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteString, bytesOf, textOfUtf8, utf8 } from './bytes.js';
import { addressOfHex, bytesOfHex, hexOfBytes, numberOfHex, rangeOfHex, textOfHex } from './hex.js';
import { linuxSignal, protocolSignal } from './signals.js';
import { formatThreadId, parseThreadId, selects } from './thread-id.js';
import { xmlText } from './xml.js';

const SEED = 20070222;

describe('hex', () => {
  test('bytes there and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesOfHex(hexOfBytes(bytes))).toEqual(bytes);
        expect(bytesOf(byteString(bytes))).toEqual(bytes);
      }),
      { seed: SEED },
    );
  });

  test('is taken for nothing else', () => {
    expect([bytesOfHex('0'), bytesOfHex('0g'), textOfHex('zz')]).toEqual([null, null, null]);
    expect([numberOfHex(''), numberOfHex('-1'), numberOfHex('0x1'), numberOfHex('1'.repeat(14))]).toEqual([null, null, null, null]);
    expect([addressOfHex('FFFFFFFFFFFFFFFF'), addressOfHex('1'.repeat(17))]).toEqual([0xffff_ffff_ffff_ffffn, null]);
    expect([rangeOfHex('10,4'), rangeOfHex('10'), rangeOfHex('10,4,4')]).toEqual([{ address: 16n, length: 4 }, null, null]);
  });
});

describe('texts', () => {
  test('UTF-8 there and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(textOfUtf8(utf8(text))).toBe(text);
      }),
      { seed: SEED },
    );
  });

  test('XML holds anything', () => {
    expect(xmlText('<a & "b" \'c\'\u0001>')).toBe('&lt;a &amp; &quot;b&quot; &apos;c&apos;?&gt;');
  });
});

describe('thread ids', () => {
  test('there and back', () => {
    const id = fc.integer({ min: 1, max: 0x3f_ffff });
    fc.assert(
      fc.property(id, id, (pid, tid) => {
        expect(parseThreadId(formatThreadId({ pid, tid }, true))).toEqual({ pid, tid });
        expect(parseThreadId(formatThreadId({ pid, tid }, false))).toEqual({ pid: null, tid });
      }),
      { seed: SEED },
    );
  });

  test('all, any, and what is none', () => {
    expect(parseThreadId('-1')).toEqual({ pid: null, tid: 'all' });
    expect(parseThreadId('p-1.-1')).toEqual({ pid: 'all', tid: 'all' });
    expect(parseThreadId('p12')).toEqual({ pid: 0x12, tid: 'all' });
    expect(parseThreadId('p0.0')).toEqual({ pid: 'any', tid: 'any' });
    expect(['', 'p', 'p1.', 'p1.2.3', 'x', '-2'].map(parseThreadId)).toEqual([null, null, null, null, null, null]);
  });

  test('select threads', () => {
    const thread = { pid: 7, tid: 8 };
    expect(selects({ pid: null, tid: 8 }, thread)).toBe(true);
    expect(selects({ pid: 7, tid: 'all' }, thread)).toBe(true);
    expect(selects({ pid: 9, tid: 'all' }, thread)).toBe(false);
    expect(selects({ pid: 'all', tid: 9 }, thread)).toBe(false);
  });
});

describe('signal numbers', () => {
  test('there and back, for all that Linux has', () => {
    const linux = Array.from({ length: 64 }, (_, index) => index + 1).filter((signal) => signal !== 16);
    expect(linux.map((signal) => linuxSignal(protocolSignal(signal)))).toEqual(linux);
    expect(new Set(linux.map(protocolSignal)).size).toBe(63);
  });

  test('as gdb/signals.def has them', () => {
    // SIGBUS, SIGUSR1, SIGSEGV, SIGSTOP, SIGURG, SIGWINCH, SIGPWR, 32, 33, 63, 64; SIGSTKFLT has no number there.
    expect([7, 10, 11, 19, 23, 28, 30, 32, 33, 63, 64, 16].map(protocolSignal)).toEqual([10, 30, 11, 17, 16, 28, 32, 77, 45, 75, 78, 143]);
    expect([0, 7, 28 + 1, 200].map(linuxSignal)).toEqual([0, 0, 0, 0]);
  });
});
