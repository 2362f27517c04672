import { describe, expect, test } from 'vitest';
import { as, type VirtualAddress } from '../base/brand.js';
import { HwbkptError } from '../base/errors.js';
import { ArmError, type ArmFailure } from '../engines/errors.js';
import type { Access } from '../model/access.js';
import { explainKernelRefusal } from './kernel-advice.js';

function explained(
  failure: ArmFailure,
  { access = 'write', hasKprobes = true }: { access?: Access; hasKprobes?: boolean } = {},
): HwbkptError {
  const info = { expression: 'jiffies', address: as<VirtualAddress>(0xffff_ffff_8200_0000n), access };
  const error = explainKernelRefusal(new ArmError(failure, 0, new Error('EINVAL')), { info, hasKprobes: () => hasKprobes });
  if (error instanceof HwbkptError) return error;
  throw new Error('no error with advice');
}

describe('what the kernel refuses', () => {
  test('is data that its own debug exception code uses', () => {
    const error = explained('invalid');
    expect(error.message).toBe(
      'the kernel takes no breakpoint at 0xffffffff82000000: it lies where the code that handles debug exceptions needs memory of its own',
    );
    expect(error).toMatchObject({ code: 'kernel-refuses', hint: expect.stringMatching(/CPU entry area.*GDT.*TSS.*TLB.*DR7/) });
  });

  test('is code on its blacklist, or all code where it has no list', () => {
    expect(explained('invalid', { access: 'execute' })).toMatchObject({ hint: expect.stringContaining('kprobes/blacklist') });
    const error = explained('invalid', { access: 'execute', hasKprobes: false });
    expect(error.message).toContain('built without KPROBES');
    expect(error).toMatchObject({ code: 'kernel-refuses', hint: expect.stringContaining('CONFIG_KPROBES') });
  });

  test.each([
    ['no-permission', 'no-permission', /CAP_SYS_ADMIN/],
    ['no-slot', 'no-slot', /on every CPU/],
    ['no-resources', 'cannot-arm', /doctor/],
    ['no-process', 'cannot-arm', /doctor/],
    ['unsupported', 'cannot-arm', /doctor/],
  ] as const)('%s', (failure, code, hint) => {
    expect(explained(failure)).toMatchObject({ code, hint: expect.stringMatching(hint) });
  });

  test('of others passes as it is', () => {
    const error = new Error('other');
    const info = { expression: 'x', address: as<VirtualAddress>(0n), access: 'write' as const };
    expect(explainKernelRefusal(error, { info, hasKprobes: () => true })).toBe(error);
  });
});
