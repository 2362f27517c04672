// Thread-local variables of a running program by name: where each thread says that its own are, and where gdb finds them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { resolve, scopeOfThread } from '../../src/expressions/index.js';
import { attach } from '../../src/session/index.js';
import { ProcessImage } from '../../src/symbols/live/process-image.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { buildThreadLocal, type Linking, nameOf, shownBy, startThreadLocal, threadsOf } from './thread-local-program.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-thread-local-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function failure(text: string, image: ProcessImage): unknown {
  try {
    return resolve(text, image);
  } catch (error) {
    return error;
  }
}

describeWith(['gcc', 'ptrace'], 'thread-local variables', () => {
  beforeAll(() => buildThreadLocal(folder));

  test.each<Linking>(['pie', 'no-pie', 'static'])('%s: are where each thread says', async (linking) => {
    await using target = await startThreadLocal(folder, linking);
    using image = new ProcessImage(target.pid);
    const shown = shownBy(target);
    expect(shown.length).toBe(linking === 'static' ? 15 : 20);
    expect(shown.map(([name]) => [name, resolve(name, image).address])).toEqual(shown);
    const [first, second] = threadsOf(target);
    expect(resolve('mine', scopeOfThread(image, { kind: 'thread', tid: second }))).toMatchObject({ display: `mine@${second}`, size: 16 });
    expect(failure('mine', image)).toMatchObject({
      code: 'thread-local',
      reason: 'which-thread',
      threads: expect.arrayContaining([first]),
    });
    expect(failure('mine@1', image)).toMatchObject({ code: 'thread-local', reason: 'no-such-thread' });
  });

  test('of a library that dlopen has brought, a thread that has not used it has none', async () => {
    await using target = await startThreadLocal(folder, 'pie');
    using image = new ProcessImage(target.pid);
    const [, , third] = threadsOf(target);
    expect(failure(`plugin_own@${third}`, image)).toMatchObject({ code: 'thread-local-not-yet', reason: 'not-allocated' });
  });
});

describeWith(['gcc', 'gdb', 'ptrace'], 'and gdb by itself', () => {
  beforeAll(() => buildThreadLocal(folder));

  test('finds the same addresses', async () => {
    await using target = await startThreadLocal(folder, 'pie');
    using image = new ProcessImage(target.pid);
    const names = ['mine', 'mine.sum', 'hidden', 'aligned', 'shared_own', 'plugin_own'];
    const shows = names.map((name) => `printf "${name}@%d %p\\n", $_gthread, &${name}`);
    const commands = [
      'set pagination off',
      'set debuginfod enabled off',
      'info threads',
      ...shows.map((show) => `thread apply all -s -q ${show}`),
    ];
    const output = execFileSync('gdb', ['-nx', '-batch', '-p', `${target.pid}`, ...commands.flatMap((command) => ['-ex', command])], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const tids = new Map([...output.matchAll(/^\*? +(\d+) +Thread 0x\w+ \(LWP (\d+)\)/gm)].map(([, number, tid]) => [number, tid]));
    const found = [...output.matchAll(/^(\S+)@(\d+) (0x[0-9a-f]+)$/gm)].map(([, name = '', thread, at = '0']) => [
      nameOf(name, tids.get(thread) ?? ''),
      BigInt(at),
    ]);
    // The third thread has no copy of plugin_own.
    expect(found.length).toBe(3 * names.length - 1);
    expect(found.map(([name]) => [name, resolve(String(name), image).address])).toEqual(found);
  });
});

describeWith(['gcc', 'perf'], 'a watch', () => {
  beforeAll(() => buildThreadLocal(folder));

  test("on one thread's copy is told of that thread only", async () => {
    await using target = await startThreadLocal(folder, 'pie');
    const [first, second, third] = threadsOf(target);
    await using watched = await attach(target.pid);
    await expect(watched.watch('mine.hits')).rejects.toMatchObject({ code: 'thread-local', threads: expect.arrayContaining([second]) });
    const watches = await Promise.all([second, third].map((tid) => watched.watch(`mine@${tid}.hits`)));
    target.go();
    const seen = await Promise.all(
      watches.map(async (watch) => {
        const hits = [];
        for await (const hit of watch) hits.push([hit.tid, hit.place.function]);
        return hits;
      }),
    );
    expect(seen).toEqual([second, third].map((tid) => Array.from({ length: 5 }, () => [tid, 'add'])));
    expect(first).not.toBe(second);
  });

  test('has the values, whose stores are relative to FS', async () => {
    await using target = await startThreadLocal(folder, 'pie');
    const [, second] = threadsOf(target);
    await using watched = await attach(target.pid, { engine: 'perf' });
    const watch = await watched.watch(`mine@${second}.hits`);
    target.go();
    const values = [];
    for await (const hit of watch) values.push([hit.oldValue, hit.newValue]);
    expect(values).toEqual([1, 12, 23, 34, 45].map((value) => [value, value + 11]));
  });

  test('waits with --follow for the copy that a thread does not have yet', async () => {
    await using target = await startThreadLocal(folder, 'pie', 'late');
    const [, , third] = threadsOf(target);
    await using watched = await attach(target.pid);
    await expect(watched.watch(`plugin_own@${third}`)).rejects.toMatchObject({ code: 'thread-local-not-yet' });
    const watch = await watched.watch(`plugin_own@${third}`, { follow: true });
    expect(watch.arming.isArmed).toBe(false);
    target.go();
    await target.waitForLine(/^late@/);
    await vi.waitUntil(() => watch.arming.isArmed, { timeout: 20_000 });
    target.go();
    const functions = [];
    for await (const hit of watch) functions.push(hit.place.function);
    expect(functions).toEqual(['count_late', 'count_late', 'count_late']);
  });

  test('with --tid needs no thread in the name', async () => {
    await using target = await startThreadLocal(folder, 'pie');
    const [, second] = threadsOf(target);
    await using watched = await attach(target.pid, { tid: second });
    const watch = await watched.watch('mine.hits');
    target.go();
    const tids = [];
    for await (const hit of watch) tids.push(hit.tid);
    expect(tids).toEqual(Array.from({ length: 5 }, () => second));
  });

  test('in a launched program is on the copy of its first thread, from its first write', async () => {
    const run = await runHwbkpt(['watch', 'mine.hits', '--json', '--', join(folder, 'pie'), join(folder, 'libplugin.so')]);
    const hits = messagesOf(run, 'hit');
    // The first write is the dynamic linker's: it puts there what the variable begins with.
    expect(
      hits.slice(1).map((hit) => hit.function),
      run.stderr,
    ).toEqual(Array.from({ length: 6 }, () => 'add'));
    expect(hits[0]?.function).not.toBe('add');
    expect(new Set(hits.map(({ tid }) => tid)).size).toBe(1);
  });
});
