// docs/requirements-coverage.md is what the tests name and what test/requirements says.
import { spawnSync } from 'node:child_process';
import { expect, inject, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';

function generate(...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['build/scripts/generate-requirements-coverage.js', ...args], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('docs/requirements-coverage.md matches what the tests name', () => {
  expect(generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('the generator says how it is used', () => {
  const { status, stdout } = generate('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('npm run docs');
});
