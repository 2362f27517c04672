import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Explanation, explanationLines } from './explain.js';
import { explainDr6 } from './explain-dr6.js';
import { explainDr7 } from './explain-dr7.js';
import { RegisterValueError } from './register-value-error.js';

const codes = (explanation: Explanation) => explanation.remarks.map((remark) => `${remark.severity} ${remark.code}`);

describe('explainDr7', () => {
  test('one slot on, as JSON', () => {
    const off = { enabled: false, local: false, global: false, access: 'execute', length: 1 };
    expect(explainDr7(0x90402n)).toEqual({
      type: 'dr7',
      value: '0x90402',
      writable: true,
      slots: [
        { slot: 0, enabled: true, local: false, global: true, access: 'write', length: 8 },
        { slot: 1, ...off },
        { slot: 2, ...off },
        { slot: 3, ...off },
      ],
      local_exact: false,
      global_exact: false,
      bit_10: true,
      rtm: false,
      general_detect: false,
      reserved_bits: [],
      remarks: [],
    });
  });

  test('one slot on, for people', () => {
    expect(explanationLines(explainDr7(0x90402n))).toEqual([
      'dr7 0x90402',
      'slot 0  on (global)  write  8 bytes',
      'slot 1  off',
      'slot 2  off',
      'slot 3  off',
    ]);
  });

  test('everything at once, for people', () => {
    // slot 0: L, execute, 8 bytes; slot 1: L and G, io, 1 byte; slot 2: off, write, 4 bytes; slot 3: off, read or write, 2 bytes.
    expect(explanationLines(explainDr7(0x7d28_fb0dn | (1n << 40n)))).toEqual([
      'dr7 0x1007d28fb0d',
      'slot 0  on (local)  execute  8 bytes',
      'slot 1  on (local, global)  i/o  1 byte',
      'slot 2  off  write  4 bytes',
      'slot 3  off  read or write  2 bytes',
      'LE      exact data breakpoints, local: no effect on P6 and later (R-006)',
      'GE      exact data breakpoints, global: no effect on P6 and later (R-006)',
      'RTM     debug exceptions inside transactions, given DEBUGCTL.RTM (R-044)',
      'GD      the next MOV to or from a debug register faults (R-037)',
      'warning  bit 40 must be 0: writing this value raises #GP (R-003)',
      'warning  bits 12, 14-15 must be 0: the processor drops a 1 written there (R-005)',
      'warning  slot 0: length 8 is undefined for execute, it must be 1 (R-008)',
      'warning  slot 1: i/o is undefined unless CR4.DE is set (R-007)',
      'note     bit 10 is 0: the processor reads it as 1, so this is a value to write or a virtual one (R-005)',
    ]);
  });

  test('a slot that is off is not warned about', () => {
    expect(codes(explainDr7(0x0008_0400n))).toEqual([]);
    expect(codes(explainDr7(0x0008_0401n))).toEqual(['undefined execute-length']);
  });

  test('bit 32 faults, bit 15 is dropped', () => {
    expect(codes(explainDr7(0x400n | (1n << 32n)))).toEqual(['fault upper-half']);
    expect(codes(explainDr7(0x8400n))).toEqual(['ignored reserved-bits']);
  });
});

describe('explainDr6', () => {
  test('step and two slots, as JSON', () => {
    expect(explainDr6(0xffff_4ff9n)).toMatchObject({
      type: 'dr6',
      value: '0xffff4ff9',
      writable: true,
      hits: [0, 3],
      bus_lock: false,
      register_access: false,
      single_step: true,
      task_switch: false,
      transaction: false,
      reserved_bits: [],
    });
  });

  test('every reason, for people', () => {
    expect(explanationLines(explainDr6(0xfffe_e7f2n))).toEqual([
      'dr6 0xfffee7f2',
      'B1   slot 1: its condition was met',
      'BLD  a bus lock was taken (bit 11 is 0)',
      'BD   a debug register was about to be accessed while DR7.GD was set',
      'BS   single step',
      'BT   switch to a task whose TSS has its T bit set',
      'RTM  inside a transaction (bit 16 is 0)',
      'note     a slot may be reported although DR7 has it off: only enabled slots count (R-022)',
    ]);
  });

  test('the reset value gives no reason', () => {
    expect(explanationLines(explainDr6(0xffff_0ff0n))).toEqual([
      'dr6 0xffff0ff0',
      'no reason: no debug exception is reported, or it was an ICEBP (R-043)',
    ]);
  });

  test.each([
    [0x4000n, ['note positive-polarity']],
    [0xffff_1fe0n, ['ignored reserved-bits']],
    [0xffff_0ff0n | (1n << 63n), ['fault upper-half']],
    [0xffff_0ff0n | (1n << 32n), ['fault upper-half']],
    [0x7fff_0ff0n, ['ignored reserved-bits']],
  ])('%s: %j', (value, expected) => {
    expect(codes(explainDr6(value))).toEqual(expected);
  });

  test('says which reserved bits read wrongly', () => {
    expect(explanationLines(explainDr6(0xffff_1fe0n))).toContain(
      'warning  bit 4 should be 1, bit 12 should be 0: the processor reads them so (R-020)',
    );
  });
});

describe.each([
  ['explainDr6', explainDr6],
  ['explainDr7', explainDr7],
] as const)('%s of any value', (_, explain) => {
  test('survives JSON, warns of a fault exactly when it is not writable, and gives lines without line ends', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const explanation = explain(value);
        expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
        expect(BigInt(explanation.value)).toBe(value);
        expect(explanation.remarks.some((remark) => remark.severity === 'fault')).toBe(!explanation.writable);
        for (const line of explanationLines(explanation)) expect(line).toMatch(/^[^\n]*\S$/);
      }),
      { seed: 20070222 },
    );
  });

  test('a value of more than 64 bits is an error', () => {
    expect(() => explain(2n ** 64n)).toThrow(RegisterValueError);
  });
});
