// The designs' own interfaces, case by case, on the simulated machine and on real Linux threads: the same case for both columns.
import { beforeAll, describe, expect, test } from 'vitest';
import { StopEngine } from '../../src/engines/stop/engine.js';
import { INTERFACE_CASES } from './all-cases.js';
import { startLive } from './live-world.js';
import { startMachine } from './machine-world.js';
import { loadWrittenProgram, type WrittenProgram } from './written-program.js';

describe('machine', () => {
  test.each(INTERFACE_CASES.map((one) => ({ ...one, of: one })))('$title', async ({ of }) => {
    expect.hasAssertions();
    await of.check(startMachine);
  });
});

describe('live', () => {
  let program: WrittenProgram | null = null;
  const engine = new StopEngine();

  beforeAll(async () => {
    program = await loadWrittenProgram();
  });

  test.each(INTERFACE_CASES.map((one) => ({ ...one, of: one })))('$title', async ({ of }) => {
    expect.hasAssertions();
    if (program === null) throw new Error('the program is built before the first case');
    const parts = { program, open: (pid: number) => engine.open({ pid, tid: null, inherit: 'children' }) };
    await of.check((rules, code) => startLive(parts, rules, code));
  });
});
