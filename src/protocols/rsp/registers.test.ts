import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hexOfBytes } from './hex.js';
import { needsXsave, readRegister, writeRegister } from './register-values.js';
import { GENERAL_COUNT, type Register, registersOf, XSAVE } from './registers.js';
import { targetDescription } from './target-description.js';

const ALL = registersOf({ avx: true });

function named(name: string): Register {
  const register = ALL.find((candidate) => candidate.name === name);
  if (register === undefined) throw new Error(`no ${name}`);
  return register;
}

/** Word i of the general registers is i; the area is as after FNINIT. */
function fresh() {
  const xsave = new Uint8Array(XSAVE.end);
  new DataView(xsave.buffer).setUint16(XSAVE.controlWord, 0x37f, true);
  return { user: BigUint64Array.from({ length: 27 }, (_, index) => BigInt(index)), xsave };
}

describe('the registers', () => {
  test("have gdb's numbers", () => {
    const numbers = [
      'rax',
      'rip',
      'eflags',
      'gs',
      'st0',
      'fctrl',
      'fop',
      'xmm0',
      'mxcsr',
      'orig_rax',
      'fs_base',
      'gs_base',
      'ymm0h',
      'ymm15h',
    ];
    expect(numbers.map((name) => ALL.indexOf(named(name)))).toEqual([0, 16, 17, 23, 24, 32, 39, 40, 56, 57, 58, 59, 60, 75]);
    expect(ALL.slice(0, GENERAL_COUNT).at(-1)?.name).toBe('gs');
    expect(registersOf({ avx: false })).toHaveLength(60);
  });

  test('come from their words of user_regs_struct', () => {
    const words = ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r15', 'rip', 'eflags', 'cs', 'gs', 'orig_rax', 'fs_base'];
    expect(words.map((name) => readRegister(named(name), fresh())?.[0])).toEqual([
      10, 5, 11, 12, 13, 14, 4, 19, 9, 0, 16, 18, 17, 26, 15, 21,
    ]);
  });

  test('are read as they were written, whatever the value', () => {
    const of = fc
      .constantFrom(...ALL.filter(({ source }) => source.kind !== 'x87'))
      .chain((register) =>
        fc.record({ register: fc.constant(register), bytes: fc.uint8Array({ minLength: register.size, maxLength: register.size }) }),
      );
    fc.assert(
      fc.property(of, ({ register, bytes }) => {
        const thread = fresh();
        expect(writeRegister(register, bytes, thread)).toBe(true);
        expect(readRegister(register, thread)).toEqual(bytes);
        // A component that is said to be in its initial state would not be loaded.
        const component = { core: 1, sse: 2, linux: 0, segments: 0, avx: 4 }[register.feature];
        expect(thread.xsave[XSAVE.present]).toBe(needsXsave(register) ? component : 0);
      }),
      { seed: 20070222 },
    );
  });

  test('x87: control words in 32 bits, tags in two bits each', () => {
    const thread = fresh();
    expect(hexOfBytes(readRegister(named('fctrl'), thread) ?? new Uint8Array())).toBe('7f030000');
    expect(hexOfBytes(readRegister(named('ftag'), thread) ?? new Uint8Array())).toBe('ffff0000');
    // 1.0 pushed: top is 7, register 7 is used, and st0 is it.
    const area = new DataView(thread.xsave.buffer);
    area.setUint16(XSAVE.statusWord, 7 << 11, true);
    area.setUint8(XSAVE.tags, 0x80);
    area.setBigUint64(XSAVE.st0, 1n << 63n, true);
    area.setUint16(XSAVE.st0 + 8, 0x3fff, true);
    expect(hexOfBytes(readRegister(named('ftag'), thread) ?? new Uint8Array())).toBe('ff3f0000');
    area.setBigUint64(XSAVE.st0, 0n, true);
    area.setUint16(XSAVE.st0 + 8, 0, true);
    expect(hexOfBytes(readRegister(named('ftag'), thread) ?? new Uint8Array())).toBe('ff7f0000');
    expect(writeRegister(named('ftag'), Uint8Array.of(0xfc, 0xff, 0, 0), thread)).toBe(true);
    expect(area.getUint8(XSAVE.tags)).toBe(1);
  });

  test('are refused where there is no room for them', () => {
    const thread = { ...fresh(), xsave: null };
    expect(readRegister(named('xmm0'), thread)).toBeNull();
    expect(writeRegister(named('xmm0'), new Uint8Array(16), thread)).toBe(false);
    expect(writeRegister(named('rax'), new Uint8Array(4), thread)).toBe(false);
    expect(readRegister(named('ymm0h'), { ...fresh(), xsave: new Uint8Array(XSAVE.ymm0h) })).toBeNull();
  });

  test('are described with their numbers', () => {
    const text = targetDescription(ALL);
    expect(text.match(/<reg /g)).toHaveLength(ALL.length);
    expect(text).toContain('<reg name="rip" bitsize="64" type="code_ptr" regnum="16"/>');
    expect(text).toContain('<feature name="org.gnu.gdb.i386.avx"><reg name="ymm0h" bitsize="128" type="uint128" regnum="60"/>');
    expect(text).toContain('<field name="IF" start="9" end="9"/>');
    expect(targetDescription(registersOf({ avx: false }))).not.toContain('avx');
  });
});
