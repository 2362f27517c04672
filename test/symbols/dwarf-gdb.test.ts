// Every variable that gdb finds in programs of all DWARF versions and kinds of layout: ours must agree on name, function, address and type.
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { expectAgreement } from './dwarf-agreement.js';
import { C_SOURCES, CPP_SOURCES } from './dwarf-sources.js';
import { build, openDebugInfo, scratchFolder } from './dwarf-tools.js';

const scratch = scratchFolder();
const languages = [
  { language: 'C', sources: C_SOURCES, compilers: ['gcc', 'clang'], flags: [] },
  { language: 'C++', sources: CPP_SOURCES, compilers: ['g++', 'clang++'], flags: ['-std=c++17'] },
] as const;
/** Versions and optimisation, the 64-bit format, type units, functions and variables in sections of their own, link-time optimisation. */
const layouts = [
  ...[2, 3, 4, 5].flatMap((version) => ['-O0', '-O2'].map((level) => [`-gdwarf-${version}`, level])),
  ['-gdwarf-5', '-gdwarf64', '-O1'],
  ['-gdwarf-4', '-fdebug-types-section', '-O1'],
  ['-gdwarf-5', '-fdebug-types-section', '-O1'],
  ['-gdwarf-5', '-O1', '-ffunction-sections', '-fdata-sections', '-Wl,--gc-sections', '-gz'],
  ['-gdwarf-5', '-O2', '-flto'],
];

for (const { language, sources, compilers, flags } of languages) {
  for (const compiler of compilers) {
    describeWith([`command:${compiler}`, 'gdb'], `${language} by ${compiler}`, () => {
      test.each(layouts.map((layout) => [layout.join(' '), layout]))('%s', (name, layout) => {
        // clang leaves link-time optimisation to a plugin that is not always there.
        const lto = layout.includes('-flto') && compiler.startsWith('clang');
        const program = build(scratch, `${compiler}${name}`, {
          sources,
          compiler,
          flags: [...flags, ...(lto ? layout.slice(0, 2) : layout)],
        });
        // gdb lists what is in the blocks of units that it knows code of, which these layouts leave little of.
        const atLeast = layout.includes('-Wl,--gc-sections') || layout.includes('-flto') ? 10 : 30;
        expectAgreement(program, openDebugInfo(program), atLeast);
      });
    });
  }
}

describeWith(['gcc', 'g++', 'gdb', 'command:dwz'], 'compressed by dwz', () => {
  const cases = [
    ['C, DWARF 4', 'gcc', C_SOURCES, '-gdwarf-4'],
    ['C, DWARF 5', 'gcc', C_SOURCES, '-gdwarf-5'],
    ['C++, DWARF 4', 'g++', CPP_SOURCES, '-gdwarf-4'],
    ['C++, DWARF 5', 'g++', CPP_SOURCES, '-gdwarf-5'],
  ] as const;

  test.each(cases)('%s, within one file', (name, compiler, sources, version) => {
    const program = build(scratch, `dwz ${name}`, { sources, compiler, flags: [version, '-O1'] });
    execFileSync('dwz', [program]);
    expectAgreement(program, openDebugInfo(program), 30);
  });

  test.each(cases)('%s, with an alternate file', (name, compiler, sources, version) => {
    const program = build(scratch, `dwz -m ${name}`, { sources, compiler, flags: [version, '-O1'] });
    const other = `${program}.other`;
    const alternate = join(scratch, `${name}.alternate`);
    copyFileSync(program, other);
    execFileSync('dwz', ['-m', alternate, program, other]);
    expectAgreement(program, openDebugInfo(program, alternate), 30);
    const alone = openDebugInfo(program);
    // Without the alternate file the names in it are missing, which is said.
    expect([...alone.variableNames()].length).toBeLessThan([...openDebugInfo(program, alternate).variableNames()].length);
    expect(alone.problems.join()).toMatch(/alternate file/);
  });
});
