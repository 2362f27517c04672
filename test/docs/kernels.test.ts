// docs/kernels.md is what the scenarios do under the rules of all kernels.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';
import { testGeneratedPage } from './generated-page.js';
import { pageText, sectionsOf } from './markdown.js';

const page = pageText('docs/kernels.md');

testGeneratedPage('docs/kernels.md', 'the scenarios and kernels', 'generate-kernels-page');

test('every scenario has a section, and no two sections the same name', () => {
  const files = readdirSync(`${REPOSITORY}/fixtures/scenarios`).filter((file) => file.endsWith('.scn'));
  for (const file of files) expect(page).toContain(`(../fixtures/scenarios/${file}), from`);
  const titles = sectionsOf(page).map(({ title }) => title.toLowerCase());
  expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
});

/** Cells of the first row below `heading` that is about `subject`, without its first. */
function row(heading: string, subject: string): string[] {
  const section = page.slice(page.indexOf(`\n### ${heading}\n`));
  const found = section.split('\n').find((line) => line.startsWith('| ') && line.includes(`\`${subject}\``));
  return (found ?? '').split(' | ').slice(1);
}

test('a reader finds what the mails say', () => {
  expect(row('fork, kernel by kernel', 'C dr0')).toEqual(['0', 'a (0x601000)', '0', '0 |']);
  expect(row('two watched places in one system call', 'T exception')).toEqual(['twice', 'once', 'twice |']);
  expect(row('Raw registers', 'raw.refusedFields')[0]).toBe('I/O, execute of 2, 4 or 8 bytes (0x5554)');
});
