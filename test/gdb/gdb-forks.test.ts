// Stock gdb and the children of its program: which of parent and child it keeps, and that the other one is let go of for good.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget, type Target } from '../helpers/target.js';
import { GdbServerProcess, GO, gdb } from './server.js';

interface Forking {
  readonly target: Target;
  readonly server: GdbServerProcess;
}

async function forking(...args: readonly string[]): Promise<Forking> {
  const target = await startTarget('fork-rounds', { args });
  return { target, server: await GdbServerProcess.start('--inherit', 'children', '--pid', `${target.pid}`) };
}

/** What `counter` was in turn, by the stops that gdb has told. */
function valuesIn(output: string): string[] {
  return [...output.matchAll(/^New value = (.*)$/gm)].map(([, value]) => value ?? '');
}

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'a program that forks', () => {
  test('follow-fork-mode parent: the child runs on untraced, its writes are nobody’s', async () => {
    const forked = await forking();
    await using target = forked.target;
    await using server = forked.server;
    const output = await gdb(server, target, ['watch counter', GO, 'continue', 'continue', 'continue', 'continue', 'continue', 'continue']);
    expect(valuesIn(output)).toEqual(['100', '200', '300', '400', '500']);
    expect(output).toContain('[Detaching after fork from child process');
    expect(output).toContain('exited normally]');
    expect((await target.finishedWithin(20_000)).stdout).toMatch(/child counter 5000 traced 0\nparent counter 500 traced 1\n$/);
  });

  test('follow-fork-mode child: the parent runs on untraced, the watchpoint is the child’s', async () => {
    const forked = await forking();
    await using target = forked.target;
    await using server = forked.server;
    const output = await gdb(server, target, [
      ...['set follow-fork-mode child', 'watch counter', GO, 'continue', 'continue', 'continue'],
      ...['delete', 'tbreak child_round', 'continue', 'print round', 'continue'],
    ]);
    expect(valuesIn(output)).toEqual(['1000', '2000', '3000']);
    expect(output).toMatch(/Detaching from .*process|Detaching after fork from parent process/);
    expect(output).toContain('$1 = 4');
    expect(output).toContain('exited normally]');
    expect((await target.finishedWithin(20_000)).stdout).toMatch(/child counter 5000 traced 1\nparent counter 500 traced 0\n$/);
  });

  test('a child that outlives its parent is debugged to its end', async () => {
    const forked = await forking('--orphan');
    await using target = forked.target;
    await using server = forked.server;
    const output = await gdb(server, target, [
      ...['set follow-fork-mode child', 'catch fork', GO, 'continue', 'watch counter', 'continue', 'continue'],
      ...['delete', 'continue'],
    ]);
    expect(valuesIn(output)).toEqual(['1000', '2000']);
    expect(output).toContain('exited normally]');
    expect((await target.finishedWithin(20_000)).stdout).toMatch(/parent counter 500 traced 0\nchild counter 5000 traced 1\n$/);
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 0 });
  });

  test('detach-on-fork off: both stand, and one of them is detached from', async () => {
    const forked = await forking();
    await using target = forked.target;
    await using server = forked.server;
    const output = await gdb(server, target, [
      ...['set detach-on-fork off', 'tbreak parent_round', GO, 'continue', 'watch counter', 'continue', 'detach inferiors 2'],
      ...['continue', 'delete', 'continue'],
    ]);
    expect(output).toContain('[New inferior 2');
    expect(valuesIn(output)).toEqual(['100', '200']);
    expect(output).toMatch(/\[Inferior 2 \(process \d+\) detached\]/);
    expect((await target.finishedWithin(20_000)).stdout).toMatch(/child counter 5000 traced 0\nparent counter 500 traced 1\n$/);
  });

  test('follow-fork-mode child goes along into a program that a shell starts', async () => {
    const program = await buildFixture('debugged');
    const command = `${program}; exit 4`;
    await using server = await GdbServerProcess.start('--inherit', 'children', '--', '/bin/sh', '-c', command);
    const output = await gdb(server, { program: '/bin/sh' }, [
      ...['set follow-fork-mode child', 'handle SIGUSR1 nostop noprint', 'catch exec', 'continue', 'tbreak main', 'continue'],
      ...['watch counter', 'rwatch level', 'continue', 'continue', 'continue', 'delete', 'continue'],
    ]);
    expect(output).toContain(`(exec'd ${program})`);
    expect(output.match(/^(?:New value|Value) = \d+$/gm)).toEqual(['New value = 1', 'Value = 3', 'New value = 3']);
    expect(output).toContain('exited normally]');
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 4, stdout: 'rounds 10 counter 55 signals 1\n' });
  });
});
