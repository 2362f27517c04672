// Thread-local variables in gdb and lldb, through `hwbkpt gdbserver`; and what a signal says, changed by gdb.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildThreadLocal, type Linking, nameOf, shownBy, startThreadLocal, threadsOf } from '../expressions/thread-local-program.js';
import { describeWith } from '../helpers/requirement.js';
import { GdbServerProcess, GO, gdb, lldb } from './server.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-gdb-thread-local-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb', () => {
  beforeAll(() => buildThreadLocal(folder));

  test.each<Linking>(['pie', 'no-pie', 'static'])("%s: shows each thread's own, of the program and of libraries", async (linking) => {
    await using target = await startThreadLocal(folder, linking);
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const names = ['mine', 'mine.sum', 'hidden', 'aligned', ...(linking === 'static' ? [] : ['shared_own'])];
    const shows = names.map((name) => `thread apply all -s -q printf "${name}@%d %p\\n", $_gthread, &${name}`);
    const output = await gdb(server, target, [
      'info threads',
      ...shows,
      'thread apply all -s -q print hidden',
      ...(linking === 'static' ? [] : ['thread apply all -s -q print (int)errno']),
      'detach',
    ]);
    const tids = new Map([...output.matchAll(/^\*? +(\d+) +Thread \d+\.(\d+)/gm)].map(([, number, tid]) => [number, tid]));
    const found = [...output.matchAll(/^(\S+)@(\d+) (0x[0-9a-f]+)$/gm)].map(
      ([, name = '', thread, at]) => `${nameOf(name, tids.get(thread) ?? '')} ${at}`,
    );
    const shown = shownBy(target).filter(([name]) => names.includes(name.replace(/@\d+/, '')));
    expect(found.sort(), output).toEqual(shown.map(([name, at]) => `${name} 0x${at.toString(16)}`).sort());
    const values = [...output.matchAll(/^\$\d+ = (\d+)$/gm)].map(([, value]) => Number(value));
    expect(values.slice(0, 3).sort()).toEqual([0, 1, 2]);
    if (linking !== 'static') expect(values.slice(3)).toEqual(expect.arrayContaining([71, 72]));
  });

  test('is told why there is none', async () => {
    await using target = await startThreadLocal(folder, 'pie');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const [, , third] = threadsOf(target);
    const output = await gdb(server, target, ['info threads', 'thread apply all -c -q print plugin_own', 'detach']);
    const tids = [...output.matchAll(/^\*? +(\d+) +Thread \d+\.(\d+)/gm)].map(([, , tid]) => Number(tid));
    expect(tids).toContain(third);
    expect(output.match(/^\$\d+ = 6$/gm), output).toHaveLength(2);
    expect(output).toMatch(/thread-local|TLS|not used/i);
  });

  test("watches one thread's copy", async () => {
    await using target = await startThreadLocal(folder, 'pie');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const [, second] = threadsOf(target);
    const find = `python [t.switch() for t in gdb.selected_inferior().threads() if t.ptid[1] == ${second}]`;
    const output = await gdb(server, target, [find, 'watch -l mine.hits', GO, 'continue', 'continue', 'delete', 'detach']);
    expect(
      [...output.matchAll(/^New value = (.*)$/gm)].map(([, value]) => value),
      output,
    ).toEqual(['12', '23']);
    expect((await target.finishedWithin(20_000)).stdout).toContain('sum 23');
  });
});

describeWith(['perf', 'ptrace', 'gcc', 'gdb', 'command:lldb-19'], 'lldb', () => {
  beforeAll(() => buildThreadLocal(folder));

  test("shows a thread's own", async () => {
    await using target = await startThreadLocal(folder, 'pie');
    await using server = await GdbServerProcess.start('--pid', `${target.pid}`);
    const looks = [1, 2, 3].flatMap((thread) => [`thread select ${thread}`, 'target variable hidden', 'target variable mine']);
    const output = await lldb(server, target, [...looks, 'detach']);
    const values = [...output.matchAll(/\(int\) (?:.*::)?hidden = (\d)/g)].map(([, value]) => Number(value));
    expect(values.sort(), output).toEqual([0, 1, 2]);
    expect(output.match(/hits = 1\b/g)).toHaveLength(3);
  });
});
