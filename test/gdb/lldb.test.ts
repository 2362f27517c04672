// lldb 19 on a running program, through `hwbkpt gdbserver`.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { GdbServerProcess, GO, gdb, lldb } from './server.js';

describeWith(['perf', 'ptrace', 'gcc', 'gdb', 'command:lldb-19'], 'lldb', () => {
  test('watches a variable, sees old and new values, its stack and its libraries', async () => {
    await using target = await startTarget('debugged');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await lldb(server, target, [
      ...[
        'watchpoint set variable counter',
        GO,
        'continue',
        'continue',
        'continue',
        'bt',
        'image list',
        'register read rip xmm0 fs_base',
        'watchpoint delete',
      ],
      'detach',
    ]);
    const hits = [...output.matchAll(/Watchpoint 1 hit:\n(?:old value: (.*)\n)new value: (.*)\n/g)].map(([, before, after]) => [
      before,
      after,
    ]);
    expect(hits).toEqual([
      ['0', '1'],
      ['1', '3'],
      ['3', '6'],
    ]);
    expect(output).toContain('stop reason = watchpoint 1');
    expect(output).toMatch(/frame #0: 0x\w+ debugged`tally\(.*\n +frame #1: 0x\w+ debugged`bump\(.*\n +frame #2: 0x\w+ debugged`main/);
    expect(output).toContain('libc.so.6');
    expect(output).toMatch(/fs_base = 0x0*7f/);
    expect((await target.finishedWithin(20_000)).stdout).toContain('rounds 10 counter 55 signals 1');
  });

  test('breakpoints, steps, and writing', async () => {
    await using target = await startTarget('debugged');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await lldb(server, target, [
      ...[
        'breakpoint set -n bump',
        GO,
        'continue',
        'thread step-inst',
        'thread step-in',
        'finish',
        'expression -- level = 9',
        'memory read -c 4 &level',
      ],
      ...['breakpoint delete', 'detach'],
    ]);
    expect(output).toMatch(/stop reason = breakpoint 1\.1\n +frame #0: 0x\w+ debugged`bump\(value=1\)/);
    expect(output).toContain('stop reason = instruction step into');
    expect(output).toContain('stop reason = step out');
    expect(output).toMatch(/: 09 00 00 00/);
    expect((await target.finishedWithin(20_000)).stdout).toContain('rounds 10 counter 55 signals 1');
  });

  test('beside gdb at the same process', async () => {
    await using target = await startTarget('debugged', { args: ['--rounds', '400', '--pause', '10000'] });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    target.go();
    const [first, second] = await Promise.all([
      gdb(server, target, ['watch counter', 'continue', 'continue', 'continue', 'delete', 'detach']),
      lldb(server, target, ['watchpoint set variable box.b', 'continue', 'continue', 'continue', 'watchpoint delete', 'detach']),
    ]);
    expect(first.match(/^New value = /gm)).toHaveLength(3);
    expect(second.match(/stop reason = watchpoint 1/g)?.length).toBeGreaterThanOrEqual(3);
    expect((await target.finishedWithin(30_000)).stdout).toContain('rounds 400 counter 80200 signals 1');
  });
});
