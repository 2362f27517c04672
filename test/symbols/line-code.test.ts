// From lines to code and back: what breakpoints by line and steps ask of line tables, against look-ups by address and gdb.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { as, type FileAddress } from '../../src/base/brand.js';
import type { DebugInfo } from '../../src/symbols/debug-info.js';
import { openModuleFile } from '../../src/symbols/live/module-file.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';

const FIXTURES = ['looked-at', 'stacks', 'stacks-cpp'];

async function debugOf(fixture: string): Promise<{ readonly program: string; readonly debug: DebugInfo }> {
  const program = await buildFixture(fixture);
  const debug = openModuleFile(program).debug;
  if (debug === null) throw new Error(`${fixture} has no debug information`);
  return { program, debug };
}

/** Where gdb would set breakpoints at a line, without the prologues that it passes over. */
function gdbAddresses(program: string, line: string): bigint[] {
  const script = `python print(*[hex(x.pc) for x in gdb.decode_line("${line}")[1]])`;
  const text = execFileSync('gdb', ['-nx', '-batch', '-iex', 'set debuginfod enabled off', '-ex', script, program], { encoding: 'utf8' });
  return text.trim().split(/\s+/).map(BigInt);
}

describeWith(['gcc', 'g++', 'gdb'], 'code of lines', () => {
  test.each(FIXTURES)('%s: spans of a function lie one behind the other, and each says what a look-up by address says', async (fixture) => {
    const { debug } = await debugOf(fixture);
    const [first] = debug.codeOfLine(`${fixture}.${fixture === 'stacks-cpp' ? 'cpp' : 'c'}`, 1);
    const low = first?.start ?? as<FileAddress>(0n);
    const spans = debug.linesIn(low, as<FileAddress>(low + 0x400n));
    expect(spans.length).toBeGreaterThan(20);
    for (const [i, { start, end, file, line }] of spans.entries()) {
      expect(end > start).toBe(true);
      expect(start >= (spans[i - 1]?.end ?? 0n)).toBe(true);
      expect(debug.lineAt(start)).toEqual({ file, line });
      expect(debug.lineAt(as<FileAddress>(end - 1n))).toEqual({ file, line });
    }
  });

  test('a line without code stands for the next that has some; other files, and lines behind the last, have none', async () => {
    const { debug } = await debugOf('looked-at');
    const lines = (file: string, line: number): number[] => [...new Set(debug.codeOfLine(file, line).map((span) => span.line))];
    expect(lines('looked-at.c', 31)).toEqual([31]);
    expect(lines('fixtures/looked-at.c', 27)).toEqual([29]);
    expect(lines('ed-at.c', 31)).toEqual([]);
    expect(lines('other/looked-at.c', 31)).toEqual([]);
    expect(lines('looked-at.c', 10_000)).toEqual([]);
    expect(debug.codeOfLine('', 1)).toEqual([]);
  });

  test('begins where gdb says', async () => {
    const { program, debug } = await debugOf('looked-at');
    for (const line of [31, 39, 42, 43, 61, 63]) {
      const own = debug.codeOfLine('looked-at.c', line).map(({ start }) => start as bigint);
      for (const address of gdbAddresses(program, `looked-at.c:${line}`)) expect(own, `line ${line}`).toContain(address);
    }
  });

  test('a file has its own globals and statics, and no other', async () => {
    const { debug } = await debugOf('looked-at');
    const [span] = debug.codeOfLine('looked-at.c', 42);
    const found = debug.variablesAround(span?.start ?? as<FileAddress>(0n)).map(({ name }) => name);
    expect(found.sort()).toEqual(['counter', 'hero', 'total']);
    expect(debug.variablesAround(as<FileAddress>(1n))).toEqual([]);
  });
});
