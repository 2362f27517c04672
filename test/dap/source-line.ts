// Lines of fixtures by what is written in them, so that a fixture can grow.
import { readFileSync } from 'node:fs';
import { FIXTURES } from '../helpers/paths.js';

/** The number of the only line of fixture `file` that holds `text`. Throws where there are none or several. */
export function sourceLine(file: string, text: string): number {
  const lines = readFileSync(`${FIXTURES}/${file}`, 'utf8').split('\n');
  const found = lines.flatMap((line, i) => (line.includes(text) ? [i + 1] : []));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${text} is in ${found.length} lines of ${file}`);
  return only;
}
