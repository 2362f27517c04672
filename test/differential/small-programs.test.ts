// Every address of small programs, by both compilers, at all levels of optimisation, in all versions of DWARF, against llvm-symbolizer.
import { expect, test } from 'vitest';
import { openModuleFile } from '../../src/symbols/live/module-file.js';
import { describeWith } from '../helpers/requirement.js';
import { C_SOURCES, CPP_SOURCES } from '../symbols/dwarf-sources.js';
import { build, scratchFolder } from '../symbols/dwarf-tools.js';
import { compareAddresses } from './addresses.js';

const scratch = scratchFolder();
const languages = [
  { sources: C_SOURCES, compilers: ['gcc', 'clang'], flags: [] },
  { sources: CPP_SOURCES, compilers: ['g++', 'clang++'], flags: ['-std=c++17'] },
] as const;
const LEVELS = ['-O0', '-O2', '-O3'];

describeWith(['gcc', 'g++', 'command:clang', 'command:clang++', 'command:llvm-symbolizer'], 'every address of small programs', () => {
  for (const { sources, compilers, flags } of languages) {
    const cases = compilers.flatMap((compiler) => [2, 3, 4, 5].map((version) => [compiler, version] as const));
    test.each(cases)('%s, DWARF %i', (compiler, version) => {
      for (const level of LEVELS) {
        const name = `${compiler}-dwarf-${version}${level}`;
        const program = build(scratch, name, { sources, compiler, flags: [`-gdwarf-${version}`, level, ...flags] });
        using file = openModuleFile(program);
        const { lines, inlined, differences } = compareAddresses(file, program);
        expect(differences, name).toEqual([]);
        expect(lines).toBeGreaterThan(100);
        if (level !== '-O0') expect(inlined).toBeGreaterThan(0);
      }
    });
  }
});
