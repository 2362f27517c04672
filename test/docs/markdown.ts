// Reads what tests compare out of the pages in docs/: sections, their tables and their blocks of code.
import { readFileSync } from 'node:fs';
import { REPOSITORY } from '../helpers/paths.js';

/** What stands under one heading, up to the next heading of any level. */
export interface Section {
  /** The heading's words, without its number signs. */
  readonly title: string;
  /** Number signs of the heading. */
  readonly level: number;
  /** What stands between backquotes in the first column of the section's tables. */
  readonly keys: readonly string[];
  readonly blocks: readonly CodeBlock[];
}

/** Text between code fences. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

/** The text of a file of the repository. */
export function pageText(path: string): string {
  return readFileSync(`${REPOSITORY}/${path}`, 'utf8');
}

/** The sections of a page, in order. Number signs within code are no headings. */
export function sectionsOf(text: string): Section[] {
  const sections: { title: string; level: number; lines: string[] }[] = [];
  let fenced = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced;
    const heading = fenced ? null : /^(#+) (.*)$/.exec(line);
    if (heading === null) sections.at(-1)?.lines.push(line);
    else sections.push({ title: heading[2] ?? '', level: heading[1]?.length ?? 0, lines: [] });
  }
  return sections.map(({ title, level, lines }) => ({ title, level, keys: tableKeys(lines), blocks: codeBlocks(lines.join('\n')) }));
}

function tableKeys(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^\| `([^`]+)` \|/.exec(line)?.[1] ?? []);
}

/** All blocks of code in `text`. */
export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({ language, text: body }));
}
