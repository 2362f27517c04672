// Promise 1: whatever happens to the tool at any moment, the target runs on as if it had never been there.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { HWBKPT } from '../helpers/paths.js';
import { randomNumbers } from '../helpers/random-numbers.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';

const SEED = 20070222;
const SECONDS = '1';
/** From the start of hwbkpt: node starts, names are resolved, threads are armed. */
const ARMING_MS = 350;
const RUNNING_MS = 600;
/** A target that is not done this long after its second is stuck. */
const PATIENCE_MS = 8_000;

/** Ten kills while arming, twenty later; every third of them a launched target. */
const random = randomNumbers(SEED);
const CASES = Array.from({ length: 30 }, (_, i) => ({
  phase: i < 10 ? 'while arming' : 'while watching',
  form: i % 3 === 2 ? ('launched' as const) : ('attached' as const),
  delay: Math.round(i < 10 ? random() * ARMING_MS : ARMING_MS + random() * RUNNING_MS),
}));

/** What the program says of its work; the same in every run. */
function work(output: string): string[] {
  return output.split('\n').filter((line) => /^(thread|total) /.test(line));
}

function killedAfter(child: ChildProcess, delay: number): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    setTimeout(() => child.kill('SIGKILL'), delay);
  });
}

/** Processes that run `program` now. */
function runningCopies(program: string): string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/exe`) === program;
    } catch {
      return false;
    }
  });
}

describeWith(['perf', 'gcc'], `kill -9 of hwbkpt at random moments (seed ${SEED})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwbkpt-kill-'));
  let program = '';
  let undisturbed: string[] = [];

  beforeAll(async () => {
    program = await buildFixture('steady-threads');
    await using target = await startTarget('steady-threads', { args: ['--seconds', SECONDS] });
    target.go();
    undisturbed = work((await target.finishedWithin(PATIENCE_MS)).stdout);
    expect(undisturbed).toHaveLength(5);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(CASES.filter(({ form }) => form === 'attached'))('attached, $phase, after $delay ms', async ({ delay }) => {
    await using target = await startTarget('steady-threads', { args: ['--seconds', SECONDS] });
    const hwbkpt = spawn(process.execPath, [HWBKPT, 'watch', 'shared', '--json', '--pid', String(target.pid)], { stdio: 'ignore' });
    const killed = killedAfter(hwbkpt, delay);
    target.go();
    await killed;
    const ended = await target.finishedWithin(PATIENCE_MS);
    expect({ status: ended.status, signal: ended.signal, work: work(ended.stdout) }).toEqual({
      status: 0,
      signal: null,
      work: undisturbed,
    });
  });

  test.each(CASES.filter(({ form }) => form === 'launched'))('launched, $phase, after $delay ms', async ({ delay }) => {
    const path = join(folder, `output-${delay}`);
    const output = openSync(path, 'w');
    const command = [HWBKPT, 'watch', 'shared', '--json', '-o', '/dev/null', '--', program, '--seconds', SECONDS];
    const hwbkpt = spawn(process.execPath, command, { stdio: ['ignore', output, 'ignore'] });
    closeSync(output);
    await killedAfter(hwbkpt, delay);
    const deadline = performance.now() + PATIENCE_MS;
    while (runningCopies(program).length > 0 && performance.now() < deadline) await sleep(20);
    // A shell that waits for its gate is not yet the program; it becomes it at once when the gate breaks.
    await sleep(50);
    while (runningCopies(program).length > 0 && performance.now() < deadline) await sleep(20);
    expect(runningCopies(program)).toEqual([]);
    const done = work(readFileSync(path, 'utf8'));
    // Killed before it had launched anything, hwbkpt leaves nothing; else the program has done all of its work.
    expect([[], undisturbed]).toContainEqual(done);
    if (delay > ARMING_MS * 2) expect(done).toEqual(undisturbed);
  });
});
