// Steering by the stop engine: what stops threads beside hits, all threads at once, and letting go.
import { readdirSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STOP_ONLY_AT_HITS, type StopPolicy, type ThreadStop } from '../../src/engines/control.js';
import { ControlError } from '../../src/engines/errors.js';
import { processStatus, threadIds } from '../../src/linux/procfs/process.js';
import { threadState } from '../../src/linux/procfs/thread-state.js';
import { describeWith } from '../helpers/requirement.js';
import { StopRun } from './stop-run.js';

const SIGUSR1 = 10;
const SIGSTOP = 19;

function policy(change: Partial<StopPolicy>): StopPolicy {
  return { ...STOP_ONLY_AT_HITS, ...change };
}

function kinds(stops: readonly ThreadStop[]): string[] {
  return stops.map(({ cause }) => cause.kind);
}

/** Breakpoint events and their rings that this process has open. */
function openEvents(): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => link.includes('perf_event')).length;
}

describeWith(['perf', 'gcc'], 'a running thread', () => {
  test('stops when it is asked to, can be changed, and goes on', async () => {
    await using run = await StopRun.start('hot', { args: ['--writes', '10'] });
    expect(() => run.control.registers(run.pid)).toThrow(ControlError);
    run.control.stop([run.pid]);
    const stop = await run.stop();
    expect(stop).toMatchObject({ pid: run.pid, tid: run.pid, cause: { kind: 'interrupted' } });
    expect(run.control.threads()).toEqual([{ pid: run.pid, tid: run.pid, stop }]);
    const registers = run.control.registers(run.pid);
    const changed = registers.slice();
    changed[0] = 0x1234n;
    run.control.setRegisters(run.pid, changed);
    expect(run.control.registers(run.pid)).toEqual(changed);
    run.control.setRegisters(run.pid, registers);
    const state = run.control.extendedState(run.pid);
    expect(state.length).toBeGreaterThan(512);
    run.control.setExtendedState(run.pid, state);
    const { address } = run.target.shown('counter');
    run.control.writeMemory(run.pid, address, Uint8Array.of(7));
    expect(run.session.readMemory(run.pid, address, 1)).toEqual(Uint8Array.of(7));
    expect(() => run.control.writeMemory(run.pid, 8n, Uint8Array.of(7))).toThrow(expect.objectContaining({ failure: 'not-mapped' }));
    run.control.resume([run.pid], 0);
    expect(run.control.threads()).toEqual([{ pid: run.pid, tid: run.pid, stop: null }]);
    run.target.go();
    expect(await run.toEnd()).toEqual([]);
    expect(run.recorder.ends).toEqual([{ pid: run.pid, end: { kind: 'exited', status: 0 } }]);
  });

  test('stops for a signal that the policy names, which is delivered only if it is said so', async () => {
    await using run = await StopRun.start('signals-kept', { args: ['--own', '4', '--number', `${SIGUSR1}`, '--writes', '10'] });
    run.control.setPolicy(policy({ signals: new Set([SIGUSR1]) }));
    run.target.go();
    for (let i = 0; i < 4; i++) {
      const { tid, cause } = await run.stop();
      expect(cause).toEqual({ kind: 'signal', signal: SIGUSR1 });
      expect(run.control.signalInfo(tid)?.slice(0, 4)).toEqual(Uint8Array.of(SIGUSR1, 0, 0, 0));
      run.control.resume([tid], i % 2 === 0 ? SIGUSR1 : 0);
    }
    await run.toEnd();
    expect((await run.target.finishedWithin(10_000)).stdout).toContain(`signals ${SIGUSR1} 2\n`);
  });

  test('what a signal says can be changed while a thread stands for it, and not else', async () => {
    await using run = await StopRun.start('signals-kept', { args: ['--own', '1', '--number', `${SIGUSR1}`, '--writes', '10'] });
    run.control.setPolicy(policy({ signals: new Set([SIGUSR1]) }));
    run.target.go();
    const { tid } = await run.stop();
    const info = run.control.signalInfo(tid) ?? new Uint8Array(0);
    const changed = info.map((byte, at) => (at >= 24 && at < 28 ? 0x5a : byte));
    run.control.setSignalInfo(tid, changed);
    expect(run.control.signalInfo(tid)).toEqual(changed);
    run.control.setPolicy(policy({}));
    run.control.resume([tid], SIGUSR1);
    expect(() => run.control.setSignalInfo(tid, changed)).toThrow(expect.objectContaining({ code: 'control-failed' }));
    await run.toEnd();
    expect((await run.target.finishedWithin(10_000)).stdout).toContain(`signals ${SIGUSR1} 1\n`);
  });

  test('that is stopped by SIGSTOP is left to that, and goes on with SIGCONT', async () => {
    await using run = await StopRun.start('hot', { args: ['--writes', '10'] });
    run.arm({ name: 'counter', keep: 'each' });
    process.kill(run.pid, 'SIGSTOP');
    // The state of a traced thread in a group-stop is that of one that stands for its tracer.
    // It stands a moment for the signal first, then with the process.
    let standing = 0;
    await run.until(() => {
      standing = threadState(run.pid, run.pid) === 't' ? standing + 1 : 0;
      return standing > 50;
    });
    run.target.go();
    run.control.stop([run.pid]);
    const { cause } = await run.stop();
    expect(cause).toEqual({ kind: 'group-stop', signal: SIGSTOP });
    run.control.resume([run.pid], 0);
    run.collect();
    expect(run.recorder.hits).toEqual([]);
    process.kill(run.pid, 'SIGCONT');
    expect(await run.toEnd()).toEqual([]);
    expect(run.recorder.hits).toHaveLength(10);
  });
});

describeWith(['perf', 'gcc'], 'the whole process', () => {
  test('stands at a hit of one thread, told after it, again and again', async () => {
    await using run = await StopRun.start('hot-threads', { args: ['--threads', '4', '--writes', '5', '--shared'] });
    run.control.setPolicy(policy({ wholeProcess: true }));
    run.arm({ name: 'shared' });
    const tids = threadIds(run.pid);
    run.target.go();
    let hits = 0;
    while (hits < 8) {
      const first = await run.stop();
      const all = [first, ...run.recorder.stops.splice(0)];
      hits += all.filter(({ cause }) => cause.kind === 'hit').length;
      expect(first.cause.kind).toBe('hit');
      expect(new Set(all.map(({ tid }) => tid))).toEqual(new Set(run.control.threads().map(({ tid }) => tid)));
      for (const { tid } of all) expect(threadState(run.pid, tid)).toBe('t');
      run.control.resume(
        all.map(({ tid }) => tid),
        0,
      );
    }
    expect(tids.length).toBeGreaterThan(1);
    run.control.setPolicy(STOP_ONLY_AT_HITS);
    await run.toEnd();
    expect(run.recorder.hits).toHaveLength(20);
  });

  test('stands also after its first thread has ended', async () => {
    await using run = await StopRun.start('first-thread-ends', { args: ['--writes', '20'] });
    run.control.setPolicy(policy({ wholeProcess: true }));
    run.target.go();
    await run.until(() => threadState(run.pid, run.pid) === 'Z');
    run.arm({ name: 'shared' });
    run.target.go();
    const { tid, cause } = await run.stop();
    expect(cause.kind).toBe('hit');
    await run.until(() => run.recorder.ended.length > 0);
    expect(run.recorder.ended.map((thread) => thread.tid)).toEqual([run.pid]);
    expect(run.control.threads().map((thread) => thread.tid)).toEqual([tid]);
    run.control.resume([tid], 0);
    const stops = await run.toEnd();
    expect(stops).toHaveLength(19);
    expect(run.recorder.ended.map((thread) => thread.tid).sort()).toEqual([run.pid, tid].sort());
  });

  test('is told of threads, children and execs where the policy says so', async () => {
    await using run = await StopRun.start('threads-fork-read', { args: ['--tids', '--count', '5', '--reads', '1'], inherit: 'children' });
    run.control.setPolicy(policy({ clones: true, forks: true }));
    run.arm({ name: 'shared', keep: 'each' });
    run.target.go();
    const stops = await run.toEnd();
    expect(kinds(stops).sort()).toEqual(['born', 'born', 'clone', 'fork']);
    const children = stops.flatMap(({ cause }) => (cause.kind === 'clone' || cause.kind === 'fork' ? [cause.child] : []));
    expect(stops.filter(({ cause }) => cause.kind === 'born').map(({ tid }) => tid)).toEqual(children);
    const byChild = run.recorder.count(({ pid }) => pid);
    expect(byChild.size).toBe(2);
    expect(run.recorder.ends).toHaveLength(2);
  });

  test('stands where it has become another program, with nothing armed', async () => {
    await using run = await StopRun.start('exec-other', { args: ['--count', '5', '--', '/bin/true'], build: { flags: ['-no-pie'] } });
    run.control.setPolicy(policy({ execs: true }));
    run.arm({ name: 'shared', keep: 'each' });
    run.target.go();
    const { cause, tid } = await run.stop();
    expect({ cause, tid }).toEqual({ cause: { kind: 'exec' }, tid: run.pid });
    expect(run.recorder.hits).toHaveLength(5);
    expect(run.recorder.renames.at(-1)).toMatchObject({ pid: run.pid, comm: 'true', exec: true });
    run.session.forget([1]);
    run.control.resume([tid], 0);
    expect(await run.toEnd()).toEqual([]);
  });
});

describeWith(['perf', 'gcc'], 'letting go', () => {
  test.each(['of the session', 'of the process'])('%s leaves nothing behind, whether its threads run or stand', async (what) => {
    await using run = await StopRun.start('steady-threads', { args: ['--seconds', '1'] });
    run.arm({ name: 'shared' });
    run.target.go();
    const { tid } = await run.stop();
    expect(threadState(run.pid, tid)).toBe('t');
    if (what === 'of the process') run.control.detach(run.pid, 0);
    else await run.session[Symbol.asyncDispose]();
    await expect.poll(() => threadIds(run.pid).every((id) => (processStatus(id)?.tracer ?? 0) === 0)).toBe(true);
    await expect.poll(openEvents).toBe(0);
    const { status, stdout } = await run.target.finishedWithin(20_000);
    expect({ status, total: /^total \d+$/m.exec(stdout)?.[0] }).toEqual({ status: 0, total: 'total 10000' });
  });

  test('of a thread that stands for a signal delivers that, unless it was told of', async () => {
    await using run = await StopRun.start('signals-kept', { args: ['--own', '1', '--number', `${SIGUSR1}`, '--writes', '3'] });
    run.control.setPolicy(policy({ signals: new Set([SIGUSR1]) }));
    run.target.go();
    await run.stop();
    run.control.detach(run.pid, SIGUSR1);
    expect(await run.target.finishedWithin(10_000)).toMatchObject({ stdout: expect.stringContaining(`signals ${SIGUSR1} 1\n`) });
  });

  test('a child of this very process is refused before anything is done', async () => {
    const { StopEngine } = await import('../../src/engines/stop/engine.js');
    const { startTarget } = await import('../helpers/target.js');
    await using target = await startTarget('hot', { args: ['--writes', '1'] });
    const open = (): unknown => new StopEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
    expect(open).toThrow(expect.objectContaining({ code: 'arm-failed', failure: 'unsupported' }));
    target.go();
    expect(await target.finished).toMatchObject({ status: 0 });
  });
});
