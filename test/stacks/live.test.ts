// Stacks of running programs, by every engine that can: what a user sees with --stack.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { HitMessage } from '#hwbkpt/model/messages.js';
import { readProcessMemory } from '#hwbkpt/symbols/live/memory.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget, type TargetOptions } from '../helpers/target.js';
import { findText } from './find-text.js';

const ROUNDS = 20;
const ENGINES = [
  ['bpf', ['gcc', 'g++', 'bpf']],
  ['perf', ['gcc', 'g++', 'privileged']],
] as const;

/** Names of functions, innermost first. */
type Names = readonly string[];

interface Watched {
  readonly hits: readonly HitMessage[];
  readonly stacks: readonly Names[];
}

/** The hits of fixture `name`, watched from before its first write. */
async function watched(name: string, engine: string, options: TargetOptions, depth = 64): Promise<Watched> {
  await using target = await startTarget(name, { ...options, args: ['--rounds', String(ROUNDS)] });
  const args = ['watch', 'shared', '--stack', String(depth), '--json', '--engine', engine, '--pid', String(target.pid)];
  await using hwbkpt = new RunningHwbkpt(args);
  await hwbkpt.waitForMessage('armed');
  target.go();
  const { stdout } = await hwbkpt.finishedWithin(30_000);
  const hits = readPrinted(stdout).messages.filter((message): message is HitMessage => message.type === 'hit');
  return { hits, stacks: hits.map(({ stack }) => (stack ?? []).map(functionOf)) };
}

/** `leaf (stacks.c:16)` -> `leaf`; without what compilers add to the names of clones. */
function functionOf(frame: string): string {
  return frame.replace(/ \([^()]*\)$/, '').replace(/\.(isra|part|constprop)[.\d]*$/, '');
}

/** Frames of the program itself, down to main or a thread's start. */
function ofProgram(stack: Names): Names {
  const end = stack.findIndex((name) => name === 'main' || name === 'in_thread');
  return end < 0 ? stack : stack.slice(0, end + 1);
}

function isCounter(bytes: Uint8Array | null): boolean {
  return bytes?.length === 16 && bytes.every((byte, i) => i === 8 || byte === 0);
}

/** The buffer's counter: stale copies of all 32 bytes may be about, but only the buffer goes on changing. */
async function findCounter(pid: number): Promise<bigint> {
  const candidates = findText(pid, 'HWBKPT-MARK-0123').filter((at) => isCounter(readProcessMemory(pid, at - 16n, 16)));
  const countAt = (at: bigint) => readProcessMemory(pid, at - 8n, 1)?.[0];
  const before = candidates.map(countAt);
  return await vi.waitFor(
    () => {
      const written = candidates.filter((at, i) => countAt(at) !== before[i] && isCounter(readProcessMemory(pid, at - 16n, 16)));
      expect(written.length).toBe(1);
      return (written[0] ?? 0n) - 8n;
    },
    { timeout: 10_000, interval: 20 },
  );
}

function has(stacks: readonly Names[], ...wanted: Names): boolean {
  return stacks.some((stack) => stack.join().includes(wanted.join()));
}

for (const [engine, needs] of ENGINES) {
  describeWith([...needs], engine, () => {
    test.each([
      { flags: ['-O2', '-fomit-frame-pointer', '-fno-optimize-sibling-calls'] },
      { flags: ['-O0'] },
      { flags: ['-O2', '-fno-omit-frame-pointer', '-fno-optimize-sibling-calls'] },
    ])('whole ways, whatever the frame pointers: $flags', async ({ flags }) => {
      const { stacks, hits } = await watched('stacks', engine, { build: { flags } });
      expect(hits.length).toBeGreaterThan(20 * ROUNDS);
      const cut = stacks.filter((stack) => stack.at(-1) === '...');
      const deep = cut.filter((stack) => stack.join() === 'leaf,deep,...');
      expect(deep.length).toBe(ROUNDS);
      // A handler on a stack of its own: the other stack is not copied.
      const onOwn = cut.filter((stack) => !deep.includes(stack));
      expect(onOwn.length).toBe(2);
      for (const stack of onOwn) expect(stack.join()).toMatch(/,dynamic,realigned,handler,<signal handler called>,\w+,\.\.\.$/);
      const whole = stacks.filter((stack) => stack.at(-1) !== '...');
      expect([...new Set(whole.map((stack) => stack.at(-1)))].sort()).toEqual(['_start', 'clone3']);
      expect(has(whole, 'leaf', 'inner', 'middle', 'inlines', 'dynamic', 'realigned', 'recursive', 'recursive')).toBe(true);
      expect(has(whole, 'inner', 'middle', 'inlines', 'compare')).toBe(true);
      expect(has(whole, 'qsort_r', 'sorting', 'round_of_all', 'main')).toBe(true);
      expect(has(whole, 'leaf', 'tail_target', 'tail', 'round_of_all', 'main')).toBe(true);
      expect(has(whole, 'dynamic', 'realigned', 'handler', '<signal handler called>')).toBe(true);
      expect(whole.some((stack) => ofProgram(stack).at(-1) === 'in_thread')).toBe(true);
      // Each of them is the way that the source goes, without a caller left out.
      for (const stack of whole)
        if (stack.includes('signalled')) expect(ofProgram(stack).slice(-3)).toEqual(['signalled', 'round_of_all', 'main']);
    });

    test('the kernel first, then the way to the system call', async () => {
      const { hits, stacks } = await watched('stacks', engine, { build: { flags: ['-O2', '-fno-optimize-sibling-calls'] } });
      const ofKernel = stacks.filter((_, i) => hits[i]?.kernel === true);
      expect(ofKernel.length).toBe(ROUNDS);
      for (const stack of ofKernel) {
        const way = stack.slice(stack.indexOf('by_kernel'));
        expect(way.slice(0, 3)).toEqual(['by_kernel', 'round_of_all', 'main']);
        expect(stack.indexOf('by_kernel')).toBeGreaterThan(2);
        expect(hits[stacks.indexOf(stack)]?.stack?.[0]).toMatch(/\(kernel\)$/);
      }
    });

    test('no more frames than were asked for', async () => {
      const { stacks } = await watched('stacks', engine, { build: { flags: ['-O2'] } }, 3);
      const ofUser = stacks.filter((stack) => !stack.includes('by_kernel') && stack[0] !== '...' && stack.length <= 3);
      expect(ofUser.length).toBeGreaterThan(19 * ROUNDS);
      expect(has(stacks, 'inner', 'middle', 'inlines')).toBe(true);
    });

    test('reads of a stack are refused, where to copy it would be to read it', async () => {
      const program = await buildFixture('frame-locals');
      const args = ['sum_up::total', '--access', 'rw', '--engine', engine];
      const refused = await runHwbkpt(['watch', ...args, '--stack', '3', '--', program]);
      expect(refused).toMatchObject({ status: 125, stdout: '' });
      expect(refused.stderr).toContain('reads of a stack cannot be watched: to copy it is to read it');
      // Variables of the program are on no stack.
      await using target = await startTarget('stacks', { args: ['--rounds', '1'] });
      await using running = new RunningHwbkpt([
        'watch',
        'shared',
        '--access',
        'rw',
        '--stack',
        '3',
        '--engine',
        engine,
        '--json',
        '--pid',
        `${target.pid}`,
      ]);
      await running.waitForMessage('armed');
      target.go();
      const { stdout } = await running.finishedWithin(30_000);
      expect(messagesOf(readPrinted(stdout), 'summary')).toMatchObject([{ lost: 0 }]);
    });

    test('C++ by its own names', async () => {
      const { stacks } = await watched('stacks-cpp', engine, { build: { flags: ['-O2'] } });
      const names = new Set(stacks.flat());
      expect([...names].filter((name) => name.startsWith('_Z'))).toEqual([]);
      expect(names).toContain('game::(anonymous namespace)::hidden(long)');
      expect(names).toContain('game::operator_like(std::function<long (long)> const&, long)');
      expect(stacks.every((stack) => stack.at(-1) === '_start')).toBe(true);
    });

    test('JavaScript functions of Node, by its list for perf', async () => {
      const flags = ['--perf-basic-prof', '--interpreted-frames-native-stack', '--no-turbo-inlining'];
      // Node leaves an empty log where it is started with the second flag.
      const folder = mkdtempSync(join(tmpdir(), 'hwbkpt-node-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      await using node = new ManagedProcess(process.execPath, [...flags, `${FIXTURES}/buffer-writer.js`], { cwd: folder });
      await node.waitForLine(/^ready$/);
      const address = await findCounter(node.pid);
      const args = ['watch', `0x${address.toString(16)}:1`, '--stack', '12', '--json', '--limit', '40', '--duration', '10'];
      const { messages } = await runHwbkpt([...args, '--engine', engine, '--pid', String(node.pid)]);
      const wanted = messages.flatMap((message) => (message.type === 'hit' ? [(message.stack ?? []).join(' < ')] : []));
      expect(wanted.length).toBe(40);
      expect(wanted.every((stack) => /(^| < )scribble \(buffer-writer\.js:8\) < outerCaller \(buffer-writer\.js:13\) < /.test(stack))).toBe(
        true,
      );
      expect(wanted.every((stack) => stack.includes('listOnTimeout'))).toBe(true);
    });
  });
}
