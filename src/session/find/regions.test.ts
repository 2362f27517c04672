// Which memory is searched: of a process by its maps, of the kernel by the files that say where it lies.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMaps } from '../../symbols/live/maps.js';
import { kernelRegions, kernelRegionsIn } from './kernel-regions.js';
import { regionsIn, writableRegions } from './process-regions.js';

const MAPS = `00400000-00401000 r-xp 00000000 fe:00 1                  /opt/game/game
00601000-00602000 rw-p 00001000 fe:00 1                  /opt/game/game
00602000-00603000 rw-p 00000000 00:00 0
01000000-01021000 rw-p 00000000 00:00 0                  [heap]
7f0000000000-7f0000100000 rw-p 00000000 00:00 0
7f0000100000-7f0000200000 ---p 00000000 00:00 0
7f0000200000-7f0000201000 rw-s 00000000 00:01 7          /dev/zero (deleted)
7f0000300000-7f0000301000 -w-p 00000000 00:00 0
7f0000400000-7f0000401000 rw-p 00000000 00:00 0          [anon:arena 1]
7f0000500000-7f0000501000 rw-p 00001000 fe:00 2          /usr/lib/libc.so.6
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0          [stack]
7ffc00030000-7ffc00034000 r--p 00000000 00:00 0          [vvar]
`;

describe('of a process', () => {
  const regions = writableRegions(parseMaps(MAPS));
  const names = (part: string): string[] => regionsIn(regions, part).map(({ name }) => name);

  test('all that can be written and read', () => {
    expect(names('all')).toEqual([
      ...['/opt/game/game', '/opt/game/game (bss)', 'heap', 'anonymous', '/dev/zero', '[anon:arena 1]', '/usr/lib/libc.so.6', 'stack'],
    ]);
    // Only what nobody else can write and no file fills is zero until it is written.
    expect(regions.filter(({ anonymous }) => anonymous).map(({ name }) => name)).toEqual([
      ...['/opt/game/game (bss)', 'heap', 'anonymous', '[anon:arena 1]', 'stack'],
    ]);
  });

  test.each([
    ['heap', ['heap', 'anonymous', '[anon:arena 1]']],
    ['stack', ['stack']],
    ['game', ['/opt/game/game', '/opt/game/game (bss)']],
    ['/opt/game/game', ['/opt/game/game', '/opt/game/game (bss)']],
    ['libc.so.6', ['/usr/lib/libc.so.6']],
    ['/opt', []],
  ])('--in %s', (part, expected) => {
    expect(names(part)).toEqual(expected);
  });
});

describe('of the kernel', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(`${tmpdir()}/hwbkpt-kernel-`);
    mkdirSync(`${folder}/proc`);
    for (const [section, address] of [
      ['.text', '0xffffffffc0000000'],
      ['.data', '0xffffffffc0005004'],
      ['.bss', '0xffffffffc0005800'],
      ['.data..read_mostly', '0xffffffffc0005600'],
      ['.init.data', '0xffffffffc0009000'],
    ]) {
      mkdirSync(`${folder}/module/thing/sections`, { recursive: true });
      writeFileSync(`${folder}/module/thing/sections/${section}`, `${address}\n`);
    }
    mkdirSync(`${folder}/module/hidden/sections`, { recursive: true });
    writeFileSync(`${folder}/module/hidden/sections/.data`, '0x0000000000000000\n');
    writeFileSync(`${folder}/proc/modules`, 'thing 8192 0 - Live 0xffffffffc0000000\nhidden 4096 0 - Live 0x0\n');
    writeFileSync(`${folder}/proc/iomem`, IOMEM);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const IOMEM = `00100000-bfffffff : System RAM
  01000000-022090c7 : Kernel code
  02400000-02e08fff : Kernel rodata
  03000000-0327c03f : Kernel data
  03b34000-03c57fff : Kernel bss
`;
  const symbols = (known: Readonly<Record<string, bigint>>) => ({
    find: (name: string) => {
      const address = known[name];
      return address === undefined ? [] : [{ name, address, kind: 'object' as const, room: null, module: '[kernel]' }];
    },
  });
  const files = () => ({ proc: `${folder}/proc`, modules: `${folder}/module` });

  test('from iomem, as far behind the code as it is in physical memory', () => {
    expect(kernelRegions(symbols({ _text: 0xffff_ffff_8a00_0000n }), files())).toEqual([
      { part: 'data', name: 'data', start: 0xffff_ffff_8c00_0000n, end: 0xffff_ffff_8c27_c040n },
      { part: 'bss', name: 'bss', start: 0xffff_ffff_8cb3_4000n, end: 0xffff_ffff_8cc5_8000n },
      { part: 'modules', name: 'thing .data', start: 0xffff_ffff_c000_5000n, end: 0xffff_ffff_c000_5600n },
      { part: 'modules', name: 'thing .data..read_mostly', start: 0xffff_ffff_c000_5600n, end: 0xffff_ffff_c000_5800n },
      { part: 'modules', name: 'thing .bss', start: 0xffff_ffff_c000_5800n, end: 0xffff_ffff_c000_7800n },
    ]);
  });

  test('from its symbols where it lists them', () => {
    const known = { _sdata: 0x1000n, _edata: 0x2000n, __bss_start: 0x3000n, __bss_stop: 0x4000n };
    const regions = kernelRegions(symbols(known), { proc: '/none', modules: '/none' });
    expect(regions.map(({ name, start, end }) => [name, start, end])).toEqual([
      ['data', 0x1000n, 0x2000n],
      ['bss', 0x3000n, 0x4000n],
    ]);
    expect(kernelRegionsIn(regions, 'all')).toHaveLength(2);
    expect(kernelRegionsIn(regions, 'bss').map(({ name }) => name)).toEqual(['bss']);
    expect(() => kernelRegionsIn(regions, 'modules')).toThrow('the kernel has no modules to search');
    expect(() => kernelRegionsIn(regions, 'heap')).toThrow('the kernel has no part called "heap"');
  });

  test('nobody but root sees where it is', () => {
    const hidden = IOMEM.replaceAll(/[0-9a-f]{8}(?=[- ])/g, '00000000');
    writeFileSync(`${folder}/proc/iomem`, hidden);
    expect(() => kernelRegions(symbols({ _text: 0xffff_ffff_8a00_0000n }), files())).toThrow('/proc/iomem shows no "Kernel data"');
    writeFileSync(`${folder}/proc/iomem`, IOMEM);
    expect(() => kernelRegions(symbols({}), files())).toThrow('where the kernel keeps its data cannot be seen');
  });
});
