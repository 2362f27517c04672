// Feeds the reader damaged sections of real programs: it may find less, but never throws, hangs or asks for memory without bound.
import { expect, test } from 'vitest';
import { openDwarf } from '../../src/symbols/dwarf/open.js';
import type { DwarfSections } from '../../src/symbols/dwarf/sections.js';
import { describeWith } from '../helpers/requirement.js';
import { exercise } from './dwarf-exercise.js';
import { C_SOURCES, CPP_SOURCES } from './dwarf-sources.js';
import { build, dwarfSections, openFile, scratchFolder } from './dwarf-tools.js';

type SectionBytes = { readonly [name in keyof Required<DwarfSections>]: Uint8Array };

/** Files damaged; HWBKPT_FUZZ raises it for long runs by hand. */
const RUNS = Number(process.env['HWBKPT_FUZZ'] ?? 4000);
const SEED = Number(process.env['HWBKPT_FUZZ_SEED'] ?? 20070222);

const programs = [
  { compiler: 'gcc', sources: C_SOURCES, flags: ['-gdwarf-2', '-O1'] },
  { compiler: 'gcc', sources: C_SOURCES, flags: ['-gdwarf-4', '-O2', '-fdebug-types-section'] },
  { compiler: 'gcc', sources: C_SOURCES, flags: ['-gdwarf-5', '-gdwarf64', '-O2'] },
  { compiler: 'g++', sources: CPP_SOURCES, flags: ['-gdwarf-5', '-O1', '-std=c++17'] },
  { compiler: 'g++', sources: CPP_SOURCES, flags: ['-gdwarf-5', '-O1', '-std=c++17', '-fdebug-types-section'] },
  { compiler: 'clang', sources: C_SOURCES, flags: ['-gdwarf-5', '-O2', '-ffunction-sections'] },
  { compiler: 'clang++', sources: CPP_SOURCES, flags: ['-gdwarf-4', '-O1', '-std=c++17'] },
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

describeWith(['gcc', 'g++', 'clang', 'command:clang++'], 'damaged sections', () => {
  test(`of ${programs.length} programs, ${RUNS} times, seed ${SEED}`, { timeout: 0 }, () => {
    const scratch = scratchFolder();
    const files = programs.map((program, i) => sectionsOf(build(scratch, `fuzz${i}`, program)));
    const random = generator(SEED);
    let answers = 0;
    for (let run = 0; run < RUNS; run++) {
      const file = files[run % files.length];
      if (file === undefined) throw new Error('no programs');
      const sections = damaged(file, random);
      try {
        answers += exercise(openDwarf(sections), names, addresses(random));
      } catch (error) {
        throw new Error(`run ${run} of seed ${SEED} threw`, { cause: error });
      }
    }
    // Damage is small, so most of each file must still be read.
    expect(answers / RUNS).toBeGreaterThan(100);
  });
});

function sectionsOf(program: string): SectionBytes {
  const sections = dwarfSections(openFile(program));
  return Object.fromEntries(Object.entries(sections).map(([name, read]) => [name, read() ?? new Uint8Array(0)])) as SectionBytes;
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
function damaged(file: SectionBytes, random: (below: number) => number): DwarfSections {
  const changed = new Map<string, Uint8Array>();
  const all = Object.keys(file) as (keyof SectionBytes)[];
  for (let count = 1 + random(4); count > 0; count--) {
    const name = (['info', 'abbrev', 'line'] as const)[random(5)] ?? all[random(all.length)] ?? 'info';
    const bytes = changed.get(name) ?? Uint8Array.from(file[name]);
    changed.set(name, damage(bytes, random));
  }
  return Object.fromEntries(all.map((name) => [name, () => changed.get(name) ?? file[name]])) as unknown as DwarfSections;
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
