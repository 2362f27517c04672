// Watching the running kernel: a sysctl's variable is found by two odd values, watched, and written once more.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { KernelSymbols } from '../../src/symbols/live/kernel-symbols.js';
import { expectRefusal } from '../cli/refusal.js';
import { SearchFolder } from '../find/found.js';
import { HWBKPT } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted } from '../helpers/run-hwbkpt.js';
import { FakeKernelFiles } from './fake-vmlinux.js';

/** Nothing uses it unless a driver is talkative. */
const SYSCTL = '/proc/sys/kernel/printk_ratelimit_burst';
/** Of `burst` in struct ratelimit_state. */
const BURST = 8n;

/** Writes the variable from a process of its own, as a user would; returns the number of that process. */
function writeByShell(value: number): number {
  const done = spawnSync('sh', ['-c', `echo ${value} > ${SYSCTL}`]);
  expect(done.status).toBe(0);
  return done.pid;
}

/** Everything that hwbkpt printed while `act` was going on, once it was armed. */
async function watched(args: readonly string[], act: () => void) {
  await using running = new RunningHwbkpt([...args, '--json']);
  await running.waitForMessage('armed');
  act();
  // With --limit it ends by itself.
  if (!args.includes('--limit')) running.signal('SIGINT');
  const ended = await running.finishedWithin(20_000);
  return { ...ended, ...readPrinted(ended.stdout) };
}

describeWith(['bpf', 'privileged', 'root', 'gcc'], 'the running kernel', () => {
  let before = '';
  let address = 0n;

  beforeAll(async () => {
    before = readFileSync(SYSCTL, 'utf8').trim();
    using folder = new SearchFolder();
    writeFileSync(SYSCTL, '1357913');
    await folder.find('1357913', '--kernel');
    writeFileSync(SYSCTL, '2468024');
    const { places } = await folder.find('--was', '1357913', '--now', '2468024', '--kernel');
    expect(places).toHaveLength(1);
    address = BigInt(places[0]?.address ?? 0);
    writeFileSync(SYSCTL, before);
  });
  afterEach(() => writeFileSync(SYSCTL, before));
  afterAll(() => writeFileSync(SYSCTL, before));

  test('shows who writes a variable: the function, its callers, the process, the values', async () => {
    let pid = 0;
    const run = await watched(['watch', `0x${address.toString(16)}:4`, '--as', 'int32', '--kernel', '--stack'], () => {
      pid = writeByShell(777);
    });
    expect(run.status).toBe(0);
    const hits = messagesOf(run, 'hit');
    expect(hits).toHaveLength(1);
    const [hit] = hits;
    expect(hit).toMatchObject({
      ...{
        pid,
        tid: pid,
        comm: 'sh',
        kernel: true,
        access: 'write',
        old: Number(before),
        new: 777,
        cgroup: expect.stringMatching(/^[/#]/),
      },
      ...{ function: expect.stringMatching(/^do_proc_dointvec/), value_source: expect.stringMatching(/^(trap|registers)$/) },
    });
    expect(hit?.stack?.[0]).toMatch(/^do_proc_dointvec/);
    expect(hit?.stack?.join('\n')).toMatch(/proc_dointvec \(kernel\)[\s\S]*vfs_write \(kernel\)[\s\S]*do_syscall_64 \(kernel\)/);
    expect(messagesOf(run, 'summary')).toMatchObject([{ hits: 1, lost: 0, engine: 'bpf' }]);
  });

  test('shows readers too, who leave the value as it is', async () => {
    const run = await watched(['watch', `0x${address.toString(16)}:4`, '--as', 'int32', '--kernel', '--access', 'rw'], () => {
      writeByShell(888);
      expect(spawnSync('cat', [SYSCTL]).status).toBe(0);
    });
    const shown = messagesOf(run, 'hit').map(({ comm, old, new: value }) => [comm, old, value]);
    expect(shown).toEqual([
      ['sh', Number(before), 888],
      ['cat', 888, 888],
    ]);
  });

  test('by a type of the kernel', async () => {
    const state = `0x${(address - BURST).toString(16)}`;
    const run = await watched(['watch', `${state}.burst`, '--as', 'struct ratelimit_state', '--kernel'], () => writeByShell(999));
    expect(messagesOf(run, 'hit')).toMatchObject([{ watch: `${state}.burst`, size: 4, new: 999 }]);
  });

  test('by a vmlinux with debug information, linked elsewhere: names, types, file and line', async () => {
    using files = new FakeKernelFiles({ state: address - BURST, shift: 0x20_0000n });
    const args = ['watch', 'printk_ratelimit_state.burst', '--kernel', '--vmlinux', files.vmlinux];
    const run = await watched(args, () => writeByShell(1010));
    expect(messagesOf(run, 'armed')).toMatchObject([{ address: `0x${address.toString(16)}`, size: 4 }]);
    expect(messagesOf(run, 'hit')).toMatchObject([{ new: 1010, file: expect.stringMatching(/vmlinux\.c$/), line: expect.any(Number) }]);
  });

  test('by a System.map', async () => {
    using files = new FakeKernelFiles({ state: address - BURST });
    const run = await watched(['watch', 'printk_ratelimit_state:8', '--kernel', '--vmlinux', files.systemMap], () => undefined);
    expect(messagesOf(run, 'armed')).toMatchObject([{ address: `0x${(address - BURST).toString(16)}`, size: 8 }]);
  });

  test("a CPU's copy of a per-CPU variable, without any file", async () => {
    const run = await watched(['watch', 'runqueues@cpu0.nr_running', '--kernel', '--stack', '--limit', '20'], () => undefined);
    const hits = messagesOf(run, 'hit');
    expect(hits).toHaveLength(20);
    expect(hits.map(({ stack }) => stack?.join()).join('\n')).toMatch(/schedule \(kernel\)/);
    // Tasks come and go one at a time; a larger step hides a hit in the middle of another BPF program, which is told as lost.
    const jumps = hits.filter(({ old, new: value }) => typeof old === 'number' && Math.abs(Number(value) - old) > 1);
    const [summary] = messagesOf(run, 'summary');
    expect(jumps.length).toBeLessThanOrEqual(summary?.lost ?? 0);
  });

  test('who and stat count', async () => {
    const place = [`0x${address.toString(16)}:4`, '--as', 'int32', '--kernel'];
    const act = () => [1, 2, 3].map(writeByShell);
    expect(messagesOf(await watched(['who', ...place], act), 'group')).toMatchObject([
      { function: expect.stringMatching(/^do_proc_dointvec/), count: 3, kernel: true, first: 1, last: 3 },
    ]);
    expect(messagesOf(await watched(['stat', ...place], act), 'count')).toMatchObject([{ count: 3, threads: 3 }]);
  });

  test('a condition keeps back what it does not hold for', async () => {
    const run = await watched(['watch', `0x${address.toString(16)}:4`, '--as', 'int32', '--kernel', '--if', 'new > 100'], () =>
      [1, 1111, 2].map(writeByShell),
    );
    expect(messagesOf(run, 'hit')).toMatchObject([{ new: 1111 }]);
  });

  test('in text: the process and the place within the function', async () => {
    await using running = new RunningHwbkpt(['watch', `0x${address.toString(16)}:4`, '--as', 'int32', '--kernel', '--limit', '1']);
    await running.stderr.waitForLine(/armed/);
    const pid = writeByShell(1212);
    const { stdout } = await running.finishedWithin(20_000);
    expect(stdout).toMatch(
      new RegExp(`^ +\\d+\\.\\d{6}  ${pid} sh  0x[0-9a-f]+:4: ${before} -> 1212  do_proc_dointvec\\w*\\+0x[0-9a-f]+ \\[kernel\\]\\n$`),
    );
  });
});

const withoutKprobes = new KernelSymbols().find('register_kprobe').length === 0;

describeWith(['bpf', 'privileged', 'root'], 'what the kernel refuses', () => {
  const refused = (args: readonly string[], message: RegExp, hint: RegExp) => expectRefusal(args, { status: 125, message, hint });

  test.each([
    [['watch', '0x4040', '--kernel'], /is an address of a process, not of the kernel$/, /--pid PID/],
    [['watch', '0xffff800000000000', '--kernel'], /^nothing is mapped at 0xffff800000000000 in the kernel$/, /KASLR/],
    [['watch', '0xffffffff81000000:8', '--', 'sleep', '9'], /is an address of the kernel, not of a process$/, /--kernel/],
    [['watch', 'vfs_write', '--kernel'], /vfs_write is a function/, /--access x/],
    [['watch', 'vfs_wriet', '--kernel', '--access', 'x'], /nothing called vfs_wriet in the kernel/, /Did you mean vfs_write/],
    [['watch', 'vfs_write', '--kernel', '--engine', 'perf', '--access', 'x'], /cannot watch the kernel/, /--engine auto/],
    [['watch', 'x', '--kernel', '--vmlinux', '/bin/sh'], /is not of the running kernel/, /uname -rv/],
    [['watch', '0xfffffe0000000000:8', '--kernel'], /where the code that handles debug exceptions needs memory/, /CPU entry area/],
  ])('%j', async (args, message, hint) => {
    await refused(args, message, hint);
  });

  test.runIf(withoutKprobes)('instruction breakpoints, built without KPROBES: with that reason', async () => {
    await refused(['watch', 'vfs_write', '--kernel', '--access', 'x'], /built without KPROBES/, /CONFIG_KPROBES/);
  });

  test.skipIf(withoutKprobes)(
    `instruction breakpoints: each call is a hit${withoutKprobes ? ' [skipped: the kernel has no KPROBES]' : ''}`,
    async () => {
      await using running = new RunningHwbkpt(['watch', 'vfs_write', '--kernel', '--access', 'x', '--limit', '1', '--json']);
      await running.waitForMessage('armed');
      expect(await running.waitForMessage('hit')).toMatchObject({ function: 'vfs_write', access: 'execute', old: null, new: null });
    },
  );

  test('code that must not be interrupted, built with KPROBES', async (context) => {
    if (withoutKprobes) context.skip('the kernel has no KPROBES');
    await refused(['watch', 'asm_exc_debug', '--kernel', '--access', 'x'], /must not be interrupted/, /blacklist/);
  });
});

/** A variable of a loaded module, `ext4.ko::name`; null where none is loaded or none is listed. */
function moduleVariable(): string | null {
  const found = /^[0-9a-f]*[1-9a-f][0-9a-f]* [bBdD] (\w+)\t\[(\w+)\]$/m.exec(readFileSync('/proc/kallsyms', 'latin1'));
  return found === null ? null : `${found[2]}.ko::${found[1]}`;
}

describeWith(['bpf', 'privileged', 'root'], 'the variable of a module', () => {
  test('is watched by its module and name', async (context) => {
    const variable = moduleVariable();
    if (variable === null) return context.skip('no module with listed variables is loaded');
    const run = await watched(['watch', `${variable}:1`, '--kernel'], () => undefined);
    expect(messagesOf(run, 'armed')).toMatchObject([{ watch: `${variable}:1`, size: 1 }]);
  });
});

describeWith(['bpf', 'privileged', 'root', 'command:setpriv'], 'a watch of the kernel without privilege', () => {
  test.each([
    ['sys_admin', /may not watch the kernel: .*EPERM/, /CAP_SYS_ADMIN/],
    ['bpf,-sys_admin', /no engine here can watch the kernel: bpf: no CAP_BPF/, /give it CAP_BPF/],
    ['perfmon,-sys_admin', /no engine here can watch the kernel: bpf: no CAP_PERFMON/, /give it CAP_PERFMON/],
  ])('says what it takes: -%s', (capabilities, message, hint) => {
    const args = [`--bounding-set=-${capabilities}`, process.execPath, HWBKPT, 'watch', `${readableAddress()}:4`, '--kernel'];
    const run = spawnSync('setpriv', args, { encoding: 'utf8' });
    const [first = '', ...rest] = run.stderr.split('\n');
    expect(run.status).toBe(125);
    expect(first).toMatch(message);
    expect(rest.join('\n')).toMatch(hint);
  });
});

/** An address that is mapped in every kernel: code, which nobody writes. */
function readableAddress(): string {
  const [symbol] = new KernelSymbols().find('vfs_write');
  return `0x${((symbol?.address ?? 0xffff_ffff_8100_0000n) & ~7n).toString(16)}`;
}
