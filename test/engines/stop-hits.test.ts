// Hits of the stop engine: where the thread stands, what is told of several at once, and that the program sees nothing of it.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Condition } from '../../src/conditions/index.js';
import { USER_REGISTER_WORDS } from '../../src/engines/control.js';
import { selfTest } from '../../src/engines/self-test.js';
import { StopEngine } from '../../src/engines/stop/engine.js';
import { threadState } from '../../src/linux/procfs/thread-state.js';
import { describeWith } from '../helpers/requirement.js';
import { StopRun } from './stop-run.js';

const SIGURG = 23;
const SIGWINCH = 28;
/** Words of struct user_regs_struct. */
const WORD = { rdi: 14, rip: 16 } as const;

function lines(text: string): string[] {
  return text.split('\n').filter((line) => /^(signals|left|right|written)/.test(line));
}

describeWith(['perf', 'gcc'], 'a hit that stops', () => {
  test('leaves its thread at the instruction after the write, with its registers and the value to be seen', async () => {
    await using run = await StopRun.start('hot', { args: ['--writes', '200'] });
    const { address, size } = run.target.shown('counter');
    run.arm({ name: 'counter' });
    run.target.go();
    const places = new Set<bigint>();
    for (let write = 0; write < 200; write++) {
      const { pid, tid, cause } = await run.stop();
      expect(cause).toEqual({ kind: 'hit', cookies: [1] });
      const registers = run.control.registers(tid);
      expect(registers).toHaveLength(USER_REGISTER_WORDS);
      expect(registers[WORD.rdi]).toBe(BigInt(write));
      const bytes = run.session.readMemory(pid, address, size) ?? new Uint8Array(8);
      expect(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true)).toBe(BigInt(write));
      expect(threadState(pid, tid)).toBe('t');
      const hit = run.recorder.hits.at(-1);
      expect(hit).toMatchObject({ pid, tid, ip: registers[WORD.rip], kernel: false });
      places.add(registers[WORD.rip] ?? 0n);
      run.control.resume([tid], 0);
    }
    expect(places.size).toBe(1);
    expect(run.recorder.hits).toHaveLength(200);
    expect(await run.target.finishedWithin(10_000)).toMatchObject({ status: 0 });
  });

  test('of two breakpoints on one variable is one stop with both', async () => {
    await using run = await StopRun.start('hot', { args: ['--writes', '20'] });
    run.arm({ name: 'counter', cookie: 1 });
    run.arm({ name: 'counter', cookie: 2, access: 'readwrite' });
    run.target.go();
    const stops = await run.toEnd();
    const both = stops.filter(({ cause }) => cause.kind === 'hit' && cause.cookies.length === 2);
    expect(both).toHaveLength(20);
    expect(run.recorder.count(({ cookie }) => cookie).get(1)).toBe(20);
  });
});

describeWith(['perf', 'gcc', 'root'], 'what the kernel writes', () => {
  test('into two watched variables by one readv is one stop with both, on the way back', async () => {
    await using run = await StopRun.start('signals-kept', { args: ['--writes', '0'] });
    run.arm({ name: 'left', cookie: 1 });
    run.arm({ name: 'right', cookie: 2 });
    run.target.go();
    const { pid, tid, cause } = await run.stop();
    expect(cause).toEqual({ kind: 'hit', cookies: [1, 2] });
    const hits = run.recorder.hits.slice();
    expect(new Set(hits.map(({ cookie }) => cookie))).toEqual(new Set([1, 2]));
    for (const hit of hits) expect(hit).toMatchObject({ pid, tid, kernel: true });
    run.control.resume([tid], 0);
    expect(await run.toEnd()).toEqual([]);
    expect(await run.target.finishedWithin(10_000)).toMatchObject({ status: 0, stdout: expect.stringContaining('left 43\nright 44\n') });
  });
});

describeWith(['perf', 'gcc'], 'log-and-go', () => {
  test.each([
    ['a program that catches all signals but SIGURG', SIGURG, SIGURG],
    ['a program that catches all signals but SIGWINCH', SIGWINCH, SIGWINCH],
  ])('%s sees none', async (_, leave, used) => {
    await using run = await StopRun.start('signals-kept', { args: ['--writes', '2000', '--leave', `${leave}`] });
    run.arm({ name: 'left', keep: 'each' });
    run.target.go();
    expect(await run.toEnd()).toEqual([]);
    const users = run.recorder.hits.filter(({ kernel }) => !kernel);
    expect(users).toHaveLength(2000);
    const { stdout, status } = await run.target.finishedWithin(10_000);
    expect({ status, lines: lines(stdout), used }).toEqual({ status: 0, lines: ['left 43', 'right 44', 'written 2000'], used: leave });
  });

  test('signals of the same number that the program sends itself are all delivered', async () => {
    // Not caught before it is armed: so that is the engine's signal, and then it is caught.
    const args = ['--late', '--writes', '500', '--own', '100', '--number', `${SIGURG}`];
    await using run = await StopRun.start('signals-kept', { args });
    run.arm({ name: 'left', keep: 'each' });
    run.target.go();
    await run.toEnd();
    expect(run.recorder.hits.filter(({ kernel }) => !kernel)).toHaveLength(500);
    const { stdout } = await run.target.finishedWithin(10_000);
    expect(lines(stdout)).toEqual([`signals ${SIGURG} 100`, 'left 43', 'right 44', 'written 500']);
  });
});

/** new % 1000 == 0 */
const EVERY_THOUSANDTH: Condition = {
  kind: 'integers',
  comparison: '==',
  left: {
    kind: 'arithmetic',
    operator: '%',
    left: { kind: 'value', which: 'new', unsigned: false, offset: 0, field: { kind: 'integer', shift: 0, bits: 64, signed: true } },
    right: { kind: 'number', value: 1000n, unsigned: false },
    unsigned: false,
  },
  right: { kind: 'number', value: 0n, unsigned: false },
};

/** How often the thread has given its CPU up by itself: each of its stops is one time. */
function pausesOf(pid: number): number {
  return Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

describeWith(['perf', 'bpf', 'gcc'], 'a condition', () => {
  test('that does not hold stops nobody where the kernel can test it, and is counted', async () => {
    await using run = await StopRun.start('hot', { args: ['--writes', '20000'] });
    run.arm({ name: 'counter', condition: EVERY_THOUSANDTH });
    run.target.go();
    const before = pausesOf(run.pid);
    for (let write = 1000; write < 20_000; write += 1000) {
      const { tid } = await run.stop();
      const hit = run.recorder.hits.at(-1);
      expect(hit?.after?.slice(0, 2)).toEqual(new Uint8Array(Uint16Array.of(write - 1000).buffer));
      if (write === 19_000) expect(pausesOf(run.pid) - before).toBeLessThan(200);
      run.control.resume([tid], 0);
    }
    await run.toEnd();
    expect(run.recorder.hits).toHaveLength(20);
    run.session.apply([{ type: 'disarm', effect: 2, cookie: 1 }]);
    expect(run.session.reconcile()).toEqual({ counted: 20_000, delivered: 20_000, duplicates: 0, missing: 0 });
  });
});

describeWith(['perf'], 'the self-test', () => {
  test('fires all slots of a program that it starts', async () => {
    const { slotsWorking, checks } = await selfTest(new StopEngine());
    expect({ slotsWorking, problems: checks.filter(({ works }) => !works) }).toEqual({ slotsWorking: 4, problems: [] });
  });
});
