// Steps of live threads by instruction breakpoints, made of perf events and of the thread's own debug registers.
import { expect, test } from 'vitest';
import type { StepRequest } from '../../src/engines/control.js';
import { orderOf } from '../../src/engines/direct.js';
import { StopEngine } from '../../src/engines/stop/engine.js';
import { USER_WORD, type UserWord, userWord } from '../../src/instructions/index.js';
import { describeWith } from '../helpers/requirement.js';
import { StopRun } from './stop-run.js';

const SIGUSR1 = 10;
const STEP: StepRequest = { signal: 0, by: 'breakpoint' };
const TRAP_FLAG = 0x100n;
const STEPPED_OUTPUT = 'sorted 59 text 166 copied 9 jumps 5 signals 3';

function word(run: StopRun, name: UserWord): bigint {
  return userWord(run.control.registers(run.pid), name);
}

/** Registers as they are but for some. */
function change(run: StopRun, changes: Partial<Record<UserWord, bigint>>): void {
  const registers = run.control.registers(run.pid);
  for (const [name, value] of Object.entries(changes)) registers[USER_WORD[name as UserWord]] = value;
  run.control.setRegisters(run.pid, registers);
}

/** The cause of the stop that ends one step. */
async function step(run: StopRun, request: StepRequest = STEP): Promise<string> {
  run.control.step(run.pid, request);
  return (await run.stop()).cause.kind;
}

/** Stops the program where it waits for its byte. */
async function stopped(run: StopRun): Promise<void> {
  run.control.stop([run.pid]);
  expect((await run.stop()).cause.kind).toBe('interrupted');
}

async function outputOf(run: StopRun): Promise<string> {
  await run.toEnd();
  return (await run.target.finishedWithin(20_000)).stdout;
}

describeWith(['perf', 'ptrace', 'gcc'], 'steps', () => {
  const ways = [
    ['perf events', false],
    ['debug registers', true],
  ] as const;

  test.each(ways)('in a blocking system call: it can be interrupted, and is over when the call is (%s)', async (_, refused) => {
    await using run = await StopRun.start('stepped', { engine: new StopEngine(refused) });
    await stopped(run);
    const inCall = word(run, 'rip');
    run.control.step(run.pid, STEP);
    await stopped(run);
    run.control.step(run.pid, STEP);
    run.target.go();
    expect((await run.stop()).cause.kind).toBe('step');
    expect(word(run, 'rip')).toBe(inCall);
    run.control.resume([run.pid], 0);
    expect(await outputOf(run)).toContain(STEPPED_OUTPUT);
  });

  test.each(ways)('a thousand, and the program does what it always does (%s)', async (_, refused) => {
    await using run = await StopRun.start('stepped', { engine: new StopEngine(refused) });
    await stopped(run);
    run.target.go();
    const places = new Set<bigint>();
    for (let steps = 0; steps < 1000; steps++) {
      expect(await step(run)).toBe('step');
      places.add(word(run, 'rip'));
    }
    expect(places.size).toBeGreaterThan(100);
    run.control.resume([run.pid], 0);
    expect(await outputOf(run)).toContain(STEPPED_OUTPUT);
  });

  test.each(ways)('a jump to itself is a step each time (%s)', async (_, refused) => {
    await using run = await StopRun.start('stepped', { engine: new StopEngine(refused) });
    await stopped(run);
    run.target.go();
    expect(await step(run)).toBe('step');
    const before = run.control.registers(run.pid);
    const { address } = run.target.shown('jumps');
    const code = Buffer.from(run.session.readMemory(run.pid, address, 400) ?? []);
    // loop, to its own first byte
    const loop = address + BigInt(code.indexOf(Buffer.of(0xe2, 0xfe)));
    change(run, { rip: loop, rcx: 3n });
    const passed: [bigint, bigint][] = [];
    for (let steps = 0; steps < 3; steps++) {
      expect(await step(run)).toBe('step');
      passed.push([word(run, 'rip') - loop, word(run, 'rcx')]);
    }
    expect(passed).toEqual([
      [0n, 2n],
      [0n, 1n],
      [2n, 0n],
    ]);
    run.control.setRegisters(run.pid, before);
    run.control.resume([run.pid], 0);
    expect(await outputOf(run)).toContain(STEPPED_OUTPUT);
  });

  test.each(ways)('a hit on the way is told, and ends the step (%s)', async (_, refused) => {
    await using run = await StopRun.start('hot', { args: ['--writes', '10'], engine: new StopEngine(refused) });
    run.arm({ name: 'counter' });
    run.target.go();
    expect((await run.stop()).cause).toEqual({ kind: 'hit', cookies: [1] });
    const causes: string[] = [];
    for (let hits = 1; hits < 10; hits += causes.at(-1) === 'hit' ? 1 : 0) causes.push(await step(run));
    expect(causes.filter((cause) => cause === 'hit')).toHaveLength(9);
    expect(causes.filter((cause) => cause === 'step').length).toBeGreaterThan(9);
    run.control.resume([run.pid], 0);
    await outputOf(run);
    expect(run.recorder.hits).toHaveLength(10);
  });

  test.each(ways)('with a signal, to the first instruction of its handler, without the trap flag (%s)', async (_, refused) => {
    await using run = await StopRun.start('signals-kept', {
      args: ['--own', '4', '--number', `${SIGUSR1}`, '--writes', '10'],
      engine: new StopEngine(refused),
    });
    run.control.setPolicy({ signals: new Set([SIGUSR1]), clones: false, forks: false, execs: false, wholeProcess: false });
    run.target.go();
    for (let signals = 0; signals < 4; signals++) {
      expect((await run.stop()).cause).toEqual({ kind: 'signal', signal: SIGUSR1 });
      expect(await step(run, { signal: SIGUSR1, by: 'breakpoint' })).toBe('step');
      expect([word(run, 'rdi'), word(run, 'eflags') & TRAP_FLAG]).toEqual([BigInt(SIGUSR1), 0n]);
      const handler = word(run, 'rip');
      expect(await step(run)).toBe('step');
      expect(word(run, 'rip')).not.toBe(handler);
      run.control.resume([run.pid], 0);
    }
    expect(await outputOf(run)).toContain(`signals ${SIGUSR1} 4\n`);
  });

  test.each(ways)('without a slot it is refused, and nothing has changed (%s)', async (_, refused) => {
    await using run = await StopRun.start('stepped', { engine: new StopEngine(refused) });
    const { address } = run.target.shown('signals');
    await stopped(run);
    const pieces = [1, 2, 3, 4].map((cookie) => orderOf(run.session, { cookie, address, length: 4, access: 'write' }, 0));
    const events = run.session.apply(pieces.map((piece) => ({ type: 'arm', effect: piece.cookie, piece })));
    expect(events.map(({ type }) => type)).toEqual(['done', 'done', 'done', 'done']);
    const before = run.control.registers(run.pid);
    expect(() => run.control.step(run.pid, STEP)).toThrow(expect.objectContaining({ code: 'control-failed', failure: 'no-slot' }));
    expect(run.control.registers(run.pid)).toEqual(before);
    expect(run.control.threads().map(({ stop }) => stop?.cause.kind)).toEqual(['interrupted']);
    run.session.apply([{ type: 'disarm', effect: 5, cookie: 1 }]);
    run.target.go();
    expect(await step(run)).toBe('step');
    run.control.resume([run.pid], 0);
    expect(await outputOf(run)).toContain(STEPPED_OUTPUT);
  });

  test('by the trap flag where that is asked for', async () => {
    await using run = await StopRun.start('stepped');
    await stopped(run);
    run.target.go();
    for (let steps = 0; steps < 100; steps++) expect(await step(run, { signal: 0, by: 'trap-flag' })).toBe('step');
    run.control.resume([run.pid], 0);
    expect(await outputOf(run)).toContain(STEPPED_OUTPUT);
  });
});
