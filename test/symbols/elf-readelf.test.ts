// Every symbol, section and segment of real files, compared with what readelf and nm print.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { memorySource } from '../../src/symbols/bytes.js';
import { type ElfFile, openElf } from '../../src/symbols/elf/elf-file.js';
import type { ElfSymbol } from '../../src/symbols/elf/symbol.js';
import type { SymbolTable } from '../../src/symbols/elf/symbol-table.js';
import { describeWith } from '../helpers/requirement.js';
import { existing, output } from './elf-tools.js';

const files = existing(
  '/lib/x86_64-linux-gnu/libc.so.6',
  '/lib/x86_64-linux-gnu/libstdc++.so.6',
  '/lib/x86_64-linux-gnu/libm.so.6',
  '/lib64/ld-linux-x86-64.so.2',
  '/usr/bin/python3.11',
  process.execPath,
  '/usr/lib/debug/.build-id/93/ac61ec5a8eb1396f9fbd350e3169a558528a40.debug',
);

function open(path: string): ElfFile {
  return openElf(memorySource(readFileSync(path)), { file: path });
}

const TYPES: Record<ElfSymbol['kind'], string> = {
  untyped: 'NOTYPE',
  object: 'OBJECT',
  function: 'FUNC',
  section: 'SECTION',
  file: 'FILE',
  common: 'COMMON',
  'thread-local': 'TLS',
  indirect: 'IFUNC',
  other: '?',
};
const BINDINGS = { local: 'LOCAL', global: 'GLOBAL', weak: 'WEAK', unique: 'UNIQUE', other: '?' };

/** A symbol as one line; readelf's lines are brought into the same form. */
function line(symbol: ElfSymbol): string {
  // A version's own symbol has the version's name; readelf does not repeat it.
  const version = symbol.version === null || symbol.version === symbol.name ? '' : `${symbol.defaultVersion ? '@@' : '@'}${symbol.version}`;
  const defined = { here: '', absolute: 'ABS', undefined: 'UND' }[symbol.defined];
  const name = symbol.kind === 'section' ? '' : symbol.name + version;
  return [
    symbol.index,
    symbol.address.toString(16),
    symbol.size,
    TYPES[symbol.kind],
    BINDINGS[symbol.binding],
    symbol.hidden,
    defined,
    name,
  ].join(' ');
}

function linesOf(table: SymbolTable | null): string[] {
  return table === null ? [] : Array.from({ length: table.count }, (_, index) => line(table.at(index)));
}

/** Lines such as `   290: 00000000001db320     8 OBJECT  WEAK   DEFAULT   35 environ@@GLIBC_2.2.5 (2)`, in the form of {@link line}. */
function readelfLines(path: string, table: '--syms' | '--dyn-syms'): string[] {
  const name = table === '--syms' ? '.symtab' : '.dynsym';
  const part = output('readelf', '-W', table, path)
    .split('Symbol table ')
    .find((text) => text.startsWith(`'${name}'`));
  return (part ?? '').split('\n').flatMap((text) => {
    const match = /^ *(\d+): ([0-9a-f]+) +(\S+) (\S+) +(\S+) +(\S+) +(?:\[[^\]]*\] +)?(\S+)(?: (.*))?$/.exec(text);
    if (match === null) return [];
    const [, index, value = '', size = '', type, binding, visibility, section = '', rest = ''] = match;
    const defined = section === 'ABS' || section === 'UND' ? section : '';
    const hidden = visibility === 'HIDDEN' || visibility === 'INTERNAL';
    const symbol = type === 'SECTION' ? '' : rest.replace(/ \(\d+\)$/, '').trimEnd();
    return [[index, BigInt(`0x${value}`).toString(16), Number(size), type, binding, hidden, defined, symbol].join(' ')];
  });
}

/** Where the lists differ: comparing them whole is slow for a hundred thousand lines. */
function differences(ours: readonly string[], theirs: readonly string[]): string[] {
  return Array.from({ length: Math.max(ours.length, theirs.length) }, (_, i) => `${ours[i]} <> ${theirs[i]}`).filter(
    (_, i) => ours[i] !== theirs[i],
  );
}

describeWith(['command:readelf', 'command:nm'], 'symbols as readelf shows them', () => {
  test.each(files)('%s', (path) => {
    const elf = open(path);
    const dynamic = linesOf(elf.dynamicSymbols);
    const all = linesOf(elf.symbols);
    expect(dynamic.length + all.length).toBeGreaterThan(30);
    expect(differences(dynamic, readelfLines(path, '--dyn-syms'))).toEqual([]);
    expect(differences(all, readelfLines(path, '--syms'))).toEqual([]);
  });
});

describeWith(['command:readelf', 'command:nm'], 'headers as readelf shows them', () => {
  test.each(files)('%s', (path) => {
    const elf = open(path);
    const header = output('readelf', '-Wh', path);
    expect(elf.entry).toBe(BigInt(/Entry point address: +(0x[0-9a-f]+)/.exec(header)?.[1] ?? 'none'));
    const sections = [
      ...output('readelf', '-WS', path).matchAll(/^ +\[ *(\d+)\] (\S*) +[A-Z_0-9]+ +([0-9a-f]{16}) ([0-9a-f]{6,}) ([0-9a-f]{6,})/gm),
    ];
    const shown = sections.map(([, index, name, address, offset, size]) => [
      Number(index),
      name,
      BigInt(`0x${address}`),
      Number(`0x${offset}`),
      Number(`0x${size}`),
    ]);
    expect(elf.sections.slice(1).map((s) => [s.index, s.name, s.address, s.offset, s.size])).toEqual(
      shown.filter(([index]) => index !== 0),
    );
    const loads = [...output('readelf', '-Wl', path).matchAll(/^ +LOAD +(0x\S+) (0x\S+) 0x\S+ (0x\S+) (0x\S+) (.{3})/gm)];
    expect(elf.segments.filter((s) => s.type === 1).map((s) => [s.offset, s.address, s.fileSize, s.memorySize, s.executable])).toEqual(
      loads.map(([, offset, address, file, memory, flags]) => [
        Number(offset),
        BigInt(address ?? ''),
        Number(file),
        Number(memory),
        flags?.includes('E'),
      ]),
    );
    expect(elf.buildId).toBe(/Build ID: ([0-9a-f]+)/.exec(output('readelf', '-Wn', path))?.[1] ?? null);
    const dynamic = output('readelf', '-Wd', path);
    expect(elf.dynamic.needed).toEqual([...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((match) => match[1]));
    expect(elf.dynamic.soname).toBe(/\(SONAME\).*\[(.*)\]/.exec(dynamic)?.[1] ?? null);
    const copies = [...output('readelf', '-Wr', path).matchAll(/R_X86_64_COPY +[0-9a-f]+ ([^@\s]+)/g)].map((match) => match[1]);
    expect(elf.copiedSymbols.map((index) => elf.dynamicSymbols?.at(index).name)).toEqual(copies);
  });
});

describeWith(['command:readelf', 'command:nm'], 'look-ups against nm', () => {
  test.each(files)('200 defined names of %s are found by name and by address', (path) => {
    const elf = open(path);
    const table = elf.symbols ?? elf.dynamicSymbols;
    const lines = output('nm', ...(elf.symbols === null ? ['-D'] : []), '--defined-only', path)
      .trimEnd()
      .split('\n');
    const step = Math.max(1, Math.floor(lines.length / 200));
    for (const text of lines.filter((_, i) => i % step === 0)) {
      const [, value = '', letter = '', name = ''] = /^([0-9a-f]+) (.) (.*)$/.exec(text) ?? [];
      const found = table?.find(name) ?? [];
      const symbol = found.find((s) => s.address === BigInt(`0x${value}`));
      expect(symbol, text).toBeDefined();
      if (symbol === undefined || !'TtWwDdBbRrVvi'.includes(letter) || !['function', 'object'].includes(symbol.kind)) continue;
      expect(table?.containing(symbol.address)?.address, text).toBe(symbol.address);
    }
    expect(lines.length).toBeGreaterThan(30);
  });

  test.skipIf(files.length === 0)('the symbol found for an address starts there or before, and contains it', () => {
    const elf = open(files[0] ?? '');
    const table = elf.symbols ?? elf.dynamicSymbols;
    let found = 0;
    for (let index = 1; index < (table?.count ?? 0); index++) {
      const symbol = table?.at(index);
      if (
        symbol === undefined ||
        symbol.defined !== 'here' ||
        symbol.size === 0 ||
        (symbol.kind !== 'function' && symbol.kind !== 'object')
      )
        continue;
      const last = (symbol.address + BigInt(symbol.size - 1)) as typeof symbol.address;
      const containing = table?.containing(last);
      expect(containing, symbol.name).not.toBeNull();
      expect((containing?.address ?? 0n) >= symbol.address, symbol.name).toBe(true);
      expect((containing?.address ?? 0n) + BigInt(containing?.size ?? 0) > last, symbol.name).toBe(true);
      found++;
    }
    expect(found).toBeGreaterThan(1000);
  });
});
