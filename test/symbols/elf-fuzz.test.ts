// Broken ELF files by the thousand, from a fixed seed: whatever the bytes, only ElfError comes out, and soon.
// HWBKPT_FUZZ_RUNS=100000 makes it a long run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { as, type FileAddress } from '../../src/base/brand.js';
import { memorySource } from '../../src/symbols/bytes.js';
import { codeStart } from '../../src/symbols/elf/eh-frame-index.js';
import { ElfError } from '../../src/symbols/elf/elf-error.js';
import { openElf } from '../../src/symbols/elf/elf-file.js';
import { describeWith } from '../helpers/requirement.js';

const SEED = 20070222;
const RUNS = Number(process.env['HWBKPT_FUZZ_RUNS'] ?? 20_000);

const SOURCE = `
#include <stdio.h>
static int counter; int table[4] = {1, 2}; __thread int mine;
static void indirect(void) {} static void *choose(void) { return indirect; } void chosen(void) __attribute__((ifunc("choose")));
int main(void) { chosen(); fprintf(stdout, "%d", counter + table[1] + mine); return 0; }`;

/** xorshift32: the same numbers everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const NASTY = [0, 1, 0x7f, 0x80, 0xff];

/** Where the header, the program headers and the section headers are: most damage is done there. */
function tablesOf(elf: Uint8Array): readonly (readonly [start: number, end: number])[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const sections = view.getUint32(40, true);
  return [
    [4, 64],
    [64, 64 + view.getUint16(56, true) * 56],
    [sections, sections + view.getUint16(60, true) * 64],
    [0, elf.length],
  ];
}

function mutate(original: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = original.slice();
  const tables = tablesOf(original);
  for (let changes = 1 + random(2); changes > 0; changes--) {
    const [start, end] = tables[random(tables.length)] ?? [0, bytes.length];
    const at = start + random(Math.max(1, end - start));
    const width = [1, 1, 1, 2, 2, 4, 8][random(7)] ?? 1;
    const nasty = random(2) === 0 ? NASTY[random(NASTY.length)] : undefined;
    for (let i = at; i < Math.min(at + width, bytes.length); i++) bytes[i] = nasty ?? random(256);
  }
  return random(8) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

/** Everything that the reader offers, each part on its own. Returns how many parts were refused, Infinity for the whole file. */
function readEverything(bytes: Uint8Array): number {
  let refused = 0;
  const part = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      refused++;
      return undefined;
    }
  };
  const inflate = (compressed: Uint8Array, size: number) => inflateSync(compressed, { maxOutputLength: size });
  const elf = part(() => openElf(memorySource(bytes), { file: 'fuzzed', inflate }));
  if (elf === undefined) return Number.POSITIVE_INFINITY;
  for (const section of elf.sections) part(() => elf.dataOf(section));
  for (const table of [part(() => elf.symbols), part(() => elf.dynamicSymbols)]) {
    for (const name of ['main', 'counter', 'stdout@GLIBC_2.2.5']) table?.find(name);
    table?.containing(elf.entry);
    table?.containing(as<FileAddress>(0x4010n));
    table?.findContaining(['_Z'], '5state', 10);
    if (table !== undefined && table !== null) for (const name of table.names('object', 'function')) expect(name.length).toBeLessThan(600);
  }
  part(() => elf.buildId);
  part(() => elf.interpreter);
  part(() => elf.debugLink);
  part(() => elf.debugAltLink);
  part(() => elf.copiedSymbols);
  part(() => elf.dynamic);
  part(() => codeStart(elf, elf.entry));
  return refused;
}

describeWith(['gcc'], 'broken ELF files', () => {
  let folder = '';
  const originals: Uint8Array[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwbkpt-elf-'));
    const source = join(folder, 'a.c');
    writeFileSync(source, SOURCE);
    for (const flags of [['-g', '-gz'], ['-s'], ['-c', '-g'], ['-no-pie', '-Wl,--hash-style=sysv']]) {
      execFileSync('gcc', [...flags, '-o', join(folder, 'a.out'), source]);
      originals.push(new Uint8Array(readFileSync(join(folder, 'a.out'))));
    }
    // Without a section table the dynamic section leads to the symbols.
    const bare = Uint8Array.from(originals[1] ?? []);
    bare.fill(0, 40, 48);
    bare.fill(0, 60, 64);
    originals.push(bare);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('the originals are read without complaint', () => {
    for (const original of originals) expect(readEverything(original)).toBe(0);
    const bare = openElf(memorySource(originals[4] ?? new Uint8Array()), { file: 'bare' });
    expect(bare.dynamicSymbols?.find('stdout')).toMatchObject([{ defined: 'here', size: 8 }]);
  });

  test(`${RUNS} damaged ones give nothing but ElfError`, { timeout: 3_600_000 }, () => {
    const random = randomFrom(SEED);
    const before = process.memoryUsage().rss;
    let partly = 0;
    let wholly = 0;
    let slowest = 0;
    for (let run = 0; run < RUNS; run++) {
      const damaged = mutate(originals[run % originals.length] ?? new Uint8Array(), random);
      const start = performance.now();
      try {
        const refused = readEverything(damaged);
        if (refused === Number.POSITIVE_INFINITY) wholly++;
        else if (refused > 0) partly++;
      } catch (error) {
        throw new Error(`seed ${SEED}, run ${run}`, { cause: error });
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    const grown = (process.memoryUsage().rss - before) / 2 ** 20;
    process.stderr.write(
      `${RUNS} damaged files, ${wholly} refused, ${partly} in part; slowest ${slowest.toFixed(1)} ms, memory grown by ${grown.toFixed(0)} MiB\n`,
    );
    expect(wholly).toBeGreaterThan(RUNS / 20);
    expect(partly).toBeGreaterThan(RUNS / 50);
    expect(RUNS - wholly - partly).toBeGreaterThan(RUNS / 50);
    expect(grown).toBeLessThan(512);
  });
});
