// docs/engines.md is what the engines' capabilities and the table of conformance cases say.
import { spawnSync } from 'node:child_process';
import { expect, inject, test } from 'vitest';
import { PROCESS_CAPABILITIES } from '../../src/engines/bpf/capabilities.js';
import { perfCapabilities } from '../../src/engines/perf/capabilities.js';
import { SimEngine } from '../../src/engines/sim/engine.js';
import { stopCapabilities } from '../../src/engines/stop/capabilities.js';
import { ownPrivileges } from '../../src/linux/procfs/privileges.js';
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

test('every case has a row that says what the suite does with it on each engine', () => {
  const stop = stopCapabilities(ownPrivileges(), false);
  const engines = [PROCESS_CAPABILITIES, perfCapabilities(ownPrivileges()), stop, new SimEngine().capabilities];
  for (const { cases } of TABLE.groups) {
    for (const one of cases) {
      const verdicts = engines
        .map((capabilities) => cannot(capabilities, one))
        .map((reason) => (reason === null ? 'passes' : `cannot: ${reason}`));
      expect(page).toContain(`| ${one.title} | ${verdicts.join(' | ')} |`);
    }
  }
});
