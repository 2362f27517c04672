// The version of this package.
import { readFileSync } from 'node:fs';

/** As in package.json. */
export function versionText(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
