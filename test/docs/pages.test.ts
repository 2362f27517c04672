// Every page names only files and headings that exist.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../helpers/paths.js';
import { pageText, sectionsOf } from './markdown.js';

const pages = ['.', 'docs', 'src', 'test', 'fixtures', 'examples', 'bench']
  .flatMap((folder) =>
    readdirSync(`${REPOSITORY}/${folder}`, { recursive: folder !== '.', encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((path) => path.endsWith('.md'))
  .sort();

/** The anchor that a heading gets on the web. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** Links of a page that lead nowhere. */
function deadLinks(path: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map((match) => match[1] ?? '');
  return links.filter((link) => {
    const [file = '', heading] = link.split('#');
    const target = file === '' ? path : join(dirname(path), file);
    if (!existsSync(`${REPOSITORY}/${target}`)) return true;
    return heading !== undefined && !sectionsOf(pageText(target)).some(({ title }) => anchor(title) === heading);
  });
}

/** Paths between backquotes: from the repository on, or, in a README, names of files somewhere below it. */
function deadPaths(path: string, text: string): string[] {
  const words = [...text.matchAll(/`([\w./-]+)`/g)].map((match) => match[1] ?? '');
  const fromRoot = words.filter((word) => /^(src|test|docs|fixtures|examples|bench|scripts|bin)\/./.test(word));
  const dead = fromRoot.filter((word) => !existsSync(`${REPOSITORY}/${word}`));
  if (!path.startsWith('src/')) return dead;
  const below = readdirSync(`${REPOSITORY}/${dirname(path)}`, { recursive: true, encoding: 'utf8' });
  const files = words.filter((word) => /\.ts$/.test(word) && !fromRoot.includes(word));
  return [...dead, ...files.filter((word) => !below.some((file) => file === word || file.endsWith(`/${word}`)))];
}

test('there are pages', () => {
  expect(pages).toContain('README.md');
  expect(pages).toContain('docs/cli/index.md');
});

describe.each(pages)('%s', (path) => {
  test('links lead somewhere', () => {
    expect(deadLinks(path, pageText(path))).toEqual([]);
  });

  test('files that are named exist', () => {
    expect(deadPaths(path, pageText(path))).toEqual([]);
  });
});
