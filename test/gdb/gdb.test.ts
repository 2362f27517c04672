// Stock gdb on a running program, through `hwbkpt gdbserver`.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { startTarget, type Target } from '../helpers/target.js';
import { GdbServerProcess, GO, gdb, runGdb } from './server.js';

/** Values of `Old value` and `New value` lines, in order. */
function values(output: string, which: 'Old' | 'New'): string[] {
  return [...output.matchAll(new RegExp(`^${which} value = (.*)$`, 'gm'))].map(([, value = '']) => value);
}

async function debugged(...args: readonly string[]): Promise<Target> {
  return await startTarget('debugged', { args });
}

/** The target does the rest by itself, as if nobody had been there. */
async function runsOn(target: Target, line: string): Promise<void> {
  expect((await target.finishedWithin(20_000)).stdout).toContain(line);
}

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb', () => {
  test('watches a variable, sees old and new values and who wrote', async () => {
    await using target = await debugged();
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, ['watch counter', GO, 'continue', 'backtrace', 'continue', 'continue', 'delete', 'detach']);
    expect(output).toContain('Hardware watchpoint 1: counter');
    expect(values(output, 'Old')).toEqual(['0', '1', '3']);
    expect(values(output, 'New')).toEqual(['1', '3', '6']);
    expect(output).toMatch(/#0 +(0x\w+ in )?tally \(value=.*\) at .*debugged\.c:\d+\n#1 .* in bump \(value=.*\n#2 .* in main/);
    expect(output).toContain('detached]');
    await runsOn(target, 'rounds 10 counter 55 signals 1');
  });

  test('1,000 hits, one after the other, and then a condition', async () => {
    await using target = await debugged('--rounds', '1200');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, [
      ...[
        'watch counter',
        'ignore 1 999',
        GO,
        'continue',
        'condition 1 counter % 100 == 55',
        'continue',
        'info watchpoints',
        'delete',
        'detach',
      ],
    ]);
    // The sum of 1 to 1,000; the next sum that ends in 55 is that of 1 to 1,010.
    expect(values(output, 'New')).toEqual(['500500', '510555']);
    expect(output).toMatch(/breakpoint already hit 1001 times/);
    await runsOn(target, 'rounds 1200 counter 720600 signals 1');
  });

  test('a struct of 24 bytes takes three registers, an unaligned field one or two', async () => {
    await using target = await debugged();
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, [
      ...[
        'watch box',
        GO,
        'continue',
        'continue',
        'continue',
        'delete',
        'watch *(short *)(text + 3)',
        'continue',
        'monitor slots',
        'delete',
        'detach',
      ],
    ]);
    expect(values(output, 'New').slice(0, 3)).toEqual(['{a = 1, b = 0, c = 0}', '{a = 1, b = 2, c = 0}', '{a = 1, b = 2, c = 3}']);
    expect(values(output, 'New')).toHaveLength(4);
    expect(output).toMatch(/4 in each thread\n(.*\n)*gdb 1: 0x\w+:2 at 0x\w+, 8 bytes, armed/);
    await runsOn(target, 'rounds 10 counter 55 signals 1');
  });

  test('what does not fit is refused, and the rest works on', async () => {
    await using target = await debugged();
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, [
      'watch box',
      'watch *(long (*)[3])&shared',
      'python\ntry:\n  gdb.execute("continue")\nexcept gdb.error as error:\n  print("refused:", error)\nend',
      'delete 2',
      GO,
      'continue',
      'delete',
      'detach',
    ]);
    expect(output).toContain('refused:');
    expect(values(output, 'New')).toEqual(['{a = 1, b = 0, c = 0}']);
    expect(server.stderr.text).toMatch(/refused a watchpoint at 0x\w+: 24 bytes .* need 3 debug registers/);
  });

  test('reads: awatch and rwatch', async () => {
    await using target = await debugged();
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, [
      'rwatch level',
      'awatch counter',
      GO,
      'continue',
      'continue',
      'continue',
      'delete',
      'detach',
    ]);
    // tally reads the counter, then writes it; peek reads the level.
    expect(output).toMatch(/Hardware access \(read\/write\) watchpoint 2: counter\n\nValue = 0\n/);
    expect(output).toMatch(/Hardware access \(read\/write\) watchpoint 2: counter\n\nOld value = 0\nNew value = 1\n/);
    expect(output).toMatch(/Hardware read watchpoint 1: level\n\nValue = 3\n/);
    await runsOn(target, 'rounds 10 counter 55 signals 1');
  });

  test('stepping by instruction, line and function, with breakpoints that take slots', async () => {
    await using target = await debugged();
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, [
      ...[
        'break bump',
        GO,
        'continue',
        'backtrace 1',
        'stepi',
        'step',
        'step',
        'backtrace 2',
        'finish',
        'next',
        'info breakpoints',
        'delete',
        'tbreak fill',
        'continue',
      ],
      ...['finish', 'print box', 'until', 'detach'],
    ]);
    expect(output).toMatch(/Breakpoint 1, (0x\w+ in )?bump \(value=.*1\)/);
    expect(output).toMatch(/tally \(value=.*1\)/);
    expect(output).toMatch(/Value returned is \$1 = 0/);
    expect(output).toMatch(/breakpoint already hit 1 time/);
    expect(output).toContain('{a = 1, b = 2, c = 3}');
    await runsOn(target, 'rounds 10 counter 55 signals 1');
  });

  test('a signal stops it, is shown, and is delivered when it goes on', async () => {
    await using target = await debugged();
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, [
      GO,
      'continue',
      'print $_siginfo.si_signo',
      'print signals',
      'watch signals',
      'continue',
      'delete',
      'detach',
    ]);
    expect(output).toContain('received signal SIGUSR1');
    expect(output).toContain('$1 = 10');
    expect(output).toContain('$2 = 0');
    expect(output).toMatch(/Old value = 0\nNew value = 1\n(0x\w+ in )?handler/);
    await runsOn(target, 'rounds 10 counter 55 signals 1');
  });

  test('threads have names, and a watch on one thread passes the others by', async () => {
    await using target = await debugged('--threads', '3');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, [
      'info threads',
      'watch shared[1]',
      GO,
      'continue',
      'continue',
      'thread',
      'thread apply all -q backtrace 1',
      'delete',
      'detach',
    ]);
    expect(output.match(/"debugged"/g)?.length).toBeGreaterThanOrEqual(4);
    expect(values(output, 'New')).toEqual(['1', '2']);
    expect(output).toMatch(/\[Current thread is 3 /);
    await runsOn(target, 'rounds 10 counter 55 signals 1');
  });

  test('watch ... thread N', async () => {
    await using target = await debugged('--threads', '2');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const output = await gdb(server, target, [
      ...['watch shared[0] thread 3', 'watch shared[1] thread 3', GO, 'continue', 'continue', 'delete', 'detach'],
    ]);
    expect(output).not.toContain('Hardware watchpoint 1: shared[0]\n\nOld');
    expect(output).toContain('Hardware watchpoint 2: shared[1]\n\nOld value = 1\nNew value = 2\n');
    await runsOn(target, 'rounds 10 counter 55 signals 1');
  });

  test('leaves and comes again; memory and registers are written', async () => {
    await using target = await debugged('--pause', '20000', '--rounds', '200');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    expect(await gdb(server, target, ['watch counter', GO, 'continue', 'detach'])).toContain('detached]');
    expect(await gdb(server, target, ['print level = 9', 'print $xmm3.uint128 = 5', 'print $xmm3.uint128', 'detach'])).toMatch(
      /= 9\n.*= 5\n.*= 5\n/,
    );
    // Without a word of goodbye.
    expect(await gdb(server, target, ['print level', 'kill'])).toContain('= 9');
    expect((await target.finishedWithin(10_000)).signal).toBe('SIGKILL');
    expect(await server.finishedWithin(10_000)).toMatchObject({ status: 0 });
  });

  test('started by gdb, over a pipe', async () => {
    await using target = await debugged();
    const { HWBKPT } = await import('../helpers/paths.js');
    const output = await runGdb(target, [
      `target remote | ${process.execPath} ${HWBKPT} gdbserver - --pid ${target.pid}`,
      'watch counter',
      GO,
      'continue',
      'delete',
      'detach',
    ]);
    expect(values(output, 'New')).toEqual(['1']);
    await runsOn(target, 'rounds 10 counter 55 signals 1');
  });

  test('int3 in code is refused, and allowed with --int3', async () => {
    await using target = await debugged();
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const refused = await gdb(server, target, ['set var *(unsigned char *)bump = 0xcc']);
    expect(refused).toMatch(/Cannot access memory|refused/);
    expect(server.stderr.text).toContain('refused to write int3 into code');
    await server[Symbol.asyncDispose]();
    await using allowing = await GdbServerProcess.start('--int3', '--pid', `${target.pid}`);
    const names = ['bump', 'tally', 'fill', 'peek', 'mine', 'main'];
    const output = await gdb(allowing, target, [
      ...names.map((name) => `break ${name}`),
      GO,
      ...Array(5).fill('continue'),
      'delete',
      'detach',
    ]);
    expect(output).toMatch(
      /Breakpoint 1, .*\n(.*\n)*Breakpoint 2, .*\n(.*\n)*Breakpoint 3, .*\n(.*\n)*Breakpoint 4, .*\n(.*\n)*Breakpoint 1, /,
    );
    expect(allowing.stderr.text).toContain('--int3: ');
    await runsOn(target, 'rounds 10 counter 55 signals 1');
  });
});
