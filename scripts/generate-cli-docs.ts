// Writes docs/cli from the command table. With --check it writes nothing, names the pages that differ and fails where there are any.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from '#hwbkpt/cli/command-table.js';
import { cliPages } from './cli-pages.js';

const FOLDER = fileURLToPath(new URL('../../docs/cli/', import.meta.url));

process.exitCode = process.argv.includes('--check') ? check(cliPages(COMMANDS)) : write(cliPages(COMMANDS));

function write(pages: ReadonlyMap<string, string>): number {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of strayFiles(pages)) rmSync(`${FOLDER}${name}`);
  for (const [name, text] of pages) writeFileSync(`${FOLDER}${name}`, text);
  console.log(`docs/cli: ${pages.size} pages`);
  return 0;
}

function check(pages: ReadonlyMap<string, string>): number {
  const changed = [...pages].filter(([name, text]) => currentText(name) !== text).map(([name]) => name);
  const wrong = [...changed, ...strayFiles(pages)];
  if (wrong.length === 0) return 0;
  console.error(`docs/cli does not match src/cli/command-table.ts (${wrong.join(', ')}): run \`npm run docs\``);
  return 1;
}

/** Pages of commands that are gone. */
function strayFiles(pages: ReadonlyMap<string, string>): string[] {
  return files().filter((name) => !pages.has(name));
}

function files(): string[] {
  try {
    return readdirSync(FOLDER);
  } catch {
    return [];
  }
}

function currentText(name: string): string | null {
  try {
    return readFileSync(`${FOLDER}${name}`, 'utf8');
  } catch {
    return null;
  }
}
