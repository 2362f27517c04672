// Lines and functions of addresses, against llvm-symbolizer: every address of small programs, a sample of large files.
import { realpathSync } from 'node:fs';
import { expect, test } from 'vitest';
import { as, type FileAddress } from '../../src/base/brand.js';
import { findCommand } from '../helpers/find-command.js';
import { SYMBOLIZER, symbolize } from '../helpers/llvm-symbolizer.js';
import { describeWith } from '../helpers/requirement.js';
import { everyAddress, sampleOfAddresses } from './code-addresses.js';
import { withoutParameters } from './dwarf-compare.js';
import { C_SOURCES, CPP_SOURCES } from './dwarf-sources.js';
import { build, openDebugInfo, openFile, scratchFolder } from './dwarf-tools.js';

const scratch = scratchFolder();

interface Comparison {
  readonly differences: readonly string[];
  /** Share of addresses, in percent. */
  readonly equalLines: number;
  readonly equalFunctions: number;
  /** Addresses that we know a function or line of. */
  readonly lines: number;
  readonly functions: number;
}

function compare(file: string, addresses: readonly bigint[]): Comparison {
  const info = openDebugInfo(file);
  const theirs = symbolize(file, addresses, '--no-inlines').map(([frame]) => frame);
  const differences: string[] = [];
  const equal = { lines: 0, functions: 0 };
  const known = { lines: 0, functions: 0 };
  addresses.forEach((address, i) => {
    const expected = theirs[i] ?? { FileName: '', FunctionName: '', Line: 0 };
    const line = info.lineAt(as<FileAddress>(address));
    const function_ = info.functionAt(as<FileAddress>(address));
    if (line !== null) known.lines += 1;
    if (function_ !== null) known.functions += 1;
    const sameLine = line === null ? expected.Line === 0 : line.line === expected.Line && line.file === expected.FileName;
    // What it knows from the symbol table alone (code without debug information) is not ours to know.
    const sameFunction =
      function_ === null ? expected.Line === 0 || expected.FunctionName === '' : isCalled(expected.FunctionName, function_);
    if (sameLine) equal.lines += 1;
    if (sameFunction) equal.functions += 1;
    if (!sameLine || !sameFunction)
      differences.push(`${address.toString(16)}: ${line?.file}:${line?.line} ${function_}, not ${JSON.stringify(expected)}`);
  });
  expect(info.problems).toEqual([]);
  const share = (count: number): number => (100 * count) / addresses.length;
  return {
    differences,
    equalLines: share(equal.lines),
    equalFunctions: share(equal.functions),
    lines: known.lines,
    functions: known.functions,
  };
}

/** Demangled names have parameters, and those of templates a result type before them. */
function isCalled(demangled: string, ours: string): boolean {
  const theirs = withoutParameters(demangled);
  return theirs === ours || theirs.endsWith(` ${ours}`) || (ours.endsWith('::operator()') && demangled.includes('::operator()('));
}

describeWith(['gcc', 'g++', 'clang', 'command:clang++', SYMBOLIZER], 'every address of small programs', () => {
  const cases = ['gcc', 'g++', 'clang', 'clang++'].flatMap((compiler) => [2, 3, 4, 5].map((version) => [compiler, version] as const));

  test.each(cases)('%s, DWARF %i', (compiler, version) => {
    const cpp = compiler.endsWith('++');
    for (const level of ['-O0', '-O2']) {
      const flags = [`-gdwarf-${version}`, level, ...(cpp ? ['-std=c++17'] : [])];
      const program = build(scratch, `${compiler}${version}${level}`, { sources: cpp ? CPP_SOURCES : C_SOURCES, compiler, flags });
      const { differences, lines, functions } = compare(program, everyAddress(program));
      expect(differences).toEqual([]);
      expect(lines).toBeGreaterThan(100);
      expect(functions).toBeGreaterThan(100);
    }
  });
});

describeWith(['command:python3.11-dbg', SYMBOLIZER], 'a sample of 5,000 addresses of python3.11-dbg', () => {
  test('has the lines and functions that llvm-symbolizer says', () => {
    const { equalLines, equalFunctions, lines } = compareSample(realpathSync(findCommand('python3.11-dbg') ?? ''));
    expect(equalLines).toBe(100);
    expect(equalFunctions).toBeGreaterThanOrEqual(99.5);
    expect(lines).toBeGreaterThan(4700);
  });
});

describeWith(['libc-debug', SYMBOLIZER], 'a sample of 5,000 addresses of libc', () => {
  test('has the lines that llvm-symbolizer says', () => {
    const id = openFile('/lib/x86_64-linux-gnu/libc.so.6').buildId ?? '';
    // Functions of libc have many names (aliases), of which debug information and the symbol table prefer different ones.
    const { equalLines, lines } = compareSample(`/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`);
    expect(equalLines).toBe(100);
    expect(lines).toBeGreaterThan(4800);
  });
});

function compareSample(file: string): Comparison {
  return compare(file, sampleOfAddresses(file, 5000));
}
