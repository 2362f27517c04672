// docs/engines.md is what the engines' capabilities and the table of conformance cases say.
import { spawnSync } from 'node:child_process';
import { expect, inject, test } from 'vitest';
import { SimEngine } from '../../src/engines/sim/engine.js';
import { cannot, TABLE } from '../conformance/table.js';
import { REPOSITORY } from '../helpers/paths.js';
import { pageText } from './markdown.js';

const page = pageText('docs/engines.md');

function generate(...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['build/scripts/generate-engines-page.js', ...args], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('docs/engines.md matches the engines and the cases', () => {
  expect(generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('the generator says how it is used', () => {
  const { status, stdout } = generate('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('npm run docs');
});

test('every case has a row that says what the suite does with it on the sim engine', () => {
  const { capabilities } = new SimEngine();
  for (const { cases } of TABLE.groups) {
    for (const one of cases) {
      const reason = cannot(capabilities, one);
      expect(page).toContain(`| ${one.title} | passes | passes | ${reason === null ? 'passes' : `cannot: ${reason}`} |`);
    }
  }
});

test('every need that is no capability is one that some engine lacks and some case has', () => {
  const needed = new Set(TABLE.groups.flatMap(({ cases }) => cases.flatMap(({ needs }) => needs)));
  for (const [need, { cannot: lacking }] of Object.entries(TABLE.needs)) {
    expect(needed).toContain(need);
    expect(Object.keys(lacking).length).toBeGreaterThan(0);
  }
});
