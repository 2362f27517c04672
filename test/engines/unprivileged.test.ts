// The perf engine as a user without any privilege, on a process of its own: smaller rings, no kernel writes, limits said in numbers.
import { expect, inject, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { type Ended, ManagedProcess } from '../helpers/managed-process.js';
import { REPOSITORY } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';

const NOBODY = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
const DIST = `${REPOSITORY}/dist`;

/**
 * Starts the program that its arguments name as its own child, and calls `run`, which the other part of the script defines.
 * Prints what that returns as JSON, or what it throws.
 */
const prelude = `
  import { spawn } from 'node:child_process';
  import { armDirectly, disarmDirectly } from '${DIST}/engines/direct.js';
  import { PerfEngine } from '${DIST}/engines/perf/engine.js';
  const [program, variable, ...args] = process.argv.slice(1);
  const child = spawn(program, ['--wait', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (data) => { printed += data; });
  const finished = new Promise((resolve) => child.on('close', resolve));
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  while (!printed.includes('ready')) await pause(1);
  const address = BigInt(new RegExp('address ' + variable + ' (\\\\S+)').exec(printed)[1]);
  const piece = { cookie: 1, address, length: 8, access: 'write' };
  const target = { pid: child.pid, tid: null, inherit: 'threads' };
  const report = { hits: 0, byKernel: 0, lost: 0 };
  const sink = {
    hit: ({ kernel }) => { report.hits++; if (kernel) report.byKernel++; },
    lost: ({ count }) => { report.lost += count; },
    threadStarted() {}, threadEnded() {}, renamed() {},
  };
  const engine = new PerfEngine();
  const go = () => child.stdin.write('\\n');
  try {
    console.log(JSON.stringify(await run()));
  } catch (error) {
    console.log(JSON.stringify({ failure: error.failure ?? error.name, message: error.message }));
  } finally {
    child.kill('SIGKILL');
    // Left to itself Node 20 waits for ever now and then for its own threads (NodePlatform::DrainTasks), one time in fifty.
    process.exit();
  }
`;

/** Watches to the end. */
const watch = `
  async function run() {
    const session = engine.open(target);
    const armed = armDirectly(session, [piece]);
    go();
    for (let over = false; !over; ) { session.collect(sink, false); over = await Promise.race([finished.then(() => true), pause(3)]) === true; }
    disarmDirectly(session, [1]);
    session.collect(sink, true);
    return { ...report, threads: armed.threads, books: session.reconcile(), kernelWrites: engine.capabilities.kernelWrites };
  }`;

/** Opens session after session; how many could be had, and why not more. */
const openMany = `
  async function run() {
    const sessions = [];
    try {
      while (sessions.length < 40) sessions.push(engine.open(target));
    } catch (error) {
      return { sessions: sessions.length, failure: error.failure, message: error.message };
    }
    return { sessions: sessions.length };
  }`;

interface Attempt {
  readonly script: string;
  readonly fixture: string;
  readonly variable: string;
  readonly args?: readonly string[];
  /** Options of prlimit(1). */
  readonly limits?: readonly string[];
}

async function asNobody({ script, fixture, variable, args = [], limits = [] }: Attempt): Promise<Record<string, unknown>> {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  const program = await buildFixture(fixture);
  const node = [process.execPath, '--input-type=module', '-e', `${script}\n${prelude}`, program, variable, ...args];
  await using process_ = new ManagedProcess('prlimit', [...limits, 'setpriv', ...NOBODY, ...node]);
  const ended: Ended = await process_.finishedWithin(30_000);
  if (ended.stdout === '') throw new Error(ended.stderr);
  return JSON.parse(ended.stdout) as Record<string, unknown>;
}

describeWith(['perf', 'gcc', 'root', 'command:setpriv', 'command:prlimit'], 'without privilege', () => {
  test('its own process is watched, exactly, without what the kernel writes (N-16)', async () => {
    const args = ['--count', '1000', '--reads', '10'];
    const result = await asNobody({ script: watch, fixture: 'threads-fork-read', variable: 'shared', args });
    expect(result).toMatchObject({
      hits: 3000,
      byKernel: 0,
      lost: 0,
      threads: 3,
      kernelWrites: false,
      books: { counted: 3000, missing: 0 },
    });
  });

  test.each([[8 * 1024 * 1024], [1024 * 1024], [0]])(
    '%i bytes of locked memory: rings get smaller, nothing is lost uncounted',
    async (bytes) => {
      const limits = [`--memlock=${bytes}:${bytes}`];
      const result = await asNobody({ script: watch, fixture: 'hot', variable: 'counter', args: ['--writes', '60000'], limits });
      const { hits, books } = result as { hits: number; books: { counted: number; missing: number } };
      expect(books.counted).toBe(60_000);
      expect(hits + books.missing).toBe(60_000);
    },
  );

  test('too little locked memory for one more session is said in numbers', async () => {
    const result = await asNobody({ script: openMany, fixture: 'hot', variable: 'counter', limits: ['--memlock=65536:65536'] });
    expect(result).toMatchObject({ failure: 'no-resources' });
    expect(result['sessions']).toBeGreaterThanOrEqual(1);
    expect(result['message']).toMatch(/rings for \d+ CPUs need at least \d+ KiB of locked memory; this user may have 64 KiB/);
  });

  test('more threads than descriptors are refused in numbers, before anything is armed', async () => {
    const args = ['--chains', '300', '--life', '60000000'];
    const limits = ['--nofile=400:400'];
    const result = await asNobody({ script: watch, fixture: 'thread-churn', variable: 'counter', args, limits });
    expect(result).toMatchObject({ failure: 'no-resources' });
    expect(result['message']).toMatch(/301 threads on \d+ CPUs with 1 register each take \d+ descriptors, \d+ are allowed/);
  });
});
