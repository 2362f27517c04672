// Symbol tables made entry by entry: names, files, addresses.
import { describe, expect, test } from 'vitest';
import { joined, type MadeSymbol, madeSymbols } from '../../../test/symbols/elf-maker.js';
import { as, type FileAddress } from '../../base/brand.js';
import { SymbolTable } from './symbol-table.js';

const OBJECT = 1;
const FUNCTION = 2;
const FILE = 4;
const LOCAL = 0;
const WEAK = 2;

function table(...symbols: readonly MadeSymbol[]): SymbolTable {
  return new SymbolTable(madeSymbols(symbols));
}

/** The name of the symbol that contains an address. */
function at(symbols: SymbolTable, address: number): string | null {
  return symbols.containing(as<FileAddress>(BigInt(address)))?.name ?? null;
}

describe('names', () => {
  test('are found whole, with and without version', () => {
    const symbols = table({ name: 'state' }, { name: 'statement' }, { name: 'my_state' }, { name: 'state@@V2' }, { name: 'state@V1' });
    expect(symbols.find('state').map((s) => s.version)).toEqual([null, 'V2', 'V1']);
    expect(symbols.find('state@@V2')).toHaveLength(1);
    expect(symbols.find('stat')).toEqual([]);
    expect(symbols.find('')).toEqual([]);
  });

  test('beyond ASCII', () => {
    const names = new TextEncoder().encode('\0größe_€_😀\0');
    const { entries } = madeSymbols([{ name: 'x', value: 5n }]);
    expect(new SymbolTable({ entries, names }).find('größe_€_😀')).toMatchObject([{ address: 5n, name: 'größe_€_😀' }]);
  });

  test('that share their end in the string table', () => {
    const { entries } = madeSymbols([{ name: 'x', value: 5n }]);
    const names = Uint8Array.from('\0barfoo\0', (c) => c.charCodeAt(0));
    const patched = entries.slice();
    patched[24] = 4;
    expect(new SymbolTable({ entries: patched, names }).find('foo')).toHaveLength(1);
  });

  test('of a kind, for suggestions', () => {
    const symbols = table({ name: 'data' }, { name: 'code', type: FUNCTION }, { name: 'elsewhere', section: 0 }, { name: 'stdout@@V' });
    expect([...symbols.names('object')]).toEqual(['data', 'stdout']);
    expect([...symbols.names('function', 'object')]).toEqual(['data', 'code', 'stdout']);
  });

  test('mangled ones by a part', () => {
    const symbols = table({ name: '_ZN4game5stateE' }, { name: '_ZL5state' }, { name: 'x5state' });
    expect(symbols.findContaining(['_Z', '_R'], '5state', 10).map((s) => s.name)).toEqual(['_ZN4game5stateE', '_ZL5state']);
    expect(symbols.findContaining(['_Z'], '5state', 1)).toHaveLength(1);
  });

  test('entries that are not aligned in memory', () => {
    const { entries, names } = madeSymbols([{ name: 'odd', value: 0x1_2345_6789n }]);
    const shifted = joined(new Uint8Array(1), entries).subarray(1);
    expect(new SymbolTable({ entries: shifted, names }).find('odd')).toMatchObject([{ address: 0x1_2345_6789n }]);
  });
});

test('local symbols belong to the file before them; an empty file name ends a group; global ones belong to none', () => {
  const symbols = table(
    { name: 'start', binding: LOCAL },
    { name: 'a.c', type: FILE, binding: LOCAL, section: 0xfff1 },
    { name: 'counter', binding: LOCAL, value: 1n },
    { name: 'b.c', type: FILE, binding: LOCAL, section: 0xfff1 },
    { name: 'counter', binding: LOCAL, value: 2n },
    { name: '', type: FILE, binding: LOCAL, section: 0xfff1 },
    { name: 'made_by_linker', binding: LOCAL },
    { name: 'global' },
  );
  expect(symbols.find('counter').map((s) => [s.file, s.address])).toEqual([
    ['a.c', 1n],
    ['b.c', 2n],
  ]);
  for (const name of ['start', 'made_by_linker', 'global']) expect(symbols.find(name)[0]?.file, name).toBeNull();
});

test('every kind and binding', () => {
  const kinds = table(...[0, 1, 2, 3, 5, 6, 10, 13].map((type) => ({ name: `t${type}`, type })));
  expect([0, 1, 2, 3, 5, 6, 10, 13].map((type) => kinds.find(`t${type}`)[0]?.kind)).toEqual([
    'untyped',
    'object',
    'function',
    'section',
    'common',
    'thread-local',
    'indirect',
    'other',
  ]);
  const bindings = table(...[0, 1, 2, 10, 13].map((binding) => ({ name: `b${binding}`, binding })));
  expect([0, 1, 2, 10, 13].map((binding) => bindings.find(`b${binding}`)[0]?.binding)).toEqual([
    'local',
    'global',
    'weak',
    'unique',
    'other',
  ]);
  expect(table({ name: 'h', visibility: 2 }).find('h')[0]?.hidden).toBe(true);
  expect(table({ name: 'p', visibility: 3 }).find('p')[0]?.hidden).toBe(false);
  expect(table({ name: 'a', section: 0xfff1 }).find('a')[0]?.defined).toBe('absolute');
});

describe('addresses', () => {
  test('from the first to the last byte of a symbol', () => {
    const symbols = table(
      { name: 'f', type: FUNCTION, value: 0x100n, size: 0x10n },
      { name: 'g', type: FUNCTION, value: 0x120n, size: 4n },
    );
    expect([0xff, 0x100, 0x10f, 0x110, 0x11f, 0x120, 0x123, 0x124].map((a) => at(symbols, a))).toEqual([
      null,
      'f',
      'f',
      null,
      null,
      'g',
      'g',
      null,
    ]);
  });

  test('a label of size 0 reaches to the next symbol, but never wins over what contains it', () => {
    const symbols = table(
      { name: 'label', type: 0, value: 0x80n },
      { name: 'f', type: FUNCTION, value: 0x100n, size: 0x40n },
      { name: 'inside', type: 0, value: 0x110n },
      { name: 'last', type: 0, value: 0x200n },
    );
    expect([0x7f, 0x80, 0xff, 0x115, 0x140, 0x5000].map((a) => at(symbols, a))).toEqual([null, 'label', 'label', 'f', null, 'last']);
  });

  test('inside nested symbols the innermost wins, and after it the outer one again', () => {
    const symbols = table(
      { name: 'outer', value: 0x100n, size: 0x100n },
      { name: 'inner', value: 0x120n, size: 0x10n },
      { name: 'tiny', value: 0x124n, size: 1n },
    );
    expect([0x110, 0x121, 0x124, 0x125, 0x130, 0x1ff].map((a) => at(symbols, a))).toEqual([
      'outer',
      'inner',
      'tiny',
      'inner',
      'outer',
      'outer',
    ]);
  });

  test.each<[string, MadeSymbol, MadeSymbol]>([
    ['typed before untyped', { name: 'typed', type: FUNCTION, binding: LOCAL }, { name: 'label', type: 0 }],
    ['sized before size 0', { name: 'sized', size: 8n, binding: LOCAL }, { name: 'unsized' }],
    ['global before local', { name: '_global' }, { name: 'local', binding: LOCAL }],
    ['weak `write` before `__write`', { name: 'write', binding: WEAK }, { name: '__write' }],
    ['strong before weak', { name: 'strong' }, { name: 'weak', binding: WEAK }],
  ])('of two at one address: %s', (_, better, worse) => {
    const place = { value: 0x100n };
    for (const pair of [
      [better, worse],
      [worse, better],
    ]) {
      expect(at(table(...pair.map((symbol) => ({ ...symbol, ...place }))), 0x100)).toBe(better.name);
    }
  });

  test('undefined, absolute, common, thread-local, section and file symbols have no place in memory', () => {
    const place = { value: 0x100n, size: 8n };
    const symbols = table(
      { name: 'undefined', section: 0, ...place },
      { name: 'absolute', section: 0xfff1, ...place },
      { name: 'common', section: 0xfff2, ...place },
      { name: 'tls', type: 6, ...place },
      { name: 'section', type: 3, ...place },
      { name: '', type: OBJECT, ...place },
    );
    expect(at(symbols, 0x100)).toBeNull();
  });

  test('kernel addresses', () => {
    const symbols = table(
      { name: 'low', value: 0xffffffff81000000n, size: 0x10n },
      { name: 'high', value: 0xfffffffffffff000n, size: 0x1000n },
    );
    const name = (address: bigint) => symbols.containing(as<FileAddress>(address))?.name ?? null;
    expect(name(0xffffffff8100000fn)).toBe('low');
    expect(name(0xffffffffffffffffn)).toBe('high');
    expect(name(0xffffffff81000010n)).toBeNull();
  });
});
