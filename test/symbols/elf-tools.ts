// The outside programs and files that these tests compare with.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What a program prints. */
export function output(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Those of `paths` that exist here. */
export function existing(...paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(path));
}
