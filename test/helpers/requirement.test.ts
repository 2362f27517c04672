import { describe, expect, test } from 'vitest';
import { demandedRequirements, missingReason, verdictFor } from './requirement.js';

const ABSENT = 'command:surely-not-installed';

describe('requirements', () => {
  test('what is there runs', () => {
    expect(verdictFor(['command:sh'], [])).toEqual({ kind: 'run' });
    expect(verdictFor([], [])).toEqual({ kind: 'run' });
  });

  test('what is missing is skipped with its reason', () => {
    expect(verdictFor(['command:sh', ABSENT], ['command:sh'])).toEqual({
      kind: 'skip',
      reason: 'missing command:surely-not-installed (surely-not-installed is not installed)',
    });
  });

  test('what is missing and demanded fails', () => {
    expect(verdictFor([ABSENT], [ABSENT])).toMatchObject({ kind: 'fail', reason: expect.stringContaining('surely-not-installed') });
  });

  test('a demand is a comma list of known names', () => {
    expect(demandedRequirements(undefined)).toEqual([]);
    expect(demandedRequirements(' perf, command:sh,')).toEqual(['perf', 'command:sh']);
    expect(() => demandedRequirements('perf,prf')).toThrow('HWBKPT_REQUIRE names prf; known are perf, ptrace, ');
  });

  test('a probe that throws names its reason', () => {
    // Whatever this machine is: either there, or missing with words.
    for (const requirement of ['perf', 'ptrace', 'ia32'] as const) expect(missingReason(requirement)).not.toBe('');
  });
});
