import { describe, expect, test } from 'vitest';
import { ArmError } from '../engines/errors.js';
import { LinuxError, type Privileges, type SecuritySettings, VerifierError } from '../engines/host/facts.js';
import { type Allowed, bpfObstacle, perfInstead } from './engine-advice.js';

const ERRNO = { EPERM: 1, ENOMEM: 12, EACCES: 13, EINVAL: 22, ENOSPC: 28, ENOSYS: 38, EOPNOTSUPP: 95 } as const;

function allowed(privileges: Partial<Privileges> = {}, security: Partial<SecuritySettings> = {}): Allowed {
  return {
    privileges: {
      ...{ uid: 0, sysPtrace: true, sysAdmin: true, perfmon: true, bpf: true },
      ...{ perfEventParanoid: 2, ptraceScope: null, kptrRestrict: 0 },
      ...privileges,
    },
    security: {
      ...{ lockdown: 'none', unprivilegedBpfDisabled: 2, bpfJit: 1, filtered: false, inUserNamespace: false },
      ...{ lockedMemory: 65536, kernel: { major: 6, minor: 18 } },
      ...security,
    },
  };
}

function failedWith(errno: keyof typeof ERRNO, call = 'bpf', subject = 'program hits'): LinuxError {
  return new LinuxError(call, ERRNO[errno], subject);
}

const NOBODY = { uid: 1000, sysAdmin: false, bpf: false, perfmon: false } as const;
const OLD = { kernel: { major: 5, minor: 4 } } as const;

describe('EPERM', () => {
  test.each<[string, Allowed, RegExp, RegExp]>([
    [
      'nobody',
      allowed(NOBODY),
      /^no CAP_BPF and no CAP_PERFMON$/,
      /sudo .*CAP_BPF and CAP_PERFMON .*AmbientCapabilities=CAP_BPF CAP_PERFMON/,
    ],
    ['without CAP_BPF', allowed({ ...NOBODY, perfmon: true }), /^no CAP_BPF$/, /give it CAP_BPF \(/],
    ['without CAP_PERFMON', allowed({ ...NOBODY, bpf: true }), /^no CAP_PERFMON$/, /give it CAP_PERFMON \(/],
    ['before 5.8', allowed(NOBODY, OLD), /^no CAP_SYS_ADMIN$/, /give it CAP_SYS_ADMIN \(/],
    ['the sysctl is open', allowed(NOBODY, { unprivilegedBpfDisabled: 0 }), /^no CAP_BPF/, /unprivileged_bpf_disabled=0 is not enough/],
    ['nobody in a container', allowed(NOBODY, { filtered: true }), /^no CAP_BPF/, /--cap-add BPF --cap-add PERFMON/],
    ['root in a container', allowed({}, { filtered: true }), /filter \(seccomp\) forbids it/, /--cap-add BPF/],
    ['root of a user namespace', allowed({ ...NOBODY, uid: 0 }, { inUserNamespace: true }), /user namespace do not count/, /outside of it/],
    ['little locked memory', allowed({}, { kernel: { major: 5, minor: 10 } }), /locked memory, of which 64 KiB/, /ulimit -l unlimited/],
    ['root', allowed(), /a security module forbids it \(bpf \(program hits\): EPERM\)/, /SELinux/],
  ])('%s', (_, here, problem, advice) => {
    const obstacle = bpfObstacle(failedWith('EPERM'), here);
    expect(obstacle.problem).toMatch(problem);
    expect(obstacle.advice).toMatch(advice);
  });

  test('says the same where an engine has wrapped it', () => {
    const bare = bpfObstacle(failedWith('EPERM'), allowed(NOBODY));
    expect(bpfObstacle(new ArmError('no-permission', 1, failedWith('EPERM')), allowed(NOBODY))).toEqual(bare);
  });
});

describe('what the kernel lacks', () => {
  test.each<[string, Error, Allowed, RegExp, RegExp]>([
    ['BPF', failedWith('ENOSYS'), allowed(), /this kernel has no bpf/, /CONFIG_BPF_SYSCALL/],
    ['BPF, or a filter', failedWith('ENOSYS'), allowed({}, { filtered: true }), /or a container's filter hides it/, /--cap-add/],
    ['perf events', failedWith('ENOSYS', 'perf_event_open'), allowed(), /no perf_event_open/, /CONFIG_PERF_EVENTS/],
    [
      'ring buffers',
      failedWith('EINVAL', 'bpf', 'map ring'),
      allowed({}, OLD),
      /5\.4\) has no BPF ring buffers, .* Linux 5\.8/,
      /newer kernel/,
    ],
    ['breakpoints', failedWith('EOPNOTSUPP', 'perf_event_open'), allowed(), /no programs on hardware breakpoints/, /HAVE_HW_BREAKPOINT/],
    ['free registers', failedWith('ENOSPC', 'perf_event_open'), allowed(), /no free debug register/, /holders/],
    ['memory', failedWith('ENOMEM'), allowed(), /out of resources/, /ulimit/],
  ])('%s', (_, error, here, problem, advice) => {
    const obstacle = bpfObstacle(error, here);
    expect(obstacle.problem).toMatch(problem);
    expect(obstacle.advice).toMatch(advice);
  });
});

describe('the verifier', () => {
  const refused = (log: string, errno: VerifierError['errno'] = 'EINVAL') => new VerifierError('hits', errno, { instructions: 700, log });
  const lockedDown = allowed({}, { lockdown: 'confidentiality' });
  test.each<[string, VerifierError, Allowed, RegExp, RegExp]>([
    ['too long', refused('', 'E2BIG'), allowed(), /700 instructions is longer/, /Shorten the condition, or use --engine perf/],
    [
      'a new helper',
      refused('invalid func unknown#131'),
      allowed({}, OLD),
      /5\.4\) has no bpf_ringbuf_reserve.* Linux 5\.8/,
      /newer kernel/,
    ],
    ['lockdown', refused('unknown func bpf_probe_read_kernel#113'), lockedDown, /lockdown \(confidentiality\)/, /Processes can be watched/],
    ['a new instruction', refused('BPF_XADD uses reserved fields'), allowed({}, OLD), /atomic exchange.* Linux 5\.12/, /newer kernel/],
    ['a forbidden helper', refused('unknown func bpf_get_stack#67'), allowed(), /does not let programs .* call bpf_get_stack/, /report/],
    [
      'a mistake',
      refused('1: (7b) x\ninvalid write to stack'),
      allowed(),
      /invalid write to stack$/,
      /report it .*\n1: \(7b\) x\ninvalid write/,
    ],
  ])('%s', (_, error, here, problem, advice) => {
    const obstacle = bpfObstacle(error, here);
    expect(obstacle.problem).toMatch(problem);
    expect(obstacle.advice).toMatch(advice);
  });
});

test('anything else is told with its own words', () => {
  expect(bpfObstacle(new Error('strange'), allowed())).toEqual({ problem: 'strange', advice: expect.stringContaining('report') });
  expect(bpfObstacle('stranger', allowed()).problem).toBe('stranger');
});

describe('perf in its place', () => {
  const privilegesOf = (privileges: Partial<Privileges>): Privileges => allowed(privileges).privileges;
  test('works with privilege', () => {
    const text = perfInstead(privilegesOf({}));
    expect(text).toMatch(/--engine perf.*rebuilt from registers/);
    expect(text).not.toContain('It does not see what the kernel writes');
  });

  test('works without privilege where perf_event_paranoid is 2, and does not see what the kernel writes', () => {
    expect(perfInstead(privilegesOf(NOBODY))).toMatch(/--engine perf.*It does not see what the kernel writes/);
  });

  test.each([3, null])('does not work without privilege where perf_event_paranoid is %s', (perfEventParanoid) => {
    expect(perfInstead(privilegesOf({ ...NOBODY, perfEventParanoid }))).toMatch(/does not work without privilege here either/);
  });
});
