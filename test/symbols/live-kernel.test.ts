// The kernel's symbols, from made-up lists and from the running kernel.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolve } from '../../src/expressions/index.js';
import { KernelModule } from '../../src/symbols/live/kernel-module.js';
import { KernelAddressesHiddenError, KernelSymbols } from '../../src/symbols/live/kernel-symbols.js';

const LIST = `ffffffff81000000 T _stext
ffffffff81000000 T startup_64
ffffffff81000040 t do_sys_openat2
ffffffff81000100 D jiffies
ffffffff81000108 d jiffies_lock
ffffffffc0201000 t helper\t[ext4]
ffffffffc0202000 t helper\t[xfs]
ffffffffc0203000 t last
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-kallsyms-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function symbols(text: string): KernelSymbols {
  const path = join(folder, 'kallsyms');
  writeFileSync(path, text);
  return new KernelSymbols(path);
}

describe('a made-up list', () => {
  test('names', () => {
    const kernel = symbols(LIST);
    expect(kernel.find('jiffies')).toEqual([
      { name: 'jiffies', address: 0xffffffff81000100n, kind: 'object', room: 8, module: '[kernel]' },
    ]);
    expect(kernel.find('helper').map(({ module, kind }) => [module, kind])).toEqual([
      ['[ext4]', 'function'],
      ['[xfs]', 'function'],
    ]);
    expect(kernel.find('last')[0]?.room).toBeNull();
    for (const none of ['jiffie', 'iffies', 'sys', 'T', '[ext4]', '']) expect(kernel.find(none), none).toEqual([]);
    expect([...kernel.names('object')]).toEqual(['jiffies', 'jiffies_lock']);
  });

  test('addresses', () => {
    const kernel = symbols(LIST);
    expect(kernel.place(0xffffffff81000045n)).toEqual({
      function: 'do_sys_openat2',
      file: null,
      line: null,
      module: '[kernel]',
      offset: 5,
    });
    expect(kernel.place(0xffffffffc0201fffn)).toMatchObject({ function: 'helper', module: '[ext4]', offset: 0xfff });
    expect(kernel.place(0xffffffff81000100n), 'data is no place in the code').toMatchObject({ function: null, module: '[kernel]' });
    expect(kernel.place(0xffffffffc0400000n), 'code that nobody lists').toMatchObject({ function: null, module: '[kernel]', offset: null });
    expect(kernel.at(0xffffffff80ffffffn)).toBeNull();
    expect(kernel.at(0xffffffffffffffffn)?.name).toBe('last');
  });

  test('as expressions', () => {
    const scope = { modules: [new KernelModule(symbols(LIST))] };
    expect(resolve('jiffies:8', scope)).toMatchObject({ address: 0xffffffff81000100n, size: 8, module: '[kernel]', display: 'jiffies:8' });
    expect(resolve('do_sys_openat2', scope, { want: 'code' })).toMatchObject({ kind: 'function', address: 0xffffffff81000040n });
    expect(resolve('xfs.ko::helper', scope, { want: 'code' })).toMatchObject({ address: 0xffffffffc0202000n });
    expect(() => resolve('jiffies', scope)).toThrow('nothing says how large jiffies is');
    expect(() => resolve('jifies', scope)).toThrow(expect.objectContaining({ near: ['jiffies'] }));
    expect(() => resolve('helper', scope, { want: 'code' })).toThrow(
      expect.objectContaining({ candidates: ['ext4.ko::helper', 'xfs.ko::helper'] }),
    );
  });

  test('an unsorted list', () => {
    const kernel = symbols(LIST.trimEnd().split('\n').reverse().join('\n'));
    expect(kernel.place(0xffffffff81000045n).function).toBe('do_sys_openat2');
    expect(kernel.find('jiffies')[0]?.room).toBe(8);
  });

  test.each([
    ['zeros', LIST.replace(/^[0-9a-f]{16}/gm, '0000000000000000')],
    ['nothing', ''],
  ])('%s instead of addresses', (_, text) => {
    const kernel = symbols(text);
    expect(() => kernel.find('jiffies')).toThrow(KernelAddressesHiddenError);
    expect(kernel.place(0xffffffff81000045n)).toEqual({ function: null, file: null, line: null, module: '[kernel]', offset: null });
  });

  test('no list at all', () => {
    const error = (() => {
      try {
        return new KernelSymbols(join(folder, 'none')).find('x');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'kernel-addresses-hidden', hint: expect.stringContaining('kptr_restrict') });
  });
});

const kernelLines = readFileSync('/proc/kallsyms', 'latin1').split('\n');
const visible = kernelLines.some((line) => /^[0-9a-f]{16} T /.test(line) && !line.startsWith('0000000000000000'));

test.skipIf(!visible)(
  `the running kernel: every 997th function by name and by address${visible ? '' : ' [skipped: its addresses are hidden]'}`,
  () => {
    const kernel = new KernelSymbols();
    const functions = kernelLines.filter((line) => /^[0-9a-f]{16} [Tt] /.test(line)).filter((_, i) => i % 997 === 0);
    for (const line of functions) {
      const [, digits = '', name = ''] = /^(\S+) . ([^\t]+)/.exec(line) ?? [];
      const address = BigInt(`0x${digits}`);
      expect(
        kernel.find(name).map((symbol) => symbol.address),
        name,
      ).toContain(address);
      expect(kernel.at(address + 1n)?.address ?? 0n, name).toBeGreaterThanOrEqual(address);
    }
    expect(functions.length).toBeGreaterThan(20);
  },
);
