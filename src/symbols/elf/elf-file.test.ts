// ELF files made byte by byte: what is read from them, and what is said about broken ones.
import { describe, expect, test } from 'vitest';
import { cString, joined, type MadeElf, madeElf, madeSymbols, numbers } from '../../../test/symbols/elf-maker.js';
import { as, type FileAddress, type FileOffset } from '../../base/brand.js';
import { memorySource } from '../bytes.js';
import { ElfError } from './elf-error.js';
import { type ElfFile, openElf } from './elf-file.js';
import { identify } from './identity.js';
import type { Decompressors } from './section-data.js';

function open(made: MadeElf, decompressors: Decompressors = {}): ElfFile {
  return openElf(memorySource(madeElf(made)), { file: 'made.elf', ...decompressors });
}

function errorOf(act: () => unknown): ElfError {
  try {
    act();
  } catch (error) {
    if (error instanceof ElfError) return error;
    throw error;
  }
  throw new Error('no error');
}

const note = joined(numbers([4, 4], [4, 3], [4, 3]), cString('GNU'), Uint8Array.from([0xab, 0xcd, 0x01, 0]));

describe('a good file', () => {
  test('header, sections and segments', () => {
    const elf = open({
      type: 2,
      entry: 0x401000n,
      sections: [{ name: '.data', type: 1, flags: 3, address: 0x404000n, data: Uint8Array.from([1, 2, 3]) }],
      segments: [
        { type: 1, flags: 5, address: 0x400000n, offset: 0, fileSize: 0x40 },
        { type: 1, flags: 6, address: 0x404000n, offset: 0x40, fileSize: 0x10, memorySize: 0x100 },
      ],
    });
    expect(elf.type).toBe('executable');
    expect(elf.entry).toBe(0x401000n);
    expect(elf.section('.data')).toMatchObject({ index: 1, address: 0x404000n, size: 3, loaded: true, executable: false });
    expect(elf.data('.data')).toEqual(Uint8Array.from([1, 2, 3]));
    expect(elf.section('.nothing')).toBeNull();
    expect(elf.data('.nothing')).toBeNull();
    expect(elf.segments.map((s) => [s.executable, s.writable])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test('file offsets and addresses, both ways', () => {
    const elf = open({ segments: [{ type: 1, address: 0x5000n, offset: 0x40, fileSize: 0x10, memorySize: 0x100 }] });
    expect(elf.toAddress(as<FileOffset>(0x41))).toBe(0x5001n);
    expect(elf.toAddress(as<FileOffset>(0x50))).toBeNull();
    expect(elf.toOffset(as<FileAddress>(0x500fn))).toBe(0x4f);
    expect(elf.toOffset(as<FileAddress>(0x5010n)), 'zeros have no place in the file').toBeNull();
    expect(elf.toOffset(as<FileAddress>(0x4fffn))).toBeNull();
  });

  test('build-id, debug links, interpreter', () => {
    const elf = open({
      sections: [
        { name: '.note.gnu.build-id', type: 7, data: note },
        { name: '.gnu_debuglink', type: 1, data: joined(cString('made.debug'), new Uint8Array(1), numbers([4, 0xdeadbeef])) },
        { name: '.gnu_debugaltlink', type: 1, data: joined(cString('../.dwz/made'), Uint8Array.from([1, 2, 0xff])) },
      ],
    });
    expect(elf.buildId).toBe('abcd01');
    expect(elf.debugLink).toEqual({ name: 'made.debug', crc: 0xdeadbeef });
    expect(elf.debugAltLink).toEqual({ path: '../.dwz/made', buildId: '0102ff' });
    expect(elf.interpreter).toBeNull();
    expect(open({}).buildId).toBeNull();
    expect(open({}).debugLink).toBeNull();
  });

  test('symbols of .symtab and .dynsym, with versions', () => {
    const all = madeSymbols([
      { name: 'plain', value: 0x10n },
      { name: 'old@V1', value: 0x20n },
    ]);
    const dynamic = madeSymbols([
      { name: 'shared', value: 0x30n },
      { name: 'needed', section: 0 },
    ]);
    const versions = cString('\0V2\0V3');
    const elf = open({
      sections: [
        { name: '.symtab', type: 2, data: all.entries, link: 2 },
        { name: '.strtab', type: 3, data: all.names },
        { name: '.dynsym', type: 11, data: dynamic.entries, link: 4 },
        { name: '.dynstr', type: 3, data: joined(dynamic.names, versions) },
        { name: '.gnu.version', type: 0x6fffffff, data: numbers([2, 0], [2, 2], [2, 0x8003]) },
        {
          name: '.gnu.version_d',
          type: 0x6ffffffd,
          data: joined(numbers([2, 1], [2, 0], [2, 2], [2, 1], [4, 0], [4, 20], [4, 0]), numbers([4, dynamic.names.length + 1], [4, 0])),
        },
        {
          name: '.gnu.version_r',
          type: 0x6ffffffe,
          data: joined(
            numbers([2, 1], [2, 1], [4, 0], [4, 16], [4, 0]),
            numbers([4, 0], [2, 0], [2, 3], [4, dynamic.names.length + 4], [4, 0]),
          ),
        },
      ],
    });
    expect(elf.symbols?.find('plain')).toMatchObject([{ address: 0x10n, version: null, defined: 'here' }]);
    expect(elf.symbols?.find('old')).toMatchObject([{ address: 0x20n, version: 'V1', defaultVersion: false }]);
    expect(elf.symbols?.find('old@V9')).toEqual([]);
    expect(elf.dynamicSymbols?.find('shared')).toMatchObject([{ version: 'V2', defaultVersion: true }]);
    expect(elf.dynamicSymbols?.find('shared@@V2')).toHaveLength(1);
    expect(elf.dynamicSymbols?.find('needed')).toMatchObject([{ version: 'V3', defaultVersion: false, defined: 'undefined' }]);
  });

  test('a file without sections has no symbols, which is no error', () => {
    const elf = open({});
    expect(elf.symbols).toBeNull();
    expect(elf.dynamicSymbols).toBeNull();
    expect(elf.dynamic).toEqual({ needed: [], soname: null });
    expect(elf.copiedSymbols).toEqual([]);
  });

  test('copy relocations', () => {
    const relocation = (type: number, symbol: number) => numbers([8, 0x4000], [4, type], [4, symbol], [8, 0]);
    const elf = open({ sections: [{ name: '.rela.dyn', type: 4, data: joined(relocation(6, 1), relocation(5, 7), relocation(5, 9)) }] });
    expect(elf.copiedSymbols).toEqual([7, 9]);
  });
});

describe('compressed sections', () => {
  const inflate = (bytes: Uint8Array, size: number) => new Uint8Array(size).fill(bytes[0] ?? 0);
  const standard = (type: number, size: number | bigint) => joined(numbers([4, type], [4, 0], [8, size], [8, 1]), Uint8Array.from([7]));
  const section = (name: string, flags: number, data: Uint8Array): MadeElf => ({ sections: [{ name, type: 1, flags, data }] });

  test('SHF_COMPRESSED with zlib and zstd, and .zdebug under its plain name', () => {
    expect(open(section('.debug_info', 0x800, standard(1, 3)), { inflate }).data('.debug_info')).toEqual(Uint8Array.from([7, 7, 7]));
    expect(open(section('.debug_info', 0x800, standard(2, 2)), { zstd: inflate }).data('.debug_info')).toEqual(Uint8Array.from([7, 7]));
    const old = joined(cString('ZLIB').subarray(0, 4), Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 4, 9]));
    expect(open(section('.zdebug_info', 0, old), { inflate }).data('.debug_info')).toEqual(Uint8Array.from([9, 9, 9, 9]));
  });

  test('without the decompressor the error says which one and what to do', () => {
    const error = errorOf(() => open(section('.debug_info', 0x800, standard(2, 2))).data('.debug_info'));
    expect(error.reason).toBe('compression');
    expect(error.message).toBe('made.elf: section .debug_info is compressed with zstd, which takes Node.js 22.15 or later to read');
    expect(error.hint).toContain('--decompress-debug-sections');
  });

  test('claims that no compressor can keep are refused before memory is set aside', () => {
    let asked = 0;
    const counting = (_: Uint8Array, size: number) => {
      asked++;
      return new Uint8Array(size);
    };
    for (const size of [1 << 20, 2 ** 40, 2n ** 63n]) {
      expect(errorOf(() => open(section('.debug_info', 0x800, standard(1, size)), { inflate: counting }).data('.debug_info')).reason).toBe(
        'corrupt',
      );
    }
    expect(asked).toBe(0);
  });

  test.each([
    ['an unknown kind', standard(77, 1), 'compression'],
    ['no room for the header', Uint8Array.from([1, 0]), 'corrupt'],
  ] as const)('%s', (_, data, reason) => {
    expect(errorOf(() => open(section('.debug_info', 0x800, data), { inflate }).data('.debug_info')).reason).toBe(reason);
  });

  test('a stream that does not inflate', () => {
    const broken = () => {
      throw new Error('bad stream');
    };
    const error = errorOf(() => open(section('.debug_info', 0x800, standard(1, 3)), { inflate: broken }).data('.debug_info'));
    expect(error.reason).toBe('corrupt');
    expect(error.cause).toMatchObject({ message: 'bad stream' });
    const short = () => new Uint8Array(1);
    expect(errorOf(() => open(section('.debug_info', 0x800, standard(1, 3)), { inflate: short }).data('.debug_info')).message).toContain(
      'inflates to 1 bytes, not 3',
    );
  });
});

describe('files that are not read', () => {
  test.each([
    [{ elfClass: 1, machine: 3 }, '32-bit', 'made.elf: a 32-bit program (i386); hwbkpt reads 64-bit x86-64 programs only'],
    [{ elfClass: 1, machine: 62 }, '32-bit', 'made.elf: a 32-bit program (x86-64); hwbkpt reads 64-bit x86-64 programs only'],
    [{ machine: 183 }, 'other-machine', 'made.elf: a program for AArch64, not for x86-64'],
    [{ machine: 999 }, 'other-machine', 'made.elf: a program for machine 999, not for x86-64'],
    [{ elfClass: 3 }, 'corrupt', 'made.elf: the ELF class is 3, which is neither 32-bit nor 64-bit'],
    [{ order: 0 }, 'corrupt', 'made.elf: the byte order is 0, which is neither little- nor big-endian'],
  ] as const)('%o', (made, reason, message) => {
    const error = errorOf(() => open(made));
    expect(error).toMatchObject({ code: 'bad-elf', file: 'made.elf', reason, message });
    expect(error.hint).toBeTruthy();
  });

  test('class and machine can be asked of every kind', () => {
    const kind = (made: MadeElf) => identify(memorySource(madeElf(made)), 'made.elf');
    expect(kind({ elfClass: 1, machine: 3 })).toMatchObject({ bits: 32, machineName: 'i386', supported: false });
    expect(kind({ machine: 183 })).toMatchObject({ bits: 64, machineName: 'AArch64', supported: false });
    expect(kind({})).toEqual({ bits: 64, littleEndian: true, machine: 62, machineName: 'x86-64', supported: true });
  });

  test.each([
    ['nothing at all', new Uint8Array(), 'not-elf', 'the file is empty'],
    ['a script', cString('#!/bin/sh'), 'not-elf', 'not an ELF file'],
    ['the magic and no more', madeElf().subarray(0, 10), 'truncated', 'the ELF header ends at byte 20, but the file has 10'],
    ['half a header', madeElf().subarray(0, 40), 'truncated', 'the ELF header ends at byte 64, but the file has 40'],
    ['no section table', madeElf().subarray(0, 80), 'truncated', 'section'],
  ] as const)('%s', (_, bytes, reason, message) => {
    const error = errorOf(() => openElf(memorySource(bytes), { file: 'x' }));
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(message);
  });

  test('counts and offsets beyond the file', () => {
    const patched = (offset: number, ...bytes: number[]) => {
      const elf = madeElf({ sections: [{ name: '.data', type: 1, data: new Uint8Array(8) }] });
      elf.set(bytes, offset);
      return errorOf(() => openElf(memorySource(elf), { file: 'x' })).reason;
    };
    expect(patched(60, 0xff, 0xfe), 'many sections').toBe('truncated');
    expect(patched(56, 0xff, 0xfe, 0, 0), 'segments at 0 are none').toBe('corrupt');
    expect(patched(47, 0xff), 'a section table beyond 2^53').toBe('corrupt');
    expect(patched(62, 0x63), 'the names in a section that is not there').toBe('corrupt');
    expect(patched(58, 1), 'entries of another size').toBe('corrupt');
  });

  test('a symbol table whose names are nowhere', () => {
    const elf = open({ sections: [{ name: '.symtab', type: 2, data: madeSymbols([]).entries, link: 50 }] });
    expect(errorOf(() => elf.symbols).message).toContain('in section 50, which does not exist');
  });
});
