// docs/cli is what the command table says.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.js';
import { REPOSITORY } from '../helpers/paths.js';

test('docs/cli matches the command table', () => {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  const { status, stderr } = spawnSync(process.execPath, ['build/scripts/generate-cli-docs.js', '--check'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('every command has a page', () => {
  expect(readdirSync(`${REPOSITORY}/docs/cli`).sort()).toEqual(['index.md', ...COMMANDS.map(({ name }) => `${name}.md`)].sort());
});
