// Once before the live tests: makes the folder for built fixtures, and finds out whether dist/ is what the sources say.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { BUILT_FIXTURES, REPOSITORY } from './paths.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why bin/hwbkpt.js would not run the sources as they are, or null. Only tests that run it care. */
    distProblem: string | null;
  }
}

/** Vitest calls this before the first live test file; what it returns, behind the last. */
export function setup(project: TestProject): () => void {
  mkdirSync(BUILT_FIXTURES, { recursive: true });
  project.provide('distProblem', findDistProblem());
  // What another version of the code has kept about files must not be what is tested.
  const cache = mkdtempSync(join(tmpdir(), 'hwbkpt-cache-'));
  process.env['XDG_CACHE_HOME'] = cache;
  return () => rmSync(cache, { recursive: true, force: true });
}

/** Asks the compiler itself what it would have to build, so that edits without effect do not count. */
function findDistProblem(): string | null {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', '--dry', 'src/cli'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  const stale = stdout.split('\n').filter((line) => /would build project/.test(line));
  if (status === 0 && stale.length === 0) return null;
  return `dist/ is not up to date: run "npm run build"\n${stale.join('\n')}${status === 0 ? '' : `${stdout}${stderr}`}`;
}
