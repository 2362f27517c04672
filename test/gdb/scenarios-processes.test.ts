// Watchpoints, children and ends of processes, as gdb's own tests have them: stock gdb through `hwbkpt gdbserver`.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { changes } from './scenes.js';
import { GdbServerProcess, gdb, runGdb, TypedGdb } from './server.js';

const FIXTURE = 'debugger-scenes';
const AT_CHILDREN = ['tbreak children', 'continue'];

/** What gdb says of the scene with children, which the server follows. */
async function withChildren(commands: readonly string[]): Promise<{ readonly said: string; readonly status: number | null }> {
  const program = await buildFixture(FIXTURE);
  await using server = await GdbServerProcess.start('--inherit', 'children', '--', program, 'children');
  const said = await gdb(server, { program }, [...AT_CHILDREN, ...commands]);
  const { status } = await server.finishedWithin(20_000);
  return { said, status };
}

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb: children and ends', () => {
  test('a fork and a vfork do not hit a watchpoint, and it goes on after them', async () => {
    const { said, status } = await withChildren([
      ...[
        'awatch ival1',
        'continue',
        'catch fork',
        'catch vfork',
        'continue',
        'continue',
        'delete $bpnum',
        'continue',
        'delete',
        'continue',
      ],
    ]);
    expect(changes(said)).toEqual(['ival1: -1 > 1', 'ival1: 1 > 3']);
    expect(said).toMatch(
      /New value = 1\n(.*\n)*.*Catchpoint \d+ \(forked process(.*\n)*.*Catchpoint \d+ \(vforked process(.*\n)*New value = 3/,
    );
    expect(said).toContain('exited normally]');
    expect(status).toBe(0);
  });

  test('followed into the child, a watchpoint and a breakpoint are the child’s', async () => {
    const { said } = await withChildren([
      ...['set follow-fork-mode child', 'watch ival1', 'hbreak marker', 'continue', 'continue', 'continue', 'delete', 'continue'],
    ]);
    expect(changes(said)).toEqual(['ival1: -1 > 1', 'ival1: 1 > 2']);
    expect(said).toMatch(/\[Attaching after .* fork to child /);
    expect(said).toMatch(/Breakpoint \d+, .*marker \(\)/);
    expect(said).toMatch(/exited normally\]/);
  });

  test.each(['kill', 'detach', 'continue'])('both kept, the child ended by %s, its parent goes on', async (end) => {
    const { said } = await withChildren([
      ...['set detach-on-fork off', 'set follow-fork-mode child', 'tbreak marker', 'continue', 'watch ival1', end, 'delete'],
      ...['inferior 1', 'set follow-fork-mode parent', 'set detach-on-fork on', 'tbreak marker', 'continue', 'print ival1'],
    ]);
    expect(said.match(/hit Temporary breakpoint \d+(\.\d)?, marker \(\)/g)).toHaveLength(2);
    expect(said).toMatch(/ = 3\n/);
  });

  test('one gdb at two processes, with a watchpoint in each', async () => {
    const program = await buildFixture(FIXTURE);
    await using first = await GdbServerProcess.start('--', program, 'counts');
    await using second = await GdbServerProcess.start('--', program, 'four');
    const said = await runGdb({ program }, [
      ...[`target remote ${first.address}`, 'add-inferior -no-connection', 'inferior 2', `file ${program}`],
      ...[`target remote ${second.address}`, 'tbreak four', 'continue', 'awatch i2', 'inferior 1', 'tbreak counts', 'continue'],
      ...['awatch ival2', 'inferior 2', 'continue', 'inferior 1', 'continue', 'delete', 'continue', 'inferior 2', 'continue'],
    ]);
    expect(changes(said)).toEqual(['i2: 0 > 2', 'ival2: -1 > 0']);
    expect(said.match(/exited normally\]/g)).toHaveLength(2);
  });

  test('killed by somebody else while it runs', async () => {
    const program = await buildFixture('debugged');
    await using server = await GdbServerProcess.start('--', program, '--rounds', '100000', '--pause', '1000');
    await using typed = new TypedGdb(program);
    await typed.type(`target remote ${server.address}\nwatch level\ntbreak bump\ncontinue`, /Temporary breakpoint \d+, /);
    const [, pid = ''] = /process (\d+)/.exec(server.stderr.text) ?? [];
    const ended = typed.type('continue', /^Program terminated with signal SIGKILL, Killed\.$/);
    process.kill(Number(pid), 'SIGKILL');
    await ended;
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 137 });
    typed.closeInput();
  });

  test('a detach with a watchpoint set, right before the end', async () => {
    const program = await buildFixture(FIXTURE);
    await using server = await GdbServerProcess.start('--', program, 'counts');
    const said = await gdb(server, { program }, [
      'tbreak main',
      'continue',
      'watch ival1',
      'break _exit',
      'continue',
      'continue',
      'detach',
    ]);
    expect(said).toContain('detached]');
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 0, stdout: 'played 1\n' });
  });
});
