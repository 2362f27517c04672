// Every variable that gdb finds in programs of all DWARF versions and kinds of layout: ours must agree on name, function, address and type.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { compareVariable } from './dwarf-compare.js';
import { gdbVariables } from './dwarf-gdb.js';
import { C_SOURCES, CPP_SOURCES } from './dwarf-sources.js';
import { build, openDebugInfo, scratchFolder } from './dwarf-tools.js';

const scratch = scratchFolder();
const languages = [
  { language: 'C', sources: C_SOURCES, compilers: ['gcc', 'clang'], flags: [] },
  { language: 'C++', sources: CPP_SOURCES, compilers: ['g++', 'clang++'], flags: ['-std=c++17'] },
] as const;
/** Compiler by compiler: versions, optimisation, the 64-bit format, type units, functions and variables in sections of their own. */
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
        const lto = layout.includes('-flto') && compiler.startsWith('clang');
        const program = build(scratch, `${compiler}${name}`, {
          sources,
          compiler,
          flags: [...flags, ...(lto ? layout.slice(0, 2) : layout)],
        });
        const info = openDebugInfo(program);
        const theirs = gdbVariables(program);
        expect(theirs.length).toBeGreaterThan(layout.includes('-Wl,--gc-sections') || layout.includes('-flto') ? 10 : 30);
        expect(theirs.flatMap((variable) => compareVariable(info, variable))).toEqual([]);
        expect(info.problems).toEqual([]);
      });
    });
  }
}
