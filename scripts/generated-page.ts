// A page of docs/ that is made by a program: written, or with --check compared with what would be written.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export interface GeneratedPage {
  /** Below the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Writes the page. */
export function writePage({ path, text }: GeneratedPage): void {
  writeFileSync(`${REPOSITORY}${path}`, text);
}

/** Exit status: 0 where the page is as it would be written, else 1, and a word about what it does not match: `source`. */
export function checkPage(page: GeneratedPage, source: string): number {
  if (currentText(page.path) === page.text) return 0;
  console.error(`${page.path} does not match ${source}: run \`npm run docs\``);
  return 1;
}

function currentText(path: string): string | null {
  try {
    return readFileSync(`${REPOSITORY}${path}`, 'utf8');
  } catch {
    return null;
  }
}
