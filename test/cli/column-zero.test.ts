// Hit lines start at column 0, although the target leaves its lines half written at just that moment.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { Screen } from './screen.js';
import { runShell, TerminalRun } from './shell.js';

const HIT = /^ +\d+\.\d{6} {2}partial-lines\[\d+\] {2}shared: \d+ -> \d+ {2}tick \(partial-lines\.c:\d+\)$/;
const STEPS = 12;

/** Splits what came into hit lines, notes, empty lines and the target's lines; no line may mix them. */
function sorted(lines: readonly string[]): { hits: string[]; notes: string[]; empty: number; target: string } {
  const hits = lines.filter((line) => line.includes('shared: '));
  const notes = lines.filter((line) => line.startsWith('hwbkpt: '));
  const rest = lines.filter((line) => !hits.includes(line) && !notes.includes(line));
  for (const line of hits) expect(line).toMatch(HIT);
  expect(rest.join('')).not.toContain('hwbkpt');
  return { hits, notes, empty: rest.filter((line) => line === '').length, target: rest.join('') };
}

/** What partial-lines prints, its newlines left out. */
const PRINTED = Array.from({ length: STEPS }, (_, i) => `step ${i + 1} ... done`).join('');

describeWith(['perf', 'ptrace'], 'hits and the target’s half lines', () => {
  test('in one pipe, notes too, in order, with few empty lines', async () => {
    const program = await buildFixture('partial-lines');
    const { status, stdout } = await runShell('hwbkpt watch shared -- "$1" --count "$2" 2>&1 | cat', [program, String(STEPS)]);
    expect(status).toBe(0);
    const lines = stdout.split('\n').slice(0, -1);
    const { hits, notes, empty, target } = sorted(lines);
    expect(hits).toHaveLength(STEPS);
    expect(target).toBe(PRINTED);
    expect(lines[0]).toMatch(/^hwbkpt: armed shared = 0x/);
    expect(lines.at(-1)).toMatch(/^hwbkpt: 12 hits, 0 lost/);
    expect(notes).toHaveLength(2);
    // At most one before each batch of hits, one batch in 100 ms: far fewer than hits.
    expect(empty).toBeLessThan(STEPS);
  });

  test('in one file, without any empty line', async () => {
    const program = await buildFixture('partial-lines');
    const folder = mkdtempSync(`${tmpdir()}/hwbkpt-column-`);
    try {
      await runShell('hwbkpt watch shared -- "$1" --count "$2" >"$3" 2>&1', [program, String(STEPS), `${folder}/log`]);
      const { hits, empty, target } = sorted(readFileSync(`${folder}/log`, 'utf8').split('\n').slice(0, -1));
      expect(hits).toHaveLength(STEPS);
      expect(target).toBe(PRINTED);
      expect(empty).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('JSON lines in one pipe can all be read', async () => {
    const program = await buildFixture('partial-lines');
    const { stdout } = await runShell('hwbkpt watch shared --json -- "$1" --count "$2" | cat', [program, String(STEPS)]);
    const messages = stdout.split('\n').filter((line) => line.includes('"type"'));
    expect(messages.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['armed', ...Array(STEPS).fill('hit'), 'summary']);
  });

  test('while the target prints nothing, there are no empty lines', async () => {
    const program = await buildFixture('signals-status');
    const { stdout } = await runShell('hwbkpt watch shared -- "$1" --writes 10 --interval 30 | cat', [program]);
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines.filter((line) => line.includes('shared: '))).toHaveLength(10);
    expect(lines.slice(0, lines.indexOf('tick 10'))).not.toContain('');
  });

  test('output that is not shared is left alone', async () => {
    const program = await buildFixture('partial-lines');
    const { stdout, stderr } = await runShell('hwbkpt watch shared -o fd:3 -- "$1" --count 3 3>&2 2>/dev/null', [program]);
    expect(stdout).toBe('step 1 ... done\nstep 2 ... done\nstep 3 ... done\n');
    expect(stderr.split('\n').slice(0, -1)).toEqual([expect.stringMatching(HIT), expect.stringMatching(HIT), expect.stringMatching(HIT)]);
  });
});

describeWith(['perf', 'ptrace', 'command:script', 'command:stty'], 'hits and the target’s half lines on a terminal', () => {
  test.each([40, 80, 200])('of %d columns', async (columns) => {
    const program = await buildFixture('partial-lines');
    await using terminal = new TerminalRun(['watch', 'shared', '--', program, '--count', String(STEPS)], { columns, rows: 24 });
    const { status, stdout } = await terminal.finishedWithin(30_000);
    expect(status).toBe(0);
    const text = new Screen(columns).write(stdout).lines;
    const starts = text.filter((line) => /^ +\d+\.\d{6} {2}partial/.test(line));
    expect(starts).toHaveLength(STEPS);
    expect(text.filter((line) => line.startsWith('hwbkpt: '))).toHaveLength(2);
    if (columns === 200) expect(sorted(text)).toMatchObject({ empty: 0, target: PRINTED });
  });
});

describe('a terminal that does not say how wide it is', () => {
  test('is treated like a pipe', async () => {
    const { LineStart } = await import('../../src/cli/output/line-start.js');
    const start = new LineStart('terminal', -1, { read: () => null });
    expect(start.needed()).toBe('\n');
  });
});
