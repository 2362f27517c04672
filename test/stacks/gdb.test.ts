// Thousands of stacks, at random instructions of programs built in many ways, against gdb's backtraces there.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { processUnwinder } from '#hwbkpt/symbols/live/unwinder.js';
import type { Unwinder } from '#hwbkpt/symbols/unwind/unwinder.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { REPOSITORY } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { compareStop, type Difference } from './compare.js';
import { type GdbStop, type RecordedImage, readStops } from './gdb-stops.js';

const STEPS = join(REPOSITORY, 'test/stacks/gdb-steps.py');
const STOPS = 200;
const MOST_FRAMES = 64;

interface Build {
  readonly fixture: string;
  readonly compiler: string;
  readonly flags: readonly string[];
}

function builds(): Build[] {
  const all: Build[] = [];
  for (const [c, cpp] of [
    ['gcc', 'g++'],
    ['clang', 'clang++'],
  ] as const)
    for (const level of ['-O0', '-O2', '-O3'])
      for (const pointer of ['-fomit-frame-pointer', '-fno-omit-frame-pointer'])
        for (const version of ['-gdwarf-4', '-gdwarf-5']) {
          all.push({ fixture: 'stacks', compiler: c, flags: [level, pointer, version] });
          if (version === '-gdwarf-5') all.push({ fixture: 'stacks-cpp', compiler: cpp, flags: [level, pointer, version] });
        }
  // Unwound by .debug_frame: there is no .eh_frame. And PLT entries, resolved at the first call.
  all.push({ fixture: 'stacks', compiler: 'gcc', flags: ['-O2', '-fno-asynchronous-unwind-tables', '-fno-unwind-tables', '-gdwarf-5'] });
  all.push({ fixture: 'stacks', compiler: 'gcc', flags: ['-O2', '-Wl,-z,lazy', '-gdwarf-5'] });
  all.push({ fixture: 'stacks', compiler: 'gcc', flags: ['-O2', '-static', '-gdwarf-5'] });
  return all;
}

async function stopsOf(program: string, seed: number): Promise<GdbStop[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hwbkpt-stacks-'));
  const out = join(folder, 'stops');
  const env = {
    ...process.env,
    STACKS_OUT: out,
    STACKS_WANTED: String(STOPS),
    STACKS_STEP: String(20 + 7 * (seed % 12)),
    STACKS_SEED: String(seed),
  };
  try {
    await promisify(execFile)('gdb', ['-nx', '-batch', '-x', STEPS, program], { env, timeout: 120_000, maxBuffer: 1 << 26 });
    return readStops(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function differences(stops: readonly GdbStop[], program: string): Difference[] {
  const unwinders = new Map<RecordedImage, Unwinder>();
  const found: Difference[] = [];
  for (const stop of stops) {
    const unwinder = unwinders.get(stop.image) ?? processUnwinder(stop.image, MOST_FRAMES);
    unwinders.set(stop.image, unwinder);
    const difference = compareStop(stop, unwinder, program);
    if (difference !== null) found.push(difference);
  }
  return found;
}

/** Where we differ, and why. One that is not here, or is here and does not happen any more, fails. */
const REASONS: Readonly<Record<string, (difference: Difference) => boolean>> = {
  'the copy of the stack ends before the caller of deep(), and the walk says so': ({ what, ours, gdbs }) => {
    const frames = ours.split(' ');
    return what === 'addresses' && frames.pop() === 'copy-too-short' && gdbs.startsWith(`${frames.join(' ')} `);
  },
  'an entry of the procedure linkage table has no symbol, and counts as part of _init before it': ({ what, ours, gdbs }) =>
    what === 'names' && ours.startsWith('_init ') && /^(\?|\w+@plt|new|delete) /.test(gdbs) && afterFirst(ours) === afterFirst(gdbs),
  'functions of the C library that have several names, in a static program': ({ what, ours, gdbs }) =>
    what === 'names' && isAlias(ours, gdbs),
};

/** What gdb calls them, and we. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['__memmove_avx_unaligned_erms', '__memcpy_avx_unaligned_erms'],
  ['____strtoll_l_internal', '____strtol_l_internal'],
  ['mmap64', 'mmap'],
]);

function isAlias(ours: string, gdbs: string): boolean {
  const translated = gdbs.split(' ').map((name) => ALIASES.get(name) ?? name);
  return ours === translated.join(' ');
}

function afterFirst(names: string): string {
  return names.slice(names.indexOf(' '));
}

describeWith(['gcc', 'g++', 'clang', 'gdb'], 'stacks as gdb sees them', () => {
  let compared = 0;
  const seen = new Set<string>();

  test.each(builds().map((build, i) => ({ ...build, seed: i + 1 })))(
    '$fixture $compiler $flags',
    async ({ fixture, compiler, flags, seed }) => {
      const program = await buildFixture(fixture, { compiler, flags });
      const stops = await stopsOf(program, seed);
      compared += stops.length;
      expect(stops.length).toBeGreaterThan(STOPS / 2);
      const unlisted = differences(stops, basename(program)).filter((difference) => {
        const reason = Object.keys(REASONS).find((name) => REASONS[name]?.(difference) === true);
        if (reason !== undefined) seen.add(reason);
        return reason === undefined;
      });
      expect(unlisted).toEqual([]);
    },
  );

  test('are thousands, and every listed difference is still there', () => {
    expect(compared).toBeGreaterThan(5000);
    expect([...seen].sort()).toEqual(Object.keys(REASONS).sort());
  });
});
