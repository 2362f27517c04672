// README.md beside this says which test of ours does what a test of gdb's or lldb's does: those tests are there.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = import.meta.dirname;

/** The last cell of every row, by the first. */
const ROWS = readFileSync(`${FOLDER}/README.md`, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, first]) => first !== 'its test')
  .map(([, first = '', , here = '']) => ({ first, here }));

const TESTS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(`${FOLDER}/${file}`, 'utf8'))
  .join('\n');

test('every row names tests or says why there is none', () => {
  const bad = ROWS.filter(({ here }) => !/^(`[^`]+` ?)+$/.test(here) && !/^none(:| here:)/.test(here));
  expect(bad).toEqual([]);
  expect(ROWS.length).toBeGreaterThan(80);
});

test('every test that is named is there', () => {
  const named = ROWS.filter(({ here }) => !here.startsWith('none'));
  const titles = named.flatMap(({ here }) => [...here.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title));
  expect(titles.length).toBeGreaterThanOrEqual(named.length);
  expect(titles.filter((title) => !TESTS.includes(`'${title}'`))).toEqual([]);
});
