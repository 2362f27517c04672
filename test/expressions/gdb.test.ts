// Thousands of expressions in running programs, compared with gdb: address, size, type and value.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ProcessImage } from '../../src/symbols/live/process-image.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { build, scratchFolder } from '../symbols/dwarf-tools.js';
import { difference, meaning } from './gdb-compare.js';
import { KNOWN_DIFFERENCES, type KnownDifference } from './gdb-differences.js';
import { C_LIVE, CPP_LIVE } from './gdb-sources.js';
import { gdbAnswers } from './gdb-values.js';
import { type MadePath, makePaths } from './path-maker.js';

const PATHS = 1_000;
const scratch = scratchFolder();
const languages = [
  { language: 'C', sources: C_LIVE, compilers: ['gcc', 'clang'], flags: [] },
  { language: 'C++', sources: CPP_LIVE, compilers: ['g++', 'clang++'], flags: ['-std=c++17'] },
] as const;
/** Differences that were found, and programs that were compared. */
const seen = new Set<KnownDifference>();
let runs = 0;
const layouts = [4, 5].flatMap((version) => ['-O0', '-O2'].map((level) => [`-gdwarf-${version}`, level]));

for (const { language, sources, compilers, flags } of languages) {
  for (const compiler of compilers) {
    describeWith([`command:${compiler}`, 'gdb', 'ptrace'], `${language} by ${compiler}`, () => {
      test.each(layouts)('%s %s', async (...layout) => {
        const program = build(scratch, `${compiler}${layout.join('')}`, { sources, compiler, flags: [...flags, ...layout] });
        await using target = new ManagedProcess(program, []);
        await target.waitForLine(/^ready$/);
        using image = new ProcessImage(target.pid);
        const files = Object.keys(sources);
        const paths = makePaths(rootsOf(image, files), PATHS, (text) => meaning(image, text));
        const folder = join(scratch, `${compiler}${layout.join('')}`, 'gdb');
        mkdirSync(folder, { recursive: true });
        const answers = gdbAnswers(
          target.pid,
          paths.map(({ gdb }) => gdb),
          { folder, frame: 'main' },
        );
        const compared = paths.map((path, i) => difference(image, path, answers[i] ?? { kind: 'error', error: 'no answer' }));
        const differences = compared.filter((one) => one !== null);
        for (const known of KNOWN_DIFFERENCES) if (differences.some((text) => known.matches.test(text))) seen.add(known);
        runs++;
        const unexplained = differences.filter((text) => !KNOWN_DIFFERENCES.some(({ matches }) => matches.test(text)));
        expect(paths.length).toBe(PATHS);
        expect(answers.filter(({ kind }) => kind === 'value').length).toBeGreaterThan(PATHS * 0.8);
        expect(unexplained.map((text) => text.slice(0, 400))).toEqual([]);
        expect(differences.length).toBeLessThan(PATHS * 0.005);
      });
    });
  }
}

test('no difference is listed that is none any more', () => {
  // Where only some programs were compared, others may show it.
  if (runs === languages.length * 2 * layouts.length) expect(KNOWN_DIFFERENCES.filter((known) => !seen.has(known))).toEqual([]);
  expect(new Set(KNOWN_DIFFERENCES.map(({ matches }) => matches.source)).size).toBe(KNOWN_DIFFERENCES.length);
});

/** The variables of the program's own files, as both write them. */
function rootsOf(image: ProcessImage, files: readonly string[]): MadePath[] {
  const found: MadePath[] = [];
  for (const name of image.program?.variableNames() ?? []) {
    if (/^std::|^__|^_/.test(name)) continue;
    for (const { qualifiedName, function: owner, file, external, address } of image.program?.variables(name) ?? []) {
      const base = file.slice(file.lastIndexOf('/') + 1);
      if (address === null || !files.includes(base) || (qualifiedName !== name && owner === null)) continue;
      // gdb has no way to say which of two overloaded functions.
      if (owner?.includes('overloaded') === true) continue;
      const inside = owner === null ? qualifiedName : `${owner}::${name}`;
      const ours = external || owner !== null ? inside : `${base}::${inside}`;
      // gdb takes files for names of C only, and leaves anonymous namespaces out as the source does.
      const theirs = inside.includes('::') ? inside.replaceAll('(anonymous namespace)::', '') : ours.replace(`${base}::`, `'${base}'::`);
      found.push({ ours, gdb: theirs });
    }
  }
  return found;
}
