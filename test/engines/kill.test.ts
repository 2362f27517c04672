// kill -9 of hwbkpt at any moment leaves the target running to its end, as if nobody had watched it.
import { readdirSync, readlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { processStatus } from '../../src/linux/procfs/process.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { REPOSITORY } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { RunningHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';

const SEED = 20070222;
const SECONDS = 2;
/** Targets at a time. */
const LANES = 3;
/** Each of the five kills six times; all but `running` are before or while it is armed. */
const KILLS = 30;

type Form = 'attached' | 'launched';
type Moment = 'starting' | 'arming' | 'advancing' | 'running';

interface Kill {
  readonly form: Form;
  readonly moment: Moment;
  /** 0 to 1: how late within the moment. */
  readonly late: number;
}

/** Mulberry32: the same sequence in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** A third while arming, the others anywhere. */
function plan(): Kill[] {
  const next = random(SEED);
  const kinds: readonly (readonly [Form, Moment])[] = [
    ['attached', 'arming'],
    ['launched', 'starting'],
    ['launched', 'arming'],
    ['launched', 'advancing'],
    ['attached', 'running'],
    ['launched', 'running'],
  ];
  return Array.from({ length: KILLS }, (_, i) => {
    const [form, moment] = kinds[i % kinds.length] ?? kinds[0] ?? ['attached', 'running'];
    return { form, moment, late: next() };
  });
}

/** What steady-threads prints, worked out independently of it. */
function expectedOutput(seconds: number): string {
  const count = seconds * 2500;
  const lines = [0, 1, 2, 3].map((thread) => {
    let checksum = 0xcbf29ce484222325n;
    for (let i = 1; i <= count; i++) checksum = BigInt.asUintN(64, (checksum ^ BigInt(i + thread)) * 0x100000001b3n);
    return `thread ${thread} count ${count} checksum ${checksum.toString(16).padStart(16, '0')}\n`;
  });
  return `${lines.join('')}total ${count * 4}\n`;
}

/** Breakpoints and other perf events that a process has open. */
function perfEvents(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).filter((fd) => linkTarget(`/proc/${pid}/fd/${fd}`) === 'anon_inode:[perf_event]').length;
  } catch {
    return 0;
  }
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Some process of the group is held by its tracer. */
function holdsSomebody(hwbkpt: ManagedProcess): boolean {
  return hwbkpt.members().some(({ pid }) => processStatus(pid)?.tracer === hwbkpt.pid);
}

async function until(condition: () => boolean, hwbkpt: ManagedProcess): Promise<void> {
  while (!condition()) {
    if (!hwbkpt.running) throw new Error(`hwbkpt ended before it could be killed: ${hwbkpt.stderr.text}`);
    await nextTurn();
  }
}

/** Waits for the moment. Milliseconds are about twice what the moment takes on a quiet machine. */
async function waitFor({ moment, late }: Kill, hwbkpt: RunningHwbkpt): Promise<void> {
  if (moment === 'running') await until(() => hwbkpt.stderr.text.includes('armed '), hwbkpt);
  if (moment === 'starting' || moment === 'advancing') await until(() => holdsSomebody(hwbkpt), hwbkpt);
  // Leaders of rings and the first trackers are there long before anything is armed.
  if (moment === 'arming') await until(() => perfEvents(hwbkpt.pid) > 2 * availableParallelism(), hwbkpt);
  if (moment !== 'arming') await sleep(late * { running: 700, starting: 100, advancing: 60 }[moment]);
  // Finer than timers are.
  else for (const end = performance.now() + 2 * late; performance.now() < end; );
}

/** Arms and disarms one variable of a process for ever: killed at any moment, it is mostly killed while arming. */
const ARMS_FOR_EVER = `
  import { PerfEngine } from '${REPOSITORY}/dist/engines/perf/engine.js';
  const [pid, address] = process.argv.slice(1);
  const session = new PerfEngine().open({ pid: Number(pid), tid: null, inherit: 'threads' });
  for (let cookie = 1; ; cookie++) {
    session.arm([{ cookie, address: BigInt(address), length: 8, access: 'write' }], { stackDepth: 0 });
    if (cookie === 1) process.stdout.write('armed once\\n');
    session.disarm([cookie]);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }`;

/** What the target printed, after its watcher was killed. */
function outputAfter(kill: Kill, program: string): Promise<string> {
  const seconds = ['--seconds', String(SECONDS)];
  if (kill.form === 'launched') return launchedOutput(kill, [program, ...seconds]);
  return kill.moment === 'arming' ? outputWhileArming(kill, seconds) : attachedOutput(kill, [program, ...seconds]);
}

async function launchedOutput(kill: Kill, command: readonly string[]): Promise<string> {
  // A variable of a library: the loader is run from system call to system call until it is there.
  const name = kill.moment === 'advancing' ? 'libc.so.6!environ' : 'shared';
  await using hwbkpt = new RunningHwbkpt(['watch', name, '-o', '/dev/null', '--', ...command]);
  await waitFor(kill, hwbkpt);
  hwbkpt.signal('SIGKILL');
  return (await hwbkpt.finishedWithin(20_000)).stdout;
}

async function attachedOutput(kill: Kill, [program = '', ...args]: readonly string[]): Promise<string> {
  await using target = new ManagedProcess(program, args);
  await using hwbkpt = new RunningHwbkpt(['watch', 'shared', '-o', '/dev/null', '--pid', String(target.pid)]);
  await waitFor(kill, hwbkpt);
  return await outputOf(target, hwbkpt);
}

async function outputWhileArming(kill: Kill, args: readonly string[]): Promise<string> {
  await using target = await startTarget('steady-threads', { args });
  const address = String(target.shown('shared').address);
  const options = ['--input-type=module', '-e', ARMS_FOR_EVER, String(target.pid), address];
  await using watcher = new ManagedProcess(process.execPath, options);
  await watcher.waitForLine(/armed once/);
  target.go();
  await sleep(kill.late * 1000);
  const output = await outputOf(target, watcher);
  return output.slice(output.indexOf('thread 0'));
}

async function outputOf(target: ManagedProcess, watcher: ManagedProcess): Promise<string> {
  expect({ target: target.running, watcher: watcher.running }).toEqual({ target: true, watcher: true });
  watcher.signal('SIGKILL');
  const { stdout, status, signal } = await target.finishedWithin(20_000);
  expect({ status, signal }).toEqual({ status: 0, signal: null });
  return stdout;
}

describeWith(['perf', 'ptrace', 'gcc'], 'kill -9', () => {
  test(`${KILLS} times, a third of them while arming: the target runs on to its end, unharmed`, async () => {
    const program = await buildFixture('steady-threads');
    const kills = plan();
    const wrong: unknown[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let at = next++; at < kills.length; at = next++) {
        const kill = kills[at];
        if (kill === undefined) return;
        const output = await outputAfter(kill, program);
        if (output !== expectedOutput(SECONDS)) wrong.push({ at, ...kill, output });
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(wrong).toEqual([]);
  }, 120_000);
});
