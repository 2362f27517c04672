import { describe, expect, test } from 'vitest';
import { KERNELS } from '../machine/kernels/index.js';
import { changeRule, fitsRule, knownValues, ruleFields } from './rule-change.js';

describe('a changed rule', () => {
  test('is one field, and the kernel itself stays', () => {
    const changed = changeRule(KERNELS.hwbkpt, { field: 'trap.dr6', value: 'last' });
    expect(changed).toEqual({ ...KERNELS.hwbkpt, trap: { ...KERNELS.hwbkpt.trap, dr6: 'last' } });
    expect(KERNELS.hwbkpt.trap.dr6).toBe('gathered');
    expect(changeRule(KERNELS.linux, { field: 'loading', value: 'lazy' })).toEqual({ ...KERNELS.linux, loading: 'lazy' });
  });

  test.each(['trap', 'trap.dr9', 'nothing', 'trap.dr6.x', 'toString', 'trap.toString', ''])('%j is none', (field) => {
    expect(ruleFields()).not.toContain(field);
    expect(() => changeRule(KERNELS.hwbkpt, { field, value: 'last' })).toThrow(RangeError);
  });

  test('takes values of its own kind alone', () => {
    expect(knownValues('trap.dr6')).toEqual(expect.arrayContaining(['gathered', 'hardware', 'last']));
    expect(['gathered', 'lats', 7, true].map((value) => fitsRule('trap.dr6', value))).toEqual([true, false, false, false]);
    expect(fitsRule('trap.dr7', 'each-until-signal')).toBe(true);
    expect([true, 'true'].map((value) => fitsRule('trap.forcesSignal', value))).toEqual([true, false]);
    expect(fitsRule('raw.userEnd', 4096)).toBe(true);
    expect(['TRAP_HWBKPT', 'SI_KERNEL', 'SI_USER'].map((value) => fitsRule('codes.step', value))).toEqual([true, true, false]);
  });
});
