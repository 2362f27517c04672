// Ways to connect, to leave and to interrupt, as gdb's own tests of its server have them: stock gdb with `hwbkpt gdbserver`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { changes } from './scenes.js';
import { GdbServerProcess, GO, gdb, runGdb, TypedGdb } from './server.js';

const LONG = ['--rounds', '100000', '--pause', '1000'];

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb: connections', () => {
  test('a watchpoint that is set before there is a process becomes one of hardware', async () => {
    await using target = await startTarget('debugged');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const said = await runGdb(target, [
      ...['watch counter', `target remote ${server.address}`, 'info watchpoints', GO, 'continue', 'continue', 'delete', 'detach'],
    ]);
    expect(said).toMatch(/1 +hw watchpoint +keep y +counter/);
    expect(changes(said)).toEqual(['counter: 0 > 1', 'counter: 1 > 3']);
    expect((await target.finishedWithin(20_000)).stdout).toContain('counter 55');
  });

  test.each([
    ['without multiprocess', ['set remote multiprocess-feature-packet off']],
    ['without a list of threads', ['set remote threads-packet off', 'set remote multiprocess-feature-packet off']],
    ['without an end to acknowledgements', ['set remote noack-packet off']],
    ['without X and binary downloads', ['set remote X-packet off', 'set remote binary-download-packet off']],
  ])('%s', async (_, settings) => {
    await using target = await startTarget('debugged', { args: ['--threads', '2'] });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const said = await runGdb(target, [
      ...[...settings, `target remote ${server.address}`, 'watch counter', GO, 'continue', 'backtrace 1', 'set var level = 4', 'stepi'],
      ...['print level', 'continue', 'info threads', 'delete', 'detach'],
    ]);
    expect(changes(said)).toEqual(['counter: 0 > 1', 'counter: 1 > 3']);
    expect(said).toMatch(/#0 .*tally \(value=/);
    expect(said).toMatch(/ = 4\n/);
    expect((await target.finishedWithin(20_000)).stdout).toContain('counter 55');
  });

  test('without the program’s file: the server says which it is, and sends it', async () => {
    const folder = mkdtempSync(`${tmpdir()}/hwbkpt-gdb-`);
    await using target = await startTarget('debugged');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const said = await runGdb({ ...target, program: '-nw', go: () => target.go() }, [
      ...['set sysroot target:', `target remote ${server.address}`, 'info sharedlibrary', 'watch counter', GO, 'continue'],
      ...[`remote get ${target.program} ${folder}/fetched`, `remote put ${folder}/fetched ${folder}/put`, 'delete', 'detach'],
    ]);
    expect(changes(said)).toEqual(['counter: 0 > 1']);
    expect(said).toMatch(/libc\.so\.6/);
    expect(readFileSync(`${folder}/fetched`).equals(readFileSync(target.program))).toBe(true);
    expect(said).toContain('Remote I/O error: Permission denied');
    rmSync(folder, { recursive: true });
  });

  test('Ctrl-C, left without detaching, connected again, Ctrl-C again', async () => {
    await using target = await startTarget('debugged', { args: LONG });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    await using typed = new TypedGdb(target.program);
    target.go();
    for (const last of ['disconnect', 'kill']) {
      await typed.order([`target remote ${server.address}`], /Remote debugging using/);
      await typed.interruptedContinue(target.pid);
      await typed.order(['watch counter', 'continue'], /^New value = /);
      await typed.order(['delete', last, 'print "over"'], /= "over"/);
    }
    expect((await target.finishedWithin(20_000)).signal).toBe('SIGKILL');
    typed.closeInput();
  });

  test('Ctrl-C while gdb steps through the program for a software watchpoint', async () => {
    await using target = await startTarget('debugged', { args: LONG });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    await using typed = new TypedGdb(target.program);
    target.go();
    await typed.order([`target remote ${server.address}`, 'set can-use-hw-watchpoints 0', 'watch level'], /Watchpoint 1: level$/);
    await typed.interruptedContinue(target.pid);
    await typed.type('delete\nkill', /killed\]/);
    typed.closeInput();
  });

  test('a watchpoint is taken away while the program runs, and set between two stops (non-stop)', async () => {
    await using target = await startTarget('debugged', { args: LONG });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    await using typed = new TypedGdb(target.program);
    target.go();
    await typed.order(['set non-stop on', `target remote ${server.address}`], /^Program stopped\.$/);
    await typed.order(['watch level', 'continue &'], /Continuing\.$/);
    await typed.order(['delete 1', 'info watchpoints'], /No watchpoints\.$/);
    await typed.order(['interrupt'], /^Program stopped\.$/);
    await typed.order(['watch counter', 'continue &'], /^New value = /);
    await typed.type('kill', /killed\]/);
    typed.closeInput();
  });

  test('over IPv6', async () => {
    await using target = await startTarget('debugged');
    await using server = await GdbServerProcess.startAt('[::1]:0', '--pid', `${target.pid}`);
    expect(server.address).toMatch(/^\[::1\]:\d+$/);
    const said = await gdb(server, target, ['watch counter', GO, 'continue', 'delete', 'detach']);
    expect(changes(said)).toEqual(['counter: 0 > 1']);
  });

  test('a variable of a library that is loaded late', async () => {
    const library = await buildFixture('dlopen-late-lib');
    await using target = await startTarget('dlopen-late', { args: [library] });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const said = await gdb(server, target, [
      ...['set breakpoint pending on', 'break library_write', GO, 'continue', 'delete', 'watch library_counter', 'continue', 'continue'],
      ...['delete', 'detach'],
    ]);
    expect(said).toMatch(/Breakpoint 1, .*library_write/);
    expect(changes(said)).toHaveLength(2);
  });

  test('monitor says what it can, and what it does not know', async () => {
    await using target = await startTarget('debugged');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const said = await gdb(server, target, ['monitor help', 'monitor nonsense', GO, 'detach']);
    expect(said).toMatch(/slots +who holds the debug registers/);
    expect(said).toContain('nonsense: no such command');
  });
});
