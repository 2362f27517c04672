// The outside programs and files that these tests compare with: found, or the reason why a test is skipped. HWBKPT_REQUIRE (a comma
// list of tools) turns a skip into a failure, so that a machine that must have them cannot pass by lacking them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const required = new Set((process.env['HWBKPT_REQUIRE'] ?? '').split(',').filter((name) => name !== ''));

/** '' when all tools are there, else the reason to skip, fit to end a test's title. Throws where HWBKPT_REQUIRE names a missing one. */
export function missingTools(...tools: readonly string[]): string {
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  const demanded = missing.filter((tool) => required.has(tool));
  if (demanded.length > 0) throw new Error(`HWBKPT_REQUIRE names ${demanded.join(', ')}, which is not installed`);
  return missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')})`;
}

/** What a program prints. */
export function output(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Those of `paths` that exist here. */
export function present(...paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(path));
}
