// Inlined calls of the standard library's templates, and of link-time optimisation, against llvm-symbolizer: for each address the functions inlined
// there, and the line of each call, the innermost first. (test/differential has the other programs.)
import { expect, test } from 'vitest';
import { as, type FileAddress } from '../../src/base/brand.js';
import { openModuleFile } from '../../src/symbols/live/module-file.js';
import { SYMBOLIZER, type SymbolizedFrame, symbolize } from '../helpers/llvm-symbolizer.js';
import { describeWith } from '../helpers/requirement.js';
import { everyAddress, sampleOfAddresses } from './code-addresses.js';
import { build, openFile, scratchFolder } from './dwarf-tools.js';

const scratch = scratchFolder();

interface Comparison {
  readonly differences: readonly string[];
  readonly compared: number;
  /** Addresses within inlined code. */
  readonly inlined: number;
}

function compare(file: string, addresses: readonly bigint[]): Comparison {
  using module = openModuleFile(file);
  const theirs = symbolize(file, addresses, '--no-demangle');
  const differences: string[] = [];
  let inlined = 0;
  addresses.forEach((address, i) => {
    const frames = theirs[i] ?? [];
    if (frames.length > 1) inlined++;
    const calls = module.debug?.inlinedAt(as<FileAddress>(address)) ?? [];
    const lines = [module.lineAt(as<FileAddress>(address)), ...calls.map(({ call }) => call)];
    const ours = lines.map((at, depth) => ({ name: calls[depth]?.name ?? null, file: at?.file ?? '', line: at?.line ?? 0 }));
    const isEqual = ours.length === frames.length && ours.every((one, depth) => isSame(one, frames[depth]));
    if (!isEqual) differences.push(`${address.toString(16)}: ${JSON.stringify(ours)}, not ${JSON.stringify(frames)}`);
  });
  expect(module.problems).toEqual([]);
  return { differences, compared: addresses.length, inlined };
}

interface OurFrame {
  /** Null for the outermost function, which symbol tables and debug information call by different ones of many names. */
  readonly name: string | null;
  readonly file: string;
  readonly line: number;
}

function isSame({ name, file, line }: OurFrame, theirs: SymbolizedFrame | undefined): boolean {
  if (theirs === undefined) return false;
  // Where it knows no line it may still know the unit's file.
  const samePlace = line === theirs.Line && (line === 0 || file === theirs.FileName);
  // What has no linkage name has its plain name there, and the qualified one here.
  return samePlace && (name === null || name === theirs.FunctionName || name.endsWith(`::${theirs.FunctionName}`));
}

const INLINING = `
#include <vector>
#include <algorithm>
#include <string>
struct Shape { virtual ~Shape() {} virtual int area() const { return side() * side(); } int side() const { return width + 1; } int width = 2; };
static int total; template <class T> static inline T twice(T value) { total += 1; return value + value; }
__attribute__((noinline)) int sorted(std::vector<int> &all) { std::sort(all.begin(), all.end(), [](int a, int b) { return twice(a) < twice(b); }); return all[0]; }
int main(int argc, char **argv) { std::vector<int> all; for (int i = 0; i < argc * 7; i++) all.push_back(i ^ 5); Shape shape; std::string text(argv[0]); text += "x"; return sorted(all) + shape.area() + twice<long>(argc) + (int)text.size(); }
`;

describeWith(['g++', 'command:clang++', SYMBOLIZER], 'every address of a program of templates', () => {
  const cases = ['g++', 'clang++'].flatMap((compiler) => [4, 5].map((version) => [compiler, version] as const));

  test.each(cases)('%s, DWARF %i', (compiler, version) => {
    const flags = [`-gdwarf-${version}`, '-O3', '-std=c++17'];
    const program = build(scratch, `${compiler}${version}`, { sources: { 'inlining.cpp': INLINING }, compiler, flags });
    const { differences, inlined } = compare(program, everyAddress(program));
    expect(differences).toEqual([]);
    expect(inlined).toBeGreaterThan(200);
  });
});

describeWith(['python-debug', SYMBOLIZER], '5,000 addresses of python3.11, optimised at link time', () => {
  test('have the inlined calls that llvm-symbolizer says', () => {
    const id = openFile('/usr/bin/python3.11').buildId ?? '';
    const file = `/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`;
    const { differences, compared, inlined } = compare(file, sampleOfAddresses(file, 5000));
    expect(inlined).toBeGreaterThan(1000);
    expect(differences.length / compared, differences.slice(0, 20).join('\n')).toBeLessThanOrEqual(0.005);
  });
});
