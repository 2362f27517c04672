// Pages of docs/ that a script makes: what there is must be what it would write.
import { spawnSync } from 'node:child_process';
import { expect, inject, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';

function generate(script: string, option: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  const { status, stdout, stderr } = spawnSync(process.execPath, [`build/scripts/${script}.js`, option], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** Tests that `page` matches `source`, by the script that makes it, and that this says how it is used. */
export function testGeneratedPage(page: string, source: string, script: string): void {
  test(`${page} matches ${source}`, () => {
    expect(generate(script, '--check')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('the generator says how it is used', () => {
    const { status, stdout } = generate(script, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('npm run docs');
  });
}
