// Debuggers that come to a process which another hwbkpt has: they join it, are told why they do not, and go on when that one is gone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Adapter } from '../dap/adapter.js';
import { GdbServerProcess, GO, gdb, lldb, TypedGdb } from '../gdb/server.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget, type Target } from '../helpers/target.js';

// Everything that this file starts shares by a folder of its own.
const runtime = mkdtempSync(`${tmpdir()}/hwbkpt-debuggers-`);
const before = process.env['XDG_RUNTIME_DIR'];
beforeAll(() => {
  process.env['XDG_RUNTIME_DIR'] = runtime;
});
afterAll(() => {
  if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = before;
  rmSync(runtime, { recursive: true });
});

const ROUNDS = ['--rounds', '20', '--pause', '1000'];

async function watch(target: Target, ...args: readonly string[]): Promise<RunningHwbkpt> {
  const running = new RunningHwbkpt(['watch', ...args, '--pid', String(target.pid), '--json']);
  await running.waitForMessage('armed');
  return running;
}

/** New values of its hits, once the target has ended. */
async function valuesOf(running: RunningHwbkpt): Promise<number[]> {
  return messagesOf(readPrinted((await running.finishedWithin(20_000)).stdout), 'hit').map(({ new: now }) => Number(now));
}

/** What `counter` is after each of the first rounds. */
function sums(rounds: number): number[] {
  return Array.from({ length: rounds }, (_, i) => ((i + 1) * (i + 2)) / 2);
}

describeWith(['perf', 'ptrace', 'gcc', 'gdb', 'command:lldb-19'], 'gdbserver on a process that another hwbkpt has', () => {
  test('joins a watch: gdb stops at its watchpoints, the watch logs on', async () => {
    await using target = await startTarget('debugged', { args: ROUNDS });
    await using owner = await watch(target, 'counter', '--engine', 'stop');
    await using server = await GdbServerProcess.start('--pid', String(target.pid));
    expect(server.stderr.text).toContain(`joined hwbkpt ${owner.pid} (watch ${owner.pid}), which has process ${target.pid}\n`);
    const output = await gdb(server, target, [
      ...['watch counter', 'watch box.b', GO, 'continue', 'continue', 'continue', 'continue'],
      ...['backtrace -1', 'print counter', 'stepi', 'info threads', 'set var level = 9', 'print level', 'delete', 'detach'],
    ]);
    expect([...output.matchAll(/^New value = (\d+)$/gm)].map(([, value]) => Number(value))).toEqual([1, 2, 3, 4]);
    expect(output).toMatch(/^#\d+ .*\bmain \(/m);
    expect(output).toContain('$1 = 3');
    expect(output).toContain('$2 = 9');
    expect(output).toContain('detached]');
    expect(await valuesOf(owner)).toEqual(sums(20));
    expect((await target.finishedWithin(20_000)).stdout).toContain('rounds 20 counter 210 signals 1');
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 0 });
  });

  test('is told how the process ends, with lldb too', async () => {
    for (const debug of [gdb, lldb]) {
      await using target = await startTarget('debugged', { args: ROUNDS });
      await using owner = await watch(target, 'counter', '--engine', 'stop');
      await using server = await GdbServerProcess.start('--pid', String(target.pid));
      const commands = {
        gdb: ['handle SIGUSR1 nostop noprint', 'watch box.b', GO, 'continue', 'continue', 'delete', 'continue'],
        lldb: ['process handle -s false -n false SIGUSR1', 'watchpoint set variable box.b', GO, 'c', 'c', 'watchpoint delete 1', 'c'],
      };
      const output = await debug(server, target, debug === gdb ? commands.gdb : commands.lldb);
      // lldb shows the value at first as a new one, too.
      expect([...output.matchAll(/^[Nn]ew value[ =:]*([1-9]\d*)$/gm)].map(([, value]) => Number(value))).toEqual([2, 4]);
      expect(output).toMatch(/exited normally\]|exited with status = 0/);
      expect(await valuesOf(owner)).toEqual(sums(20));
      expect((await target.finishedWithin(20_000)).stdout).toContain('rounds 20 counter 210 signals 1');
      expect(await server.finishedWithin(20_000)).toMatchObject({ status: 0 });
    }
  }, 60_000);

  test('joins another gdbserver: two gdbs, each at a server of its own', async () => {
    await using target = await startTarget('debugged', { args: ['--rounds', '400', '--pause', '10000'] });
    await using first = await GdbServerProcess.start('--pid', String(target.pid));
    await using second = await GdbServerProcess.start('--pid', String(target.pid));
    expect(second.stderr.text).toContain(`joined hwbkpt ${first.pid} (gdbserver ${first.pid})`);
    target.go();
    const [one, two] = await Promise.all([
      gdb(first, target, ['watch counter', 'continue', 'continue', 'continue', 'delete', 'detach']),
      gdb(second, target, ['watch box.b', 'continue', 'continue', 'continue', 'delete', 'detach']),
    ]);
    expect(one.match(/^New value = /gm)).toHaveLength(3);
    expect(one).not.toContain('box.b');
    expect(two.match(/^New value = /gm)).toHaveLength(3);
    expect(two).not.toContain('counter');
    target.signal('SIGKILL');
    await Promise.all([first.finishedWithin(20_000), second.finishedWithin(20_000)]);
  }, 60_000);

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'has it when the owner ends by %s: gdb is cut off, and may connect again',
    async (signal) => {
      await using target = await startTarget('debugged', { args: ['--rounds', '100000', '--pause', '10000'] });
      await using owner = await watch(target, 'box.b', '--engine', 'stop');
      await using server = await GdbServerProcess.start('--pid', String(target.pid));
      await using typed = new TypedGdb(target.program);
      await typed.type(`target remote ${server.address}\nwatch counter`, /Hardware watchpoint 1: counter/);
      target.go();
      // gdb 13 ends by an internal error where it is cut off while it shows a stop.
      await typed.type('continue', /return before;$/);
      owner.signal(signal);
      await server.stderr.waitForLine(new RegExp(`hwbkpt ${owner.pid} has let go of process ${target.pid}`));
      await server.stderr.waitForLine(new RegExp(`attached to process ${target.pid}; debuggers may connect again`), 20_000);
      const output = await gdb(server, target, ['watch counter', 'continue', 'continue', 'delete', 'detach']);
      expect(output.match(/^New value = /gm)).toHaveLength(2);
      await using later = await watch(target, 'counter', '--limit', '2');
      expect(await later.waitForMessage('armed')).toMatchObject({ engine: 'stop', shared_with: server.pid });
      expect(await valuesOf(later)).toHaveLength(2);
      typed.signal('SIGKILL');
      target.signal('SIGKILL');
      await server.finishedWithin(20_000);
    },
    60_000,
  );

  test('does not join an engine that stops nothing, says so, and attaches beside it', async () => {
    await using target = await startTarget('debugged', { args: ROUNDS });
    await using owner = await watch(target, 'counter', '--engine', 'perf');
    await using server = await GdbServerProcess.start('--pid', String(target.pid));
    expect(server.stderr.text).toContain(
      `not shared: hwbkpt ${owner.pid} (watch ${owner.pid}) has the process by the perf engine, which stops nothing: end it, or start it with --engine stop, to share its debug registers\n`,
    );
    const output = await gdb(server, target, ['watch box.b', GO, 'continue', 'continue', 'delete', 'detach']);
    expect(output.match(/^New value = /gm)).toHaveLength(2);
    expect(await valuesOf(owner)).toEqual(sums(20));
  });

  test('is refused with advice where it may not join', async () => {
    await using target = await startTarget('debugged', { args: ROUNDS });
    await using owner = await watch(target, 'counter', '--engine', 'stop');
    const asked = ['gdbserver', ':0', '--pid', String(target.pid)];
    const alone = await runHwbkpt([...asked, '--no-share']);
    expect(alone.status).toBe(125);
    expect(alone.stderr).toMatch(new RegExp(`\\(process ${owner.pid}\\) traces it, and only one can: .*--no-share`));
    const other = await runHwbkpt([...asked, '--inherit', 'children']);
    expect(other.status).toBe(125);
    expect(other.stderr).toContain('it watches with --inherit threads');
    target.go();
    expect(await valuesOf(owner)).toEqual(sums(20));
  });
});

describeWith(['perf', 'ptrace', 'gcc'], 'a watch by the stop engine that has joined', () => {
  test.each(['SIGINT', 'SIGKILL'] as const)('attaches when the owner, which traces to its last moment, ends by %s', async (signal) => {
    await using target = await startTarget('debugged', { args: ['--rounds', '100000', '--pause', '1000'] });
    await using owner = await watch(target, 'box.b', '--engine', 'stop');
    await using joined = await watch(target, 'counter', '--engine', 'stop', '--limit', '3');
    owner.signal(signal);
    await joined.waitForLine(/"event":"armed-again"/);
    target.go();
    expect(await valuesOf(joined)).toEqual([1, 3, 6]);
    target.signal('SIGKILL');
  });
});

describeWith(['perf', 'ptrace', 'gcc'], 'an editor on a process that another hwbkpt has', () => {
  test('joins a watch, and is told when that lets go of the program', async () => {
    await using target = await startTarget('debugged', { args: ['--rounds', '100000', '--pause', '10000'] });
    await using owner = await watch(target, 'box.b', '--engine', 'stop');
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    await adapter.event('output', ({ output }) => String(output).includes(`joined hwbkpt ${owner.pid}`));
    await adapter.request('setDataBreakpoints', { breakpoints: [{ dataId: 'counter', accessType: 'write' }] });
    await adapter.request('configurationDone');
    target.go();
    for (const value of [1, 3]) {
      const { threadId, text } = await adapter.stopped();
      expect(text).toContain(`-> ${value} `);
      await adapter.request('continue', { threadId });
    }
    owner.signal('SIGINT');
    await adapter.event('output', ({ output }) => String(output).includes('hwbkpt has let go of the program'));
    await adapter.event('terminated');
    expect(target.running).toBe(true);
    target.signal('SIGKILL');
  });
});
