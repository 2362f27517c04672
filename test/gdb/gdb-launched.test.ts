// Stock gdb on programs that `hwbkpt gdbserver` launches: from the first instruction on, through forks and into other programs.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { GdbServerProcess, gdb, TypedGdb } from './server.js';

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'a launched program', () => {
  test('stands before its first instruction, knows its libraries in main, and ends with its own status', async () => {
    const program = await buildFixture('debugged');
    await using server = await GdbServerProcess.start('--', program);
    const output = await gdb(server, { program }, [
      ...[
        'info sharedlibrary',
        'break main',
        'continue',
        'info sharedlibrary',
        'watch counter',
        'continue',
        'delete',
        'handle SIGUSR1 nostop noprint',
        'continue',
      ],
    ]);
    expect(output).toMatch(/^0x\w+ in _start \(\) from \/lib64\/ld-linux/m);
    expect(output.match(/libc\.so\.6/g)).toHaveLength(1);
    expect(output).toMatch(/Old value = 0\nNew value = 1\n/);
    expect(output).toContain('exited normally]');
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 0, stdout: 'rounds 10 counter 55 signals 1\n' });
  });

  test('killed by gdb', async () => {
    const program = await buildFixture('debugged');
    await using server = await GdbServerProcess.start('--', program);
    expect(await gdb(server, { program }, ['kill'])).toContain('killed]');
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 137, stdout: '' });
  });

  test('forks and vforks are told, their children let go of', async () => {
    const program = await buildFixture('debugged');
    await using server = await GdbServerProcess.start('--inherit', 'children', '--', program, '--fork', '--vfork');
    const output = await gdb(server, { program }, [
      ...[
        'handle SIGUSR1 nostop noprint',
        'catch fork',
        'catch vfork',
        'watch shared[0]',
        'continue',
        'backtrace -1',
        'continue',
        'continue',
      ],
    ]);
    expect(output).toMatch(/Catchpoint 2 \(vforked process \d+\)/);
    expect(output).toMatch(/Catchpoint 1 \(forked process \d+\)/);
    expect(output.match(/\[Detaching after v?fork from child process/g)).toHaveLength(2);
    // The forked child writes its own shared[0]: that is nobody's hit.
    expect(output).not.toContain('New value');
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 0, stdout: 'rounds 10 counter 1055 signals 1\n' });
  });

  test('another program takes its place, and is watched by its own names', async () => {
    const [program, other] = await Promise.all([buildFixture('exec-other'), buildFixture('after-exec')]);
    await using server = await GdbServerProcess.start('--', program, '--', other);
    const output = await gdb(server, { program }, [
      'catch exec',
      'continue',
      'tbreak main',
      'continue',
      'watch shared',
      'continue',
      'continue',
      'kill',
    ]);
    expect(output).toContain(`(exec'd ${other})`);
    expect([...output.matchAll(/^New value = (.*)$/gm)].map(([, value]) => value)).toEqual(['-1', '-2']);
  });

  test('non-stop: one thread stands at its watchpoint while the others run', async () => {
    const program = await buildFixture('debugged');
    const args = ['--threads', '3', '--rounds', '100000', '--pause', '1000'];
    await using server = await GdbServerProcess.start('--', program, ...args);
    await using typed = new TypedGdb(program);
    await typed.type(`set non-stop on\ntarget remote ${server.address}`, /in _start \(\)/);
    await typed.type('tbreak main\ncontinue', /Temporary breakpoint 1, /);
    await typed.type('watch shared[1]\ncontinue -a &', /hit Hardware watchpoint 2: shared\[1\]$/);
    await typed.waitForLine(/^New value = 1$/);
    await typed.type('info threads', / "debugged" +\(running\)/);
    await typed.type('delete\ninterrupt -a', /^Thread 1 "debugged" stopped\.$/);
    await typed.type('thread 1\nbacktrace -1', /^(?:\(gdb\) )?#\d+ .*\bmain \(/);
    await typed.type('kill', /killed\]/);
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 137 });
    typed.closeInput();
  });
});
