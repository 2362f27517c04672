// Feeds the reader damaged sections of real programs: it may find less, but never throws, hangs or asks for memory without bound.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { DebugInfo } from '../../src/symbols/debug-info.js';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import type { DwarfSections, SectionName } from '../../src/symbols/dwarf/sections.js';
import type { SplitFiles } from '../../src/symbols/dwarf/split/source.js';
import { dwarfSections } from '../../src/symbols/live/dwarf-sections.js';
import { splitSections } from '../../src/symbols/live/split-search.js';
import { describeWith } from '../helpers/requirement.js';
import { exercise } from './dwarf-exercise.js';
import { C_SOURCES, CPP_SOURCES } from './dwarf-sources.js';
import { build, openFile, scratchFolder } from './dwarf-tools.js';

/** Sections by part and name: `main info` of the program's file, `0 info` and `1 info` of its .dwo files, `package info` of its .dwp file. */
type SectionBytes = ReadonlyMap<string, Uint8Array>;

/** Files damaged; HWBKPT_FUZZ raises it for long runs by hand. */
const RUNS = Number(process.env['HWBKPT_FUZZ'] ?? 2000);
const SEED = Number(process.env['HWBKPT_FUZZ_SEED'] ?? 20070222);

const programs = [
  { compiler: 'gcc', sources: C_SOURCES, flags: ['-gdwarf-2', '-O1'] },
  { compiler: 'gcc', sources: C_SOURCES, flags: ['-gdwarf-4', '-O2', '-fdebug-types-section'] },
  { compiler: 'gcc', sources: C_SOURCES, flags: ['-gdwarf-5', '-gdwarf64', '-O2'] },
  { compiler: 'g++', sources: CPP_SOURCES, flags: ['-gdwarf-5', '-O1', '-std=c++17'] },
  { compiler: 'g++', sources: CPP_SOURCES, flags: ['-gdwarf-5', '-O1', '-std=c++17', '-fdebug-types-section'] },
  { compiler: 'clang', sources: C_SOURCES, flags: ['-gdwarf-5', '-O2', '-ffunction-sections'] },
  { compiler: 'clang++', sources: CPP_SOURCES, flags: ['-gdwarf-4', '-O1', '-std=c++17'] },
  { compiler: 'gcc', sources: C_SOURCES, flags: ['-gdwarf-4', '-O2', '-gsplit-dwarf', '-fdebug-types-section'] },
  { compiler: 'clang', sources: C_SOURCES, flags: ['-gdwarf-5', '-O2', '-gsplit-dwarf'] },
  { compiler: 'gcc', sources: C_SOURCES, flags: ['-gdwarf-4', '-O1', '-gsplit-dwarf', '-fdebug-types-section'], packer: 'dwp' },
  { compiler: 'clang++', sources: CPP_SOURCES, flags: ['-gdwarf-5', '-O1', '-std=c++17', '-gsplit-dwarf'], packer: 'llvm-dwp' },
] as const;
const names = [
  'global_int',
  'outer',
  'bits',
  'list',
  'hidden_pointer',
  'same_name',
  'unit',
  'int_box',
  'derived',
  'game::state',
  'in_lambda',
  'calls',
];

describeWith(['gcc', 'g++', 'clang', 'command:clang++', 'command:dwp', 'command:llvm-dwp'], 'damaged sections', () => {
  test(`of ${programs.length} programs, ${RUNS} times, seed ${SEED}`, { timeout: 0 }, () => {
    const scratch = scratchFolder();
    const files = programs.map((program, i) => {
      const built = build(scratch, `fuzz${i}`, program);
      return sectionsOf(built, 'packer' in program ? program.packer : null);
    });
    const random = generator(SEED);
    const before = process.memoryUsage().rss;
    let answers = 0;
    let slowest = 0;
    for (let run = 0; run < RUNS; run++) {
      const file = files[run % files.length];
      if (file === undefined) throw new Error('no programs');
      const start = performance.now();
      try {
        answers += exercise(open(damaged(file, random)), names, addresses(random));
      } catch (error) {
        throw new Error(`run ${run} of seed ${SEED} threw`, { cause: error });
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    const grown = (process.memoryUsage().rss - before) / 2 ** 20;
    process.stderr.write(`${RUNS} damaged files; slowest ${slowest.toFixed(0)} ms, memory grown by ${grown.toFixed(0)} MiB\n`);
    // Damage is small, so most of each file must still be read.
    expect(answers / RUNS).toBeGreaterThan(100);
    expect(grown).toBeLessThan(512);
  });

  test('undamaged, all is well', () => {
    const scratch = scratchFolder();
    for (const [i, program] of programs.entries()) {
      const info = open(sectionsOf(build(scratch, `sound${i}`, program), 'packer' in program ? program.packer : null));
      expect(exercise(info, names, addresses(generator(SEED)))).toBeGreaterThan(50);
      expect(info.problems).toEqual([]);
    }
  });
});

/** All sections of `program`, and those of the .dwo files beside it, or of the package that `packer` makes of them. */
function sectionsOf(program: string, packer: string | null): SectionBytes {
  const bytes = new Map<string, Uint8Array>();
  const addAll = (part: string, sections: DwarfSections): void => {
    for (const [name, read] of Object.entries(sections)) {
      const content = (read as () => Uint8Array | null)();
      if (content !== null) bytes.set(`${part} ${name}`, content);
    }
  };
  addAll('main', dwarfSections(openFile(program)));
  const folder = dirname(program);
  if (packer !== null) execFileSync(packer, ['-e', program, '-o', `${program}.dwp`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  if (existsSync(`${program}.dwp`)) {
    const elf = openFile(`${program}.dwp`);
    addAll('package', splitSections(elf));
    for (const index of ['cu', 'tu']) bytes.set(`package ${index}_index`, elf.data(`.debug_${index}_index`) ?? new Uint8Array());
    return bytes;
  }
  const objects = readdirSync(folder).filter((name) => name.endsWith('.dwo'));
  for (const [i, name] of objects.entries()) addAll(String(i), splitSections(openFile(join(folder, name))));
  return bytes;
}

function open(bytes: SectionBytes): DebugInfo {
  const part = (name: string): DwarfSections =>
    new Proxy({} as DwarfSections, { get: (_, section: SectionName) => () => bytes.get(`${name} ${section}`) ?? null });
  const index = (name: string) => () => bytes.get(`package ${name}_index`) ?? null;
  const split: SplitFiles = {
    package: () =>
      bytes.has('package info') ? { path: 'p.dwp', sections: part('package'), unitIndex: index('cu'), typeIndex: index('tu') } : null,
    // The right one is told by its id, as far as that is not damaged.
    objects: () => ['0', '1'].filter((name) => bytes.has(`${name} info`)).map((name) => ({ path: name, sections: part(name) })),
  };
  return openDwarf(part('main'), { split });
}

/** xorshift32: numbers from 0 to not including `below`. */
function generator(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function addresses(random: (below: number) => number): bigint[] {
  return Array.from({ length: 8 }, () => BigInt(0x1000 + random(0x1000)));
}

/** `file` with one to four places damaged, mostly in the sections that everything starts from. */
function damaged(file: SectionBytes, random: (below: number) => number): SectionBytes {
  const changed = new Map(file);
  const all = [...file.keys()];
  const central = all.filter((name) => / (info|abbrev|line|cu_index)$/.test(name));
  for (let count = 1 + random(4); count > 0; count--) {
    const from = random(5) < 3 ? central : all;
    const name = from[random(from.length)] ?? 'main info';
    changed.set(name, damage(Uint8Array.from(changed.get(name) ?? []), random));
  }
  return changed;
}

function damage(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = random(bytes.length);
  const until = Math.min(bytes.length, at + 1 + random(16));
  switch (random(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      bytes.fill(0, at, until);
      return bytes;
    case 2:
      bytes.fill(0xff, at, until);
      return bytes;
    case 3:
      bytes.copyWithin(at, random(bytes.length), random(bytes.length));
      return bytes;
    case 4:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
      return bytes;
    default:
      for (let i = at; i < until; i++) bytes[i] = random(256);
      return bytes;
  }
}
