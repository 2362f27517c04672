// Why the stop engine has the kernel send SIGURG and not, as perf events can, SIGTRAP: a thread that stands for a SIGTRAP when its tracer dies gets it.
// Where the program ignores that signal it does nothing; but a program may change its mind at any moment, and no tracer is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { signalMasks } from '../../src/linux/procfs/signals.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { REPOSITORY } from '../helpers/paths.js';
import { randomNumbers } from '../helpers/random-numbers.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget, type Target } from '../helpers/target.js';

const SEED = 20070222;
/** Targets that ignore it, and tracers of each that are killed. */
const TARGETS = 2;
const KILLS_EACH = 8;
/** ms after a tracer's first hit. */
const MOST_DELAY = 40;
/** ms that a thread stands at every tenth hit, so that at any moment one does: threads are late then, and hit without a break. */
const PAUSE = 3;
const SECONDS = 4;
/** Batches of writes. */
const NEVER = '1000000';
const SOON = '200';
const SIGTRAP = 5n;
const TIMEOUT_MS = 120_000;

const random = randomNumbers(SEED);

/** Arms all threads with events that send SIGTRAP, takes and swallows it, and lets the thread go on, every tenth time when it has stood `pause` ms. */
const TRACER = `
import { readdirSync } from 'node:fs';
const linux = ${JSON.stringify(pathToFileURL(`${REPOSITORY}/dist/linux/`).href)};
const { packBreakpoint, PerfEvent } = await import(linux + 'perf-event.js');
const { ptraceSeize } = await import(linux + 'ptrace.js');
const { ptraceContinue } = await import(linux + 'ptrace-control.js');
const { waitedStatus, waitForTracee } = await import(linux + 'tracees.js');
const [pid, address, pause] = process.argv.slice(-3).map(Number);
const spot = { type: 'write', address: BigInt(address), length: 8, period: 1, sampleType: 0, userRegisters: 0, interruptRegisters: 0, stackDepth: 0 };
const attributes = packBreakpoint({ ...spot, flags: ['exclude_kernel', 'remove_on_exec', 'sigtrap'] });
const tids = readdirSync('/proc/' + pid + '/task').map(Number);
for (const tid of tids) ptraceSeize(tid, 0);
const events = tids.map((tid) => PerfEvent.open(attributes, { tid, cpu: -1 }));
const sleeper = new Int32Array(new SharedArrayBuffer(4));
for (let hits = 0; ; ) {
  const tid = waitForTracee(false);
  const status = waitedStatus();
  if (tid <= 0) break;
  if ((status & 0xff) !== 0x7f) continue;
  const [signal, event] = [(status >> 8) & 0xff, status >> 16];
  if (event === 0 && signal === 5 && hits++ === 0) console.log('hit, ' + events.length + ' threads');
  if (hits % 10 === 0) Atomics.wait(sleeper, 0, 0, pause);
  ptraceContinue(tid, event === 0 && signal !== 5 ? signal : 0);
}
`;

function startTracer(target: Target, pause: number): ManagedProcess {
  const args = [`${target.pid}`, `${target.shown('shared').address}`, `${pause}`];
  return new ManagedProcess(process.execPath, ['--input-type=module', '-e', TRACER, '--', ...args]);
}

/** Waits until the target works under a tracer, `also`, and a random while; kills the tracer. */
async function killTracer(target: Target, pause: number, also: () => Promise<void> = async () => undefined): Promise<void> {
  await using tracer = startTracer(target, pause);
  await Promise.race([tracer.waitForLine(/^hit/), tracer.finished, target.finished]);
  await also();
  await sleep(random() * MOST_DELAY);
  tracer.signal('SIGKILL');
  await tracer.finished;
}

/** How a target ends: its status, or what killed it. */
async function ending(target: Target): Promise<string | number | null> {
  const { status, signal } = await target.finishedWithin(TIMEOUT_MS);
  return signal ?? status;
}

describeWith(['perf', 'ptrace', 'gcc'], `SIGTRAP of perf events, and a tracer that is killed (seed ${SEED})`, () => {
  async function start(...args: readonly string[]): Promise<Target> {
    const target = await startTarget('steady-threads', { args: ['--seconds', `${SECONDS}`, ...args] });
    target.go();
    return target;
  }

  test(
    'kills a program that does not ignore it',
    async () => {
      await using target = await start();
      await killTracer(target, PAUSE);
      expect(await ending(target)).toBe('SIGTRAP');
    },
    TIMEOUT_MS,
  );

  test(
    `does nothing to one that does, ${TARGETS} times ${KILLS_EACH}`,
    async () => {
      for (let round = 0; round < TARGETS; round++) {
        await using target = await start('--ignore-trap', NEVER);
        for (let kill = 0; kill < KILLS_EACH; kill++) await killTracer(target, kill % 2 === 0 ? 0 : PAUSE);
        expect(await ending(target)).toBe(0);
      }
    },
    TIMEOUT_MS,
  );

  test(
    'kills one that ignored it when it was armed, and later does not; nothing stops it for that, only /proc tells',
    async () => {
      await using target = await start('--ignore-trap', SOON);
      await killTracer(target, PAUSE, async () => {
        expect(ignores(target.pid)).toBe(true);
        while (ignores(target.pid)) await sleep(1);
      });
      expect(await ending(target)).toBe('SIGTRAP');
    },
    TIMEOUT_MS,
  );
});

function ignores(pid: number): boolean {
  return (((signalMasks(pid)?.ignored ?? 0n) >> (SIGTRAP - 1n)) & 1n) === 1n;
}
