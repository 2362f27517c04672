// `hwbkpt lab run` as a user runs it: what is printed, for people and for programs, and every status.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES } from '../helpers/paths.js';
import { type HwbkptRun, runHwbkpt } from '../helpers/run-hwbkpt.js';

const TWO = `${FIXTURES}/scenarios/two-watches-one-syscall.scn`;
const FORK = `${FIXTURES}/scenarios/fork-by-kernel.scn`;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-lab-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function made(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const HEAD = 'title a test\nmemory a 4\nprogram p\n  store a = 1\n  exit 0\nend\nthread T runs p\n';

async function lab(...args: string[]): Promise<HwbkptRun> {
  return await runHwbkpt(['lab', 'run', ...args]);
}

function objects({ stdout }: HwbkptRun): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('hwbkpt lab run', () => {
  test('prints a timeline and what is met, and ends with 0', async () => {
    const { status, stdout, stderr } = await lab(TWO, '--rules', 'hwbkpt');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^two watched places in one system call \(rules: hwbkpt\)\nfrom S0, /m);
    expect(stdout).toMatch(/#DB B3 in kernel mode/);
    expect(stdout).toMatch(/^all 4 expectations met$/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
  });

  test('runs under every kernel that the scenario speaks of', async () => {
    const { stdout } = await lab(TWO);
    expect([...stdout.matchAll(/rules: ([\w.-]+)\)/g)].map(([, kernel]) => kernel)).toEqual(['hwbkpt', 'linux-2.6.20', 'linux']);
  });

  test('--rules all prints how the kernels differ', async () => {
    const { status, stdout } = await lab(FORK, '--rules', 'all');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^line +\| hwbkpt +\| linux-2\.6\.20 +\| linux +\| netbsd-2016 +\| netbsd +\| freebsd/m);
    expect(stdout).toMatch(/C dr0 +\| 0 +\| a \(0x601000\)/);
    expect(stdout).toMatch(/C is +\| exited with 0 +\| killed by SIGTRAP/);
  });

  test('--json prints one object a line, the summary last', async () => {
    const run = await lab(TWO, '--rules', 'hwbkpt', '--json');
    const all = objects(run);
    expect(new Set(all.map(({ type }) => type))).toEqual(new Set(['step', 'expect', 'summary']));
    expect(all.at(-1)).toMatchObject({ type: 'summary', kernel: 'hwbkpt', expects: 4, not_met: 0, met: true });
    expect(all.find(({ type }) => type === 'expect')).toMatchObject({ line: 27, met: true, found: 'stopped by SIGTRAP TRAP_BRKPT' });
  });

  test('--mutants says which expect notices each', async () => {
    const { status, stdout } = await lab(TWO, '--mutants');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ok +mutant trap\.dr6 = last on hwbkpt: line 30: expect T dr6 shows 0, 1; found: 1$/m);
    const objectsOfMutants = objects(await lab(TWO, '--mutants', '--json'));
    expect(objectsOfMutants).toMatchObject([
      { type: 'mutant', noticed: true },
      { type: 'mutant', noticed: true },
    ]);
  });

  test('a mutant that nothing notices ends with 1', async () => {
    const file = made('unnoticed.scn', `${HEAD.replace('memory', 'mutant trap.dr6 = last\nmemory')}run T\nexpect T has exited\n`);
    const { status, stdout } = await lab(file, '--mutants');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^NOT NOTICED mutant trap\.dr6 = last on hwbkpt$/m);
  });

  test('an expect that is not met ends with 1', async () => {
    const { status, stdout } = await lab(made('unmet.scn', `${HEAD}run T\nexpect T memory a = 2\n`));
    expect(status).toBe(1);
    expect(stdout).toMatch(/^NOT MET line 9: expect T memory a = 2; found: 1$/m);
    expect(stdout).toMatch(/^1 of 1 expectations not met$/m);
  });

  test('a scenario that cannot be read ends with 2, every mistake with its line and a caret', async () => {
    const file = made('bad.scn', `${HEAD}run U\nexpekt T is running\n`);
    const { status, stdout, stderr } = await lab(TWO, file);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      `hwbkpt: ${file}:8:5: there is no thread "U"\n  run U\n      ^\n  Near: T.\nhwbkpt: ${file}:9:1: no line begins with "expekt"\n  expekt T is running\n  ^\n  A line begins with a word of the language, or with the name of a tracer or user that is declared above. Near: expect.\n`,
    );
  });

  test.each([
    [['lab', 'jump', TWO], /nothing called "jump" to do in the lab/],
    [['lab', 'run'], /no scenario to run/],
    [['lab', 'run', '/nowhere/x.scn'], /cannot read \/nowhere\/x\.scn/],
    [['lab', 'run', TWO, '--rules', 'minix'], /--rules takes hwbkpt, .* or all, not "minix"/],
    [['lab', 'run', TWO, '--rules', 'all', '--mutants'], /--mutants says itself/],
  ])('%j is wrong usage', async (args, message) => {
    const { status, stderr } = await runHwbkpt(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
