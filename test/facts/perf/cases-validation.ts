// Which breakpoint events perf_event_open takes: one line for each request, with its answer. Nothing competes for slots here.
import { expect } from 'vitest';
import type { Case } from './case.js';
import { ACCESS, type Errno, isErrno, Refused } from './request.js';
import { watch } from './slot-notation.js';
import type { SlotRequest, SlotSubject } from './subject.js';

type Asked = Partial<SlotRequest>;
type Expected = Errno | 'taken';

/** The first address that is no user's. */
const USER_END = 0x7fff_ffff_f000n;
/** Kernel memory that is never written: the page of vsyscalls. */
const KERNEL = 0xffff_ffff_ff60_0000n;
/** CPU_ENTRY_AREA_BASE of x86-64: first of the areas that R-545 names. */
const ENTRY_AREA = 0xffff_fe00_0000_0000n;

const read = { access: ACCESS.read } as const;
const write = { access: ACCESS.write } as const;
const readwrite = { access: ACCESS.readwrite } as const;
const execute = { access: ACCESS.execute, length: 8 } as const;
const kernelWrite = { address: KERNEL, length: 8, flags: [] } as const;

/** An event of T on all CPUs, `asked` otherwise than as one byte to be written in user mode, gets `answer`. */
function refusals(title: string, answer: Expected, asked: readonly Asked[], liveOnly?: string): Case<SlotSubject> {
  const check = (subject: SlotSubject): void => {
    const answers = asked.map((changes) => {
      const got = subject.open(watch('T@*', changes));
      // Nothing here competes for slots: strangers must have them all.
      if (got === 'ENOSPC') throw new Refused(title, got);
      if (!isErrno(got) && got.event !== 0) subject.close(got);
      return isErrno(got) ? got : 'taken';
    });
    expect(answers).toEqual(asked.map(() => answer));
  };
  return liveOnly === undefined ? { title, check } : { title, liveOnly, check };
}

const ACCESSES: readonly Case<SlotSubject>[] = [
  refusals('R-580 write, read or write, and execute are taken', 'taken', [write, readwrite, execute]),
  refusals('R-580 read alone is refused', 'EINVAL', [read]),
  refusals('R-565 R-580 no access, or all three, is refused', 'EINVAL', [{ access: 0 }, { access: 7 }, { access: 7, length: 8 }]),
  refusals('R-580 execute with read or write is refused', 'EINVAL', [
    { access: 5, length: 8 },
    { access: 6, length: 8 },
    { access: 5 },
    { access: 6 },
  ]),
  refusals('R-580 bits that mean nothing are refused', 'EINVAL', [{ access: 8 }, { access: 10 }, { access: 0x8000_0002 }]),
];

const LENGTHS: readonly Case<SlotSubject>[] = [
  refusals(
    'R-581 data breakpoints of 1, 2, 4 and 8 bytes are taken',
    'taken',
    [1, 2, 4, 8].flatMap((length) => [
      { ...write, length },
      { ...readwrite, length },
    ]),
  ),
  refusals(
    'R-581 no bytes, 3 and 5 to 7 are refused',
    'EINVAL',
    [0, 3, 5, 6, 7].map((length) => ({ length })),
  ),
  refusals('R-581 execute takes 8 bytes at any address', 'taken', [
    execute,
    { ...execute, address: 0x1001n },
    { ...execute, address: 0x1007n },
  ]),
  refusals(
    'R-581 execute with any other length is refused',
    'EINVAL',
    [0, 1, 2, 4, 16].map((length) => ({ ...execute, length })),
  ),
  refusals(
    'R-581 more than 8 bytes, no power of two or misaligned, are refused',
    'EINVAL',
    [9, 12, 24, 100].map((length) => ({ length, address: 0x1000n })).concat([{ length: 16, address: 0x1008n }]),
  ),
  // This is so on an AMD processor too, where the hypervisor shows no BPEXT; with it, a range of addresses by mask is taken.
  refusals(
    'R-581 more than 8 bytes, a power of two and aligned, need BPEXT',
    'EOPNOTSUPP',
    [16, 32, 4096].map((length) => ({ length, address: 0x1_0000n })),
  ),
];

const ADDRESSES: readonly Case<SlotSubject>[] = [
  refusals('R-582 a data breakpoint is aligned to its length', 'EINVAL', [
    { length: 2, address: 0x1001n },
    { length: 4, address: 0x1002n },
    { length: 8, address: 0x1004n },
    { length: 8, address: 0x1001n },
  ]),
  refusals('R-582 it may be anywhere else', 'taken', [
    { length: 1, address: 0x1007n },
    { length: 2, address: 0x1006n },
    { length: 4, address: 0x1004n },
    { length: 1, address: 0n },
    { length: 8, address: 0n },
  ]),
  refusals('R-582 its last byte may not lie beyond all addresses', 'EINVAL', [
    { length: 8, address: 0xffff_ffff_ffff_fff9n },
    { length: 2, address: 0xffff_ffff_ffff_ffffn },
    { length: 8, address: 0xffff_ffff_ffff_fff9n, flags: [] },
  ]),
  refusals('R-583 the last bytes below the end of user space are taken', 'taken', [
    { length: 1, address: USER_END - 1n },
    { length: 8, address: USER_END - 8n },
    { ...execute, address: USER_END - 8n },
  ]),
  refusals('R-583 an execute breakpoint is one byte there, whatever its length says', 'taken', [{ ...execute, address: USER_END - 1n }]),
  refusals('R-583 kernel addresses need kernel mode', 'EINVAL', [
    { length: 1, address: USER_END },
    { length: 8, address: USER_END },
    { ...execute, address: USER_END },
    { length: 8, address: KERNEL },
  ]),
  refusals('R-583 root may watch a kernel address, also with kernel mode of one task only', 'taken', [
    kernelWrite,
    { ...kernelWrite, access: ACCESS.readwrite },
    { ...kernelWrite, flags: ['exclude_user'] },
    { ...kernelWrite, task: null, cpu: 0 },
  ]),
  refusals('R-583 CAP_PERFMON alone may not: EPERM', 'EPERM', [{ ...kernelWrite, caller: 'perfmon' }]),
  refusals('R-583 without a capability kernel mode is not for the asking: EACCES', 'EACCES', [
    { ...kernelWrite, caller: 'unprivileged' },
    { flags: [], caller: 'unprivileged' },
  ]),
  refusals('R-583 R-545 nobody may watch where the kernel is entered', 'EINVAL', [{ ...kernelWrite, address: ENTRY_AREA }]),
  refusals(
    'N-17 an execute breakpoint in the kernel is refused where it is built without KPROBES',
    'EINVAL',
    [{ ...execute, address: KERNEL, flags: [] }],
    'what a kernel was built with',
  ),
];

const TARGETS: readonly Case<SlotSubject>[] = [
  refusals('R-584 neither a task nor a CPU is refused', 'EINVAL', [{ task: null, cpu: null }]),
  refusals('R-584 a CPU that there is not is refused', 'EINVAL', [
    { task: null, cpu: 4095 },
    { cpu: 1 << 20, task: null },
  ]),
  refusals('R-584 a task that there is not', 'ESRCH', [{ task: 'nobody' }, { task: 'nobody', cpu: 0 }]),
  refusals('R-584 without a capability a CPU is not for the asking', 'EACCES', [{ task: null, cpu: 0, caller: 'unprivileged' }]),
  refusals('R-584 without a capability one may watch oneself in user mode', 'taken', [
    { task: 'caller', caller: 'unprivileged' },
    { task: 'caller', caller: 'unprivileged', ...execute },
    { task: 'caller', caller: 'unprivileged', cpu: 0 },
  ]),
  refusals('R-584 without a capability nobody may be watched who has more', 'EACCES', [{ caller: 'unprivileged' }]),
  refusals('R-570 a type that nobody knows', 'ENOENT', [{ type: 'unknown' }]),
];

const ATTRIBUTES: readonly Case<SlotSubject>[] = [
  refusals('R-585 sigtrap needs remove_on_exec', 'EINVAL', [{ flags: ['exclude_kernel', 'sigtrap'] }]),
  refusals('R-585 sigtrap with remove_on_exec is taken', 'taken', [{ flags: ['exclude_kernel', 'sigtrap', 'remove_on_exec'] }]),
  refusals('R-585 sigtrap needs a task', 'EINVAL', [{ task: null, cpu: 0, flags: ['exclude_kernel', 'sigtrap', 'remove_on_exec'] }]),
  refusals('R-585 inherit_thread needs inherit', 'EINVAL', [{ flags: ['exclude_kernel', 'inherit_thread'] }]),
  refusals('R-585 inherit_thread with inherit is taken', 'taken', [{ flags: ['exclude_kernel', 'inherit_thread', 'inherit'] }]),
  refusals('R-585 an event is removed at exec or enabled, not both', 'EINVAL', [
    { flags: ['exclude_kernel', 'disabled', 'remove_on_exec', 'enable_on_exec'] },
  ]),
  refusals('R-585 each of them alone is taken', 'taken', [
    { flags: ['exclude_kernel', 'remove_on_exec'] },
    { flags: ['exclude_kernel', 'disabled', 'enable_on_exec'] },
  ]),
  refusals('R-586 a frequency, precise_ip, a config and exclude_user are taken, although they mean nothing', 'taken', [
    { flags: ['exclude_kernel', 'freq'], period: 100 },
    { preciseIp: 1 },
    { preciseIp: 3 },
    { config: 0x1234_5678_9abcn },
    { flags: ['exclude_user'] },
    { flags: ['exclude_user', 'exclude_kernel'] },
  ]),
  refusals('N-15 vector registers cannot be sampled', 'EOPNOTSUPP', [{ vectorRegister: true, period: 1 }], 'what a sample may hold'),
  refusals('R-565 branch stacks are not supported', 'EOPNOTSUPP', [{ branchStack: true, period: 1 }]),
];

/** */
export const VALIDATION_CASES: readonly Case<SlotSubject>[] = [...ACCESSES, ...LENGTHS, ...ADDRESSES, ...TARGETS, ...ATTRIBUTES];
