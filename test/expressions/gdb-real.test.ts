// Expressions on the variables of real programs, python3.11-dbg and the C library, compared with gdb: address, size, type and value.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveModule } from '../../src/symbols/live/live-module.js';
import { ProcessImage } from '../../src/symbols/live/process-image.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { difference, meaning } from './gdb-compare.js';
import { KNOWN_OF_REAL_PROGRAMS, type KnownDifference } from './gdb-differences.js';
import { gdbAnswers } from './gdb-values.js';
import { type MadePath, makePaths } from './path-maker.js';

const PATHS = 1_000;
const PROGRAMS = [/^python3/, /^libc\.so/];
/** Differences that were found, and programs that were compared. */
const seen = new Set<KnownDifference>();
let runs = 0;

describeWith(['gdb', 'ptrace', 'command:python3.11-dbg', 'libc-debug'], 'python3.11-dbg', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwbkpt-real-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(PROGRAMS)('the variables of %s', async (name) => {
    await using target = new ManagedProcess('python3.11-dbg', ['-c', 'print("ready", flush=True); input()'], { stdin: 'pipe' });
    await target.waitForLine(/^ready$/);
    using image = new ProcessImage(target.pid);
    const module = image.modules.find((one) => name.test(one.name));
    const paths = makePaths(module === undefined ? [] : rootsOf(module), PATHS, (text) => meaning(image, text));
    const answers = gdbAnswers(
      target.pid,
      paths.map(({ gdb }) => gdb),
      { folder },
    );
    const compared = paths.map((path, i) => difference(image, path, answers[i] ?? { kind: 'error', error: 'no answer' }));
    const differences = compared.filter((one) => one !== null);
    for (const known of KNOWN_OF_REAL_PROGRAMS) if (differences.some((text) => known.matches.test(text))) seen.add(known);
    runs++;
    expect(paths.length).toBe(PATHS);
    expect(answers.filter(({ kind }) => kind === 'value').length).toBeGreaterThan(PATHS * 0.8);
    expect(differences.filter((text) => !KNOWN_OF_REAL_PROGRAMS.some(({ matches }) => matches.test(text)))).toEqual([]);
    expect(differences.length).toBeLessThanOrEqual(PATHS * 0.005);
  });
});

test('no difference is listed that is none any more', () => {
  // Where only one of them was compared, the other may show it.
  if (runs === PROGRAMS.length) expect(KNOWN_OF_REAL_PROGRAMS.filter((known) => !seen.has(known))).toEqual([]);
  expect(new Set(KNOWN_OF_REAL_PROGRAMS.map(({ matches }) => matches.source)).size).toBe(KNOWN_OF_REAL_PROGRAMS.length);
});

/** Its global variables. Of several units that declare one, gdb is told which defines it. */
function rootsOf(module: LiveModule): MadePath[] {
  const roots: MadePath[] = [];
  for (const name of module.variableNames()) {
    if (!/^\w+$/.test(name)) continue;
    const [variable, ...others] = module.variables(name).filter(({ address }) => address !== null);
    if (variable === undefined || others.length > 0 || variable.function !== null || !variable.external) continue;
    const { file } = variable;
    roots.push({ ours: `${module.name}!${name}`, gdb: `'${file.slice(file.lastIndexOf('/') + 1)}'::${name}` });
  }
  return roots;
}
