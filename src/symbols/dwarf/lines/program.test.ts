import { describe, expect, test } from 'vitest';
import { DwarfError } from '../error.js';
import { readLineHeader } from './header.js';
import { runLineProgram } from './program.js';

const ascii = (text: string): number[] => [...[...text].map((character) => character.charCodeAt(0)), 0];
const u32 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];
/** Directories up to an empty one, files up to an empty one (DWARF 2 to 4). */
const OLD_TABLES = [...ascii('include'), 0, ...ascii('a.c'), 0, 0, 0, ...ascii('b.h'), 1, 0, 0, 0];
const OPERANDS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
const SET_ADDRESS = [0, 9, 2, 0x00, 0x10, 0, 0, 0, 0, 0, 0];
const END_SEQUENCE = [0, 1, 1];

/** A line table of version 2 to 4: line base -5, line range 14, opcode base 13, instructions of one byte. */
function oldTable(version: number, program: readonly number[]): Uint8Array {
  const fixed = [1, ...(version >= 4 ? [1] : []), 1, 0xfb, 14, 13, ...OPERANDS];
  const behind = [...fixed, ...OLD_TABLES];
  const body = [version, 0, ...u32(behind.length), ...behind, ...program];
  return Uint8Array.from([...u32(body.length), ...body]);
}

function rows(section: Uint8Array): string[] {
  const header = readLineHeader({ line: section, str: new Uint8Array(), lineStr: new Uint8Array() }, 0);
  const found: string[] = [];
  runLineProgram(section, header, (address, file, line, end) => {
    found.push(`${address.toString(16)} ${header.files.path(file, '/build') ?? '?'}:${line}${end ? ' end' : ''}`);
  });
  return found;
}

describe.each([2, 3, 4])('version %i', (version) => {
  test('runs every standard and special opcode', () => {
    const program = [
      ...SET_ADDRESS,
      ...[3, 9, 1], // advance line by 9, copy: line 10
      // Special opcode: address + (84 - 13) / 14 = 5, line - 5 + (84 - 13) % 14 = -4.
      84,
      ...[4, 2, 2, 3, 1], // file 2, advance 3, copy
      ...[5, 7, 6, 7, 10, 11, 12, 1], // column, statement, block, prologue, epilogue, isa: no rows
      ...[8, 1], // const add pc: (255 - 13) / 14 = 17
      ...[9, 0x00, 0x01, 1], // fixed advance by 256
      ...[2, 4, ...END_SEQUENCE],
    ];
    expect(rows(oldTable(version, program))).toEqual([
      '1000 /build/a.c:10',
      '1005 /build/a.c:6',
      '1008 /build/include/b.h:6',
      '1019 /build/include/b.h:6',
      '1119 /build/include/b.h:6',
      '111d /build/include/b.h:6 end',
    ]);
  });

  test('steps over extended opcodes it does not know, and starts afresh behind a sequence', () => {
    const program = [...SET_ADDRESS, ...[0, 3, 0x80, 1, 2], ...[4, 2, 1], ...END_SEQUENCE, ...SET_ADDRESS, 1, ...END_SEQUENCE];
    expect(rows(oldTable(version, program)).filter((row) => !row.endsWith('end'))).toEqual([
      '1000 /build/include/b.h:1',
      '1000 /build/a.c:1',
    ]);
  });

  test('takes files that the program defines', () => {
    const define = [...ascii('/abs/c.c'), 0, 0, 0];
    expect(rows(oldTable(version, [0, define.length + 1, 3, ...define, 4, 3, 1]))).toEqual(['0 /abs/c.c:1']);
  });

  test('gives the rows before the place where it breaks', () => {
    const found: number[] = [];
    const section = oldTable(version, [...SET_ADDRESS, 1, 0, 200, 1]);
    const header = readLineHeader({ line: section, str: new Uint8Array(), lineStr: new Uint8Array() }, 0);
    expect(() => runLineProgram(section, header, (address) => found.push(address))).toThrow(DwarfError);
    expect(found).toEqual([0x1000]);
  });
});

describe('version 5', () => {
  const lineStr = Uint8Array.from([...ascii('/build'), ...ascii('sub'), ...ascii('a.c'), ...ascii('b.h')]);
  const directories = [1, 1, 0x1f, 2, ...u32(0), ...u32(7)];
  // Path, directory, and an MD5 sum to be stepped over.
  const md5 = Array.from({ length: 16 }, (_, i) => i);
  const files = [3, 1, 0x1f, 2, 0x0b, 5, 0x1e, 2, ...u32(11), 0, ...md5, ...u32(15), 1, ...md5];

  function table(tables: readonly number[], program: readonly number[]): Uint8Array {
    const behind = [1, 1, 1, 0xfb, 14, 13, ...OPERANDS, ...tables];
    const body = [5, 0, 8, 0, ...u32(behind.length), ...behind, ...program];
    return Uint8Array.from([...u32(body.length), ...body]);
  }

  test('counts files from 0 and finds names in .debug_line_str', () => {
    const section = table([...directories, ...files], [...SET_ADDRESS, 1, 4, 0, 1]);
    const header = readLineHeader({ line: section, str: new Uint8Array(), lineStr }, 0);
    const found: (string | null)[] = [];
    runLineProgram(section, header, (_, file) => found.push(header.files.path(file, '')));
    expect(found).toEqual(['/build/sub/b.h', '/build/a.c']);
  });

  test('refuses counts that cannot fit', () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
    const sections = (section: Uint8Array) => ({ line: section, str: new Uint8Array(), lineStr });
    expect(() => readLineHeader(sections(table([1, 1, 0x1f, ...huge], [])), 0)).toThrow(DwarfError);
    expect(() => readLineHeader(sections(table([0, 9], [])), 0)).toThrow(DwarfError);
  });
});

test('refuses versions and constants that make no sense', () => {
  const sections = (line: Uint8Array) => ({ line, str: new Uint8Array(), lineStr: new Uint8Array() });
  const section = oldTable(3, []);
  expect(() => readLineHeader(sections(section.with(4, 9)), 0)).toThrow(/version 9/);
  expect(() => readLineHeader(sections(section.with(13, 0)), 0)).toThrow(/line range/);
  expect(() => readLineHeader(sections(section.subarray(0, 20)), 0)).toThrow(DwarfError);
  expect(() => readLineHeader(sections(section), 400)).toThrow(DwarfError);
});
