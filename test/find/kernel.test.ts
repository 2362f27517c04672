// Finding variables of the kernel: the sysctl kernel.printk_ratelimit_burst, which nothing uses unless a driver is talkative.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownPrivileges } from '../../src/linux/procfs/privileges.js';
import { expectRefusal } from '../cli/refusal.js';
import { describeUnprivileged, HWBKPT_AS_NOBODY } from '../cli/unprivileged.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { HWBKPT } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { SearchFolder } from './found.js';

const SYSCTL = '/proc/sys/kernel/printk_ratelimit_burst';

function setSysctl(value: string): void {
  writeFileSync(SYSCTL, value);
}

describeWith(['bpf', 'privileged', 'root'], 'hwbkpt find --kernel', () => {
  let before = '';
  beforeAll(() => {
    before = readFileSync(SYSCTL, 'utf8');
  });
  afterAll(() => setSysctl(before));

  test('finds the variable of a sysctl, and ends with its one address', async () => {
    using folder = new SearchFolder();
    setSysctl('1234577');
    const first = await folder.find('1234577', '--kernel');
    expect(first.found.places).toBeGreaterThanOrEqual(1);
    expect(first.found.read).toBeGreaterThan(1_000_000);
    setSysctl('7654321');
    const { places, found } = await folder.find('--was', '1234577', '--now', '7654321', '--kernel');
    expect(places).toEqual([expect.objectContaining({ size: 4, value: 7654321, region: 'data' })]);
    const [address] = places.map((place) => place.address);
    expect(address).toMatch(/^0xffff[0-9a-f]{12}$/);
    expect(found.watch).toBe(`hwbkpt watch ${address}:4 --as int32 --kernel`);
    setSysctl('1234577');
    expect((await folder.find('--changed', '--kernel')).places).toEqual([expect.objectContaining({ address, value: 1234577 })]);
    expect((await folder.find('--unchanged', '--kernel')).places).toEqual([expect.objectContaining({ address })]);
  });

  test('in a part of it', async () => {
    using folder = new SearchFolder();
    setSysctl('1234577');
    expect((await folder.find('1234577', '--kernel', '--in', 'data')).found.places).toBeGreaterThanOrEqual(1);
    expect((await folder.find('1234577', '--kernel', '--in', 'bss')).found.places).toBe(0);
    await expectRefusal(['find', '5', '--kernel', '--in', 'heap'], {
      status: 125,
      message: /^the kernel has no part called "heap"$/,
      hint: /data, bss, modules or all/,
    });
  });

  test('goes on only in the kernel that it began in', async () => {
    using folder = new SearchFolder();
    await expectRefusal(
      ['find', '--changed', '--kernel'],
      { status: 125, message: /^there is no search in the kernel to go on with$/, hint: /hwbkpt find VALUE --kernel/ },
      { environment: folder.environment },
    );
  });
});

/** `hwbkpt find 5 --kernel`, started by other words. */
async function refusedTo(...words: readonly string[]): Promise<string> {
  const [command = '', ...before] = words;
  await using run = new ManagedProcess(command, [...before, 'find', '5', '--kernel']);
  const { stdout, stderr, status } = await run.finishedWithin(30_000);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect({ stdout, status }).toEqual({ stdout: '', status: 125 });
  return stderr;
}

describeUnprivileged('hwbkpt find --kernel without privilege', () => {
  test('says what it takes', async () => {
    expect(await refusedTo(...HWBKPT_AS_NOBODY)).toMatch(
      /^hwbkpt: the memory of the kernel cannot be read: no CAP_BPF and no CAP_PERFMON\n {2}Run hwbkpt with sudo or give it CAP_BPF and CAP_PERFMON/,
    );
  });
});

describeWith(['bpf', 'privileged', 'root', 'command:setpriv'], 'hwbkpt find --kernel without', () => {
  // To those who may profile the kernel it shows them all the same (kallsyms_show_value, kernel/ksyms_common.c).
  const { kptrRestrict, perfEventParanoid } = ownPrivileges();
  test.skipIf(kptrRestrict === 0 && (perfEventParanoid ?? 2) <= 1)('-syslog', async () => {
    const stderr = await refusedTo('setpriv', '--bounding-set=-syslog', process.execPath, HWBKPT);
    expect(stderr).toMatch(/^hwbkpt: \/proc\/kallsyms shows no addresses to this user\n {2}Run as root or with CAP_SYSLOG/);
  });

  test.each([
    [
      'sys_admin',
      /^hwbkpt: where the kernel keeps its data cannot be seen: \/proc\/iomem shows no "Kernel data"\n {2}Run as root \(CAP_SYS_ADMIN\)/,
    ],
    [
      'perfmon,-sys_admin',
      /^hwbkpt: the memory of the kernel cannot be read: no CAP_PERFMON\n {2}Run hwbkpt with sudo, or give it CAP_PERFMON/,
    ],
    ['bpf,-sys_admin', /^hwbkpt: the memory of the kernel cannot be read: no CAP_BPF\n {2}Run hwbkpt with sudo or give it CAP_BPF/],
  ])('-%s', async (capabilities, message) => {
    expect(await refusedTo('setpriv', `--bounding-set=-${capabilities}`, process.execPath, HWBKPT)).toMatch(message);
  });
});

describeWith(['bpf', 'privileged', 'root', 'command:strace'], 'hwbkpt find --kernel on a kernel', () => {
  const without = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=bpf', '-e'];

  test('without BPF', async () => {
    const stderr = await refusedTo(...without, 'inject=bpf:error=ENOSYS', process.execPath, HWBKPT);
    expect(stderr).toMatch(
      /^hwbkpt: the memory of the kernel cannot be read: this kernel has no bpf \(.*ENOSYS\)\n {2}A kernel built with CONFIG_BPF_SYSCALL/,
    );
  });
});
