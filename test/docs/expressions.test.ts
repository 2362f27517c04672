// docs/expressions.md: the programs on the page are compiled, and its tables held against them while they run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { valueToText } from '../../src/model/format-value.js';
import { resolveInImage } from '../../src/session/resolve.js';
import { readProcessMemory } from '../../src/symbols/live/memory.js';
import { ProcessImage } from '../../src/symbols/live/process-image.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { pageText, sectionsOf } from './markdown.js';

const page = pageText('docs/expressions.md');
const sections = sectionsOf(page);

interface Row {
  readonly expression: string;
  readonly size: number;
  readonly value: string;
}

/** The rows of the table below a heading. */
function rowsOf(title: string): Row[] {
  const [, text = ''] = page.split(`\n## ${title}\n`);
  const [own = ''] = text.split('\n## ');
  return [...own.matchAll(/^\| `([^`]+)` \| (\d+) \| `([^`]+)` \|$/gm)].map(([, expression = '', size = '', value = '']) => ({
    expression,
    size: Number(size),
    value,
  }));
}

const LANGUAGES = [
  { title: 'C', compilers: ['gcc', 'clang'], ending: 'c', flags: ['-g', '-O0'] },
  { title: 'C++', compilers: ['g++', 'clang++'], ending: 'cpp', flags: ['-g', '-O0', '-std=c++17'] },
  { title: 'Rust', compilers: ['rustc'], ending: 'rs', flags: ['-g'] },
] as const;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-expressions-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('each program has a table', () => {
  for (const { title } of LANGUAGES) expect(rowsOf(title).length, title).toBeGreaterThan(9);
});

for (const { title, compilers, ending, flags } of LANGUAGES) {
  for (const compiler of compilers) {
    describeWith([`command:${compiler}`, 'ptrace'], `${title} by ${compiler}`, () => {
      test('every expression means what the page says', async () => {
        const source = join(folder, `page.${ending}`);
        const program = join(folder, `page-${compiler}`);
        writeFileSync(source, sections.find((section) => section.title === title)?.blocks[0]?.text ?? '');
        execFileSync(compiler, [...flags, '-o', program, source], { stdio: ['ignore', 'ignore', 'pipe'] });
        await using target = new ManagedProcess(program, []);
        await target.waitForLine(/^ready$/);
        using image = new ProcessImage(target.pid);
        const rows = rowsOf(title);
        const shown = rows.map(({ expression }) => {
          try {
            const { address, size, type } = resolveInImage(expression, image, { access: 'write', as: null });
            return { expression, size, value: valueToText(readProcessMemory(target.pid, address, size), type) };
          } catch (error) {
            return { expression, size: 0, value: String(error) };
          }
        });
        expect(shown).toEqual(rows);
      });
    });
  }
}
