// Split DWARF against gdb: .dwo files as gcc and clang write them, packages as dwp and llvm-dwp make them, and what is said where they are missing.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { as, type FileAddress } from '../../src/base/brand.js';
import { type ModuleFile, openModuleFile } from '../../src/symbols/live/module-file.js';
import { describeWith } from '../helpers/requirement.js';
import { expectAgreement } from './dwarf-agreement.js';
import { C_SOURCES, CPP_SOURCES } from './dwarf-sources.js';
import { build, scratchFolder } from './dwarf-tools.js';

const scratch = scratchFolder();

const layouts = [
  ['-gdwarf-4', '-O2'],
  ['-gdwarf-5', '-O0'],
  ['-gdwarf-5', '-O2'],
  ['-gdwarf-4', '-fdebug-types-section', '-O1'],
  ['-gdwarf-5', '-fdebug-types-section', '-O1'],
  ['-gdwarf-5', '-O1', '-gz'],
];
const languages = [
  ['gcc', C_SOURCES, []],
  ['g++', CPP_SOURCES, ['-std=c++17']],
  ['clang', C_SOURCES, []],
  ['clang++', CPP_SOURCES, ['-std=c++17']],
] as const;

type Language = (typeof languages)[number];

function buildSplit(name: string, language: Language, layout: readonly string[]): string {
  return buildWhole(name, language, [...layout, '-gsplit-dwarf']);
}

function buildWhole(name: string, [compiler, sources, flags]: Language, layout: readonly string[]): string {
  return build(scratch, name, { sources, compiler, flags: [...flags, ...layout] });
}

/** The lines of all of .text, and the variables, through the file as a process would have it. */
function withModule<T>(program: string, use: (module: ModuleFile) => T): T {
  using module = openModuleFile(program);
  return use(module);
}

/** gdb 13 dies of type units in split DWARF 5 and of its packages: there it reads the same program with whole debug information, `oracle`. */
function expectAll(program: string, oracle = program): void {
  withModule(program, (module) => {
    if (module.debug === null) throw new Error('no debug information');
    expectAgreement(oracle, module.debug, 30);
  });
}

for (const language of languages) {
  const [compiler] = language;
  describeWith([`command:${compiler}`, 'gdb'], `split DWARF by ${compiler}`, () => {
    test.each(layouts.map((layout) => [layout.join(' '), layout] as const))('%s', (name, layout) => {
      const whole = layout.includes('-gdwarf-5') ? buildWhole(`whole ${compiler}${name}`, language, layout) : undefined;
      expectAll(buildSplit(`${compiler}${name}`, language, layout), whole);
    });
  });
}

/** Makes PROGRAM.dwp, and leaves no .dwo file beside it. */
function pack(tool: string, program: string): void {
  execFileSync(tool, ['-e', program, '-o', `${program}.dwp`], { cwd: dirname(program), stdio: ['ignore', 'pipe', 'pipe'] });
  for (const file of readdirSync(dirname(program))) if (file.endsWith('.dwo')) rmSync(join(dirname(program), file));
}

/** What the packers of Debian 12 can do: GNU's dwp ends with a fault on DWARF 5, llvm-dwp 14 does not come back from gcc's. */
const packers = [
  ['dwp', ['gcc', 'g++', 'clang++'], '-gdwarf-4'],
  ['llvm-dwp', ['gcc', 'g++'], '-gdwarf-4'],
  ['llvm-dwp', ['clang', 'clang++'], '-gdwarf-4'],
  ['llvm-dwp', ['clang', 'clang++'], '-gdwarf-5'],
] as const;

for (const [tool, compilers, version] of packers) {
  const needs = [`command:${tool}`, ...compilers.map((compiler) => `command:${compiler}` as const), 'gdb'] as const;
  describeWith(needs, `packages by ${tool}, ${version}`, () => {
    const cases = compilers.flatMap((compiler) => languages.filter(([name]) => name === compiler));
    test.each(cases.map((language) => [language[0], language] as const))('of %s', (compiler, language) => {
      for (const layout of [[version], [version, '-fdebug-types-section']]) {
        const program = buildSplit(`${tool} ${compiler} ${layout}`, language, layout);
        pack(tool, program);
        expectAll(program, version === '-gdwarf-5' ? buildWhole(`whole ${tool} ${compiler} ${layout}`, language, layout) : undefined);
      }
    });
  });
}

describeWith(['gcc', 'clang'], 'lines, functions and inlined calls of split DWARF', () => {
  const cases = ['gcc', 'clang'].flatMap((compiler) => ['-gdwarf-4', '-gdwarf-5'].map((version) => [compiler, version] as const));

  test.each(cases)('%s %s: as of the same program with whole debug information', (compiler, version) => {
    const sources = { 'main.c': INLINING };
    const flags = [version, '-O2'];
    const split = build(scratch, `inlining ${compiler}${version}`, { sources, compiler, flags: [...flags, '-gsplit-dwarf'] });
    const whole = build(scratch, `inlining whole ${compiler}${version}`, { sources, compiler, flags });
    const [ours, theirs] = [split, whole].map((program) => withModule(program, placesOf));
    expect(ours).toEqual(theirs);
    expect(theirs?.filter((place) => place.includes('<')).length).toBeGreaterThan(20);
  });
});

const INLINING = `
volatile int sink;
static inline int one(int a) { sink += a; return a * sink; }
static inline int two(int a) { int b = one(a + 1); return b + one(a + 2); }
__attribute__((noinline)) int three(int a) { for (int i = 0; i < a; i++) sink ^= two(i); return one(a); }
int main(int argc, char **argv) { return three(argc) == 7; }
`;

/** Every address of .text: line, function, and the calls inlined there. File names without their folders, which differ. */
function placesOf(module: ModuleFile): string[] {
  const text = module.elf.section('.text');
  const addresses = Array.from({ length: text?.size ?? 0 }, (_, i) => as<FileAddress>((text?.address ?? 0n) + BigInt(i)));
  const short = (line: { readonly file: string; readonly line: number } | null): string =>
    `${line?.file.replace(/.*\//, '')}:${line?.line}`;
  return addresses.map((address) => {
    const inlined = module.debug?.inlinedAt(address) ?? [];
    const calls = inlined.map((call) => `${call.name} < ${short(call.call)}`);
    return [short(module.lineAt(address)), module.debug?.functionAt(address), ...calls].join(' ');
  });
}

describeWith(['gcc'], 'split DWARF whose files are elsewhere', () => {
  test.each([4, 5])('version %i: lines are read, and what is missing is said', (version) => {
    const program = buildSplit(`lost${version}`, languages[0], [`-gdwarf-${version}`, '-O0']);
    for (const file of readdirSync(dirname(program))) if (file.endsWith('.dwo')) rmSync(join(dirname(program), file));
    withModule(program, (module) => {
      expect(module.variables('global_int')).toEqual([]);
      expect(module.problems.join('\n')).toMatch(/a unit are in .*main\.dwo \(split DWARF\), which was not found/);
      const text = module.elf.section('.text');
      const addresses = Array.from({ length: text?.size ?? 0 }, (_, i) => as<FileAddress>((text?.address ?? 0n) + BigInt(i)));
      const lines = addresses.map((address) => module.lineAt(address));
      expect(lines.filter((line) => line?.file.endsWith('/main.c')).length).toBeGreaterThan(50);
    });
  });

  test('a build folder that was moved is found beside the program', () => {
    const program = buildSplit('moved', languages[0], ['-gdwarf-5', '-O0']);
    const home = join(scratch, 'moved to');
    mkdirSync(home);
    for (const file of readdirSync(dirname(program))) copyFileSync(join(dirname(program), file), join(home, file));
    rmSync(dirname(program), { recursive: true });
    withModule(join(home, 'program'), (module) => {
      expect(module.variables('global_int')).toMatchObject([{ name: 'global_int', absence: null }]);
      expect(module.problems).toEqual([]);
    });
  });

  test('files of another build are refused', () => {
    const program = buildSplit('rebuilt', languages[0], ['-gdwarf-5', '-O0']);
    const other = buildSplit('rebuilt otherwise', languages[0], ['-gdwarf-5', '-O2', '-DOTHER']);
    for (const file of readdirSync(dirname(other)))
      if (file.endsWith('.dwo')) copyFileSync(join(dirname(other), file), join(dirname(program), file));
    withModule(program, (module) => {
      expect(module.variables('global_int')).toEqual([]);
      expect(module.problems.join('\n')).toMatch(/program-main\.dwo does not belong to this program/);
    });
  });
});
