// Two debuggers, and other hwbkpt commands, at one process.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { GdbServerProcess, GO, gdb, TypedGdb } from './server.js';

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'several at one process', () => {
  test('two gdbs, each with its own watchpoints', async () => {
    await using target = await startTarget('debugged', { args: ['--rounds', '400', '--pause', '10000'] });
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    target.go();
    const [first, second] = await Promise.all([
      gdb(server, target, ['watch counter', 'continue', 'continue', 'continue', 'continue', 'delete', 'detach']),
      gdb(server, target, ['watch box.b', 'continue', 'continue', 'continue', 'delete', 'detach']),
    ]);
    expect(first.match(/^New value = /gm)).toHaveLength(4);
    expect(first).not.toContain('box.b');
    expect(second.match(/^New value = /gm)).toHaveLength(3);
    expect(second).not.toContain('counter');
    expect((await target.finishedWithin(30_000)).stdout).toContain('rounds 400 counter 80200 signals 1');
    expect(server.stderr.text.match(/connected$/gm)).toHaveLength(2);
  });

  test('never more than --clients', async () => {
    await using target = await startTarget('debugged');
    await using server = await GdbServerProcess.start('--clients', '1', '--pid', `${target.pid}`);
    const first = gdb(server, target, [GO, 'python import time; time.sleep(3)', 'detach']);
    await server.stderr.waitForLine(/connected$/);
    expect(await gdb(server, target, ['info threads'])).toMatch(/Remote connection closed|Connection reset|disconnected/i);
    expect(await first).toContain('detached]');
    expect(server.stderr.text).toContain('turned away: 1 connected already (--clients)');
  });

  test('a debugger that is killed while a thread stands leaves a program that runs on', async () => {
    await using target = await startTarget('debugged');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    await using typed = new TypedGdb(target.program);
    await typed.type(`target remote ${server.address}\nwatch counter`, /Hardware watchpoint 1: counter/);
    target.go();
    await typed.type('continue', /^New value = 1$/);
    typed.signal('SIGKILL');
    await typed.finished;
    expect((await target.finishedWithin(20_000)).stdout).toContain('rounds 10 counter 55 signals 1');
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 0 });
    expect(server.stderr.text).toMatch(/ left$/m);
  });
});
