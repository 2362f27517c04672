// What docs/transcripts.md shows: globals of Debian's own Python and C library, watched by name in a live process, by way of their debug packages.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { HitMessage } from '../../src/model/messages.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';

const PYTHON = '/usr/bin/python3.11';
/** Makes lists and byte strings, some too big for Python's own allocator, and lets them go. The collector, which would reset the count, is off. */
const WORK = `
import gc, time
gc.disable()
print("ready", flush=True)
while True:
    rows = [[i, b"x" * (i * 40)] for i in range(100)]
    del rows
    time.sleep(0.02)
`;
/** Objects that the youngest generation has gained since the last collection. */
const COUNT = '_PyRuntime._main_interpreter.gc.generations[0].count';
const LIMIT = 300;

async function hitsOf(expression: string, pid: number): Promise<HitMessage[]> {
  const run = await runHwbkpt(['watch', expression, '--json', '--limit', String(LIMIT), '--pid', String(pid)]);
  expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
  expect(messagesOf(run, 'summary')).toMatchObject([{ lost: 0, unseen_changes: 0, threads: 1 }]);
  const hits = messagesOf(run, 'hit');
  expect(hits).toHaveLength(LIMIT);
  return hits;
}

async function startPython(): Promise<ManagedProcess> {
  const python = new ManagedProcess(PYTHON, ['-c', WORK]);
  await python.waitForLine(/^ready$/);
  return python;
}

/** What gdb has to say, without a process: the program is loaded where it was linked. */
function gdb(program: string, ...commands: readonly string[]): string {
  return spawnSync('gdb', ['-nx', '-batch', ...commands.flatMap((command) => ['-ex', command]), program], { encoding: 'utf8' }).stdout;
}

describeWith(['perf', 'gdb', 'python-debug'], 'a global of a running Python', () => {
  test('every write has its place, and the values count objects one by one', async () => {
    await using python = await startPython();
    const hits = await hitsOf(COUNT, python.pid);
    const [first, ...rest] = hits;
    let last = first?.new;
    for (const hit of rest) {
      expect(hit).toMatchObject({ old: last, size: 4, comm: 'python3.11', kernel: false });
      expect(hit.new).toBe(Number(last) + (hit.function === 'PyObject_GC_Del' ? -1 : 1));
      last = hit.new;
    }
    expect(new Set(hits.map(({ file }) => file?.split('/').at(-1)))).toEqual(new Set(['gcmodule.c']));
    expect([...new Set(hits.map((hit) => hit.function))]).toEqual(expect.arrayContaining(['PyObject_GC_Del', '_PyObject_GC_New']));
  });

  test('address, functions and lines are those that gdb knows', async () => {
    await using python = await startPython();
    const hits = await hitsOf(COUNT, python.pid);
    expect(gdb(PYTHON, `print/x &${COUNT}`)).toContain(`= ${hits[0]?.address}\n`);
    const places = new Map(hits.map((hit) => [hit.ip, hit]));
    for (const [ip, { line, file, function: name }] of places) {
      const base = file?.split('/').at(-1);
      const told = gdb(PYTHON, `info line *(${ip}-1)`);
      expect(told).toMatch(new RegExp(`^Line ${line} of ".*/${base}" starts at address 0x[0-9a-f]+ <${name}\\+`));
    }
  });
});

describeWith(['perf', 'python-debug', 'libc-debug'], 'a static variable of the C library in a running Python', () => {
  test('every write has its place in malloc.c', async () => {
    await using python = await startPython();
    const hits = await hitsOf('libc.so.6!main_arena.top', python.pid);
    expect(new Set(hits.map(({ file }) => file?.split('/').at(-1)))).toEqual(new Set(['malloc.c']));
    expect([...new Set(hits.map((hit) => hit.function))]).toEqual(expect.arrayContaining(['_int_malloc', '_int_free']));
    for (const { line, new: value } of hits) {
      expect(line).toBeGreaterThan(0);
      expect(value).toMatch(/^0x[0-9a-f]+$/);
    }
    const follows = hits.slice(1).every((hit, i) => hit.old === hits[i]?.new);
    expect(follows).toBe(true);
  });

  test('a launched program is armed when the zeroed pages of a library are there, not what lay in their place before', async () => {
    const run = await runHwbkpt(['watch', 'libc.so.6!initial.idx', '--json', '-o', 'fd:1', '--', '/bin/true']);
    expect(messagesOf(run, 'hit')[0]).toMatchObject({ old: '0', file: expect.stringContaining('cxa_atexit.c') });
  });
});
