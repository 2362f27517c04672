// docs/library.md shows the programs in examples/ as they are, and explains every error code of the library.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';
import { codeBlocks, pageText, sectionsOf } from './markdown.js';

/** Folders whose errors no user of the library meets. */
const NO_PART_OF_IT = ['cli/', 'servers/', 'session/inspect/'];

const page = pageText('docs/library.md');

/** `<!-- examples/attach.ts -->` and the block after it. */
const shown = new Map(
  [...page.matchAll(/^<!-- (examples\/\S+) -->\n(```ts\n[\s\S]*?^```)$/gm)].map(([, path = '', block = '']) => [path, block]),
);

test('every example is shown', () => {
  const sources = readdirSync(`${REPOSITORY}/examples`).filter((name) => name.endsWith('.ts'));
  expect([...shown.keys()].sort()).toEqual(sources.map((name) => `examples/${name}`).sort());
});

test.each([...shown])('%s is shown as it is', (path, block) => {
  expect(codeBlocks(block)[0]?.text).toBe(pageText(path));
});

test('every error code is explained', () => {
  const codes = readdirSync(`${REPOSITORY}/src`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !NO_PART_OF_IT.some((folder) => path.startsWith(folder)))
    .flatMap((path) => [...pageText(`src/${path}`).matchAll(/readonly code = '([^']+)'/g)].map((match) => match[1] ?? ''));
  const explained = sectionsOf(page).find(({ title }) => title === 'Errors')?.keys ?? [];
  expect(codes.length).toBeGreaterThan(20);
  expect([...explained].sort()).toEqual(codes.sort());
});
