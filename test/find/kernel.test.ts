// Finding variables of the kernel: the sysctl kernel.printk_ratelimit_burst, which nothing uses unless a driver is talkative.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRefusal } from '../cli/refusal.js';
import { describeUnprivileged, HWBKPT_AS_NOBODY } from '../cli/unprivileged.js';
import { ManagedProcess } from '../helpers/managed-process.js';
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

describeUnprivileged('hwbkpt find --kernel without privilege', () => {
  test('says what it takes', async () => {
    const [command, ...asNobody] = HWBKPT_AS_NOBODY;
    await using run = new ManagedProcess(command, [...asNobody, 'find', '5', '--kernel']);
    const { stdout, stderr, status } = await run.finishedWithin(30_000);
    expect(stderr).toMatch(/^hwbkpt: the memory of the kernel cannot be read: bpf .*EPERM\n {2}Run as root, or with CAP_BPF, CAP_PERFMON/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ stdout, status }).toEqual({ stdout: '', status: 125 });
  });
});
