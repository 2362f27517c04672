// gdb and commands share one process: each has its registers, and a higher priority is told to who loses by it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted } from '../helpers/run-hwbkpt.js';
import { startTarget, type Target } from '../helpers/target.js';

const runtime = mkdtempSync(`${tmpdir()}/hwbkpt-sharing-gdb-`);
const environment = { XDG_RUNTIME_DIR: runtime };
afterAll(() => rmSync(runtime, { recursive: true }));

function watch(target: Target, ...args: string[]): RunningHwbkpt {
  return new RunningHwbkpt(['watch', ...args, '--pid', String(target.pid), '--json'], { environment });
}

function addressOf(target: Target, name: string): string {
  const { address, size } = target.shown(name);
  return `0x${address.toString(16)}:${size}`;
}

function store(target: Target, name: string, value: number): void {
  target.send(`${name} ${value}\n`);
}

async function ended(running: RunningHwbkpt): Promise<ReturnType<typeof readPrinted>> {
  running.signal('SIGINT');
  return readPrinted((await running.finishedWithin(20_000)).stdout);
}

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb and watch', () => {
  test('share one process; a third one of higher priority takes a register, the loser is told, and gets it back', async () => {
    await using target = await startTarget('values-on-command');
    target.go();
    await using server = new RunningHwbkpt(['gdbserver', '127.0.0.1:0', '--pid', String(target.pid)], { environment });
    const listening = await server.stderr.waitForLine(/listening on 127\.0\.0\.1:\d+$/);
    const port = /:(\d+)$/.exec(listening)?.[1] ?? '';
    await using others = watch(target, addressOf(target, 'mapped'), addressOf(target, 'shared'));
    expect(await others.waitForMessage('armed')).toMatchObject({ shared_with: server.pid, engine: 'stop' });
    await using low = watch(target, 'zeroed', '--priority', '20');
    await low.waitForMessage('armed');
    const script = [`target remote 127.0.0.1:${port}`, 'watch initial', 'continue', 'print initial', 'detach'];
    await using gdb = new ManagedProcess('gdb', ['-nx', '-batch', target.program, ...script.flatMap((line) => ['-ex', line])]);
    await gdb.waitForLine(/^Hardware watchpoint 1: initial$/);
    await using high = watch(target, addressOf(target, 'wide'), '--priority', '90');
    await low.waitForLine(/"event":"evicted"/);
    store(target, 'wide', 7);
    await high.waitForLine(/^{"type":"hit".*"new":"0x7",/);
    await ended(high);
    await low.waitForLine(/"event":"installed"/);
    store(target, 'zeroed', 3);
    await low.waitForLine(/^{"type":"hit","watch":"zeroed".*"new":3,/);
    store(target, 'initial', 5);
    const { stdout } = await gdb.finishedWithin(30_000);
    expect(stdout).toMatch(/Old value = 77001\nNew value = 5\n/);
    expect(stdout).toContain('$1 = 5');
    // gdb has gone, and the log goes on.
    store(target, 'zeroed', 4);
    await low.waitForLine(/^{"type":"hit","watch":"zeroed".*"new":4,/);
    const run = await ended(low);
    expect(messagesOf(run, 'event').map(({ event }) => event)).toEqual(['evicted', 'installed']);
    expect(messagesOf(run, 'hit').map(({ old, new: now }) => [old, now])).toEqual([
      [0, 3],
      [3, 4],
    ]);
    target.closeInput();
    expect(await target.finishedWithin(10_000)).toMatchObject({ status: 0, stdout: expect.stringContaining('commands 4\n') });
  }, 90_000);
});
