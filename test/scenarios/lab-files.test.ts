// `hwbkpt lab run` with files that are no scenarios, with several files, and with a scenario that does not hold where only a table is printed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES } from '../helpers/paths.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';

const GOOD = `${FIXTURES}/scenarios/fork-x86.scn`;
const ENDLESS = 'title no end\nprogram p\nagain:\n  jump again\nend\nthread T runs p\nrun T\n';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-lab-files-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function made(name: string, contents: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, contents);
  return file;
}

describe('files that are no scenarios', () => {
  test.each([
    ['a file without an end', () => '/dev/zero', 'it is longer than 1 MiB'],
    ['a long text', () => made('long.scn', 'x\n'.repeat(600_000)), 'it is longer than 1 MiB'],
    ['a program', () => made('program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0])), 'it is not a text'],
  ])('%s is refused with one message', async (_, file, reason) => {
    const path = file();
    const { status, stdout, stderr } = await runHwbkpt(['lab', 'run', path]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^hwbkpt: .*\n {2}A scenario is a text of some dozen lines: docs\/scenarios\.md\n$/);
    expect(stderr).toContain(`${path} is no scenario: ${reason}`);
  });

  test('of a thousand mistakes twenty are shown', async () => {
    const { status, stderr } = await runHwbkpt(['lab', 'run', made('other.json', '{\n'.repeat(1000))]);
    expect(status).toBe(2);
    expect(stderr.match(/does not belong here/g)).toHaveLength(20);
    expect(stderr).toMatch(/other\.json: \d+ more like these\n$/);
  });
});

describe('several scenarios', () => {
  test('that hold end with one line for all', async () => {
    const { status, stdout } = await runHwbkpt(['lab', 'run', GOOD, GOOD]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\n2 scenarios, all as they should be\n$/);
  });

  test('end with the names of those that do not', async () => {
    const endless = made('endless.scn', ENDLESS);
    const { status, stdout } = await runHwbkpt(['lab', 'run', GOOD, endless, '--rules', 'all']);
    expect(status).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`1 of 2 scenarios are not as they should be: ${endless}`);
  });

  test('with --json have no such line', async () => {
    const { stdout } = await runHwbkpt(['lab', 'run', GOOD, GOOD, '--json']);
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('type');
  });
});

test('--rules all says why it ends with 1', async () => {
  const { status, stdout } = await runHwbkpt(['lab', 'run', made('endless.scn', ENDLESS), '--rules', 'all']);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^NOT MET on hwbkpt: line 7: run T; found: it does not come to rest in 10000 steps$/m);
});

test('--mutants says where there are none', async () => {
  const { status, stdout } = await runHwbkpt(['lab', 'run', made('endless.scn', ENDLESS), '--mutants']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'no end\nnames no mutant\n' });
});

test.each([
  [['lab', GOOD], /^hwbkpt: there is nothing called .*\n {2}hwbkpt lab run .*\.scn\n$/],
  [['lab', 'run'], /^hwbkpt: no scenario to run\n {2}\S/],
  [['lab', 'run', FIXTURES], /^hwbkpt: .* is a folder\n {2}Name its files: .*\/\*\.scn\n$/],
])('%j is told what to write instead', async (args, message) => {
  const { status, stderr } = await runHwbkpt(args);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});
