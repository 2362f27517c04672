import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { CodeNames } from './code-names.js';
import { PerfMap } from './perf-map.js';
import { scriptPlace } from './script-place.js';

describe('names of code', () => {
  test('of what overlaps the latest counts', () => {
    const names = new CodeNames();
    for (const line of ['1000 100 first', '1080 10 inside', '1000 20 replaced', 'nonsense', '0x3000 0x10 with prefix']) names.addLine(line);
    const at = (address: number) => names.at(address)?.name ?? null;
    expect([0xfff, 0x1000, 0x1020, 0x1085, 0x1090, 0x10ff, 0x1100, 0x3008].map(at)).toEqual([
      ...[null, 'replaced', 'first', 'inside', 'first', 'first', null, 'with prefix'],
    ]);
  });
});

test.each([
  ['JS:*fill /srv/app.js:12:15', { function: 'fill', file: '/srv/app.js', line: 12 }],
  ['LazyCompile:~emit node:events:460:44', { function: 'emit', file: 'node:events', line: 460 }],
  ['JS:^get size file:///srv/my app.mjs:3:9', { function: 'get size', file: '/srv/my app.mjs', line: 3 }],
  ['JS:* /srv/app.js:1:1', { function: '(anonymous)', file: '/srv/app.js', line: 1 }],
  ['Script:~ /srv/app.js:1:1', { function: '(anonymous)', file: '/srv/app.js', line: 1 }],
  ['Builtin:ArrayPush', { function: 'Builtin:ArrayPush', file: null, line: null }],
  ['Lorg/example/Main;::run', { function: 'Lorg/example/Main;::run', file: null, line: null }],
])('%s', (name, place) => {
  expect(scriptPlace(name)).toEqual(place);
});

describe('the list of a process', () => {
  const path = `/tmp/perf-${process.pid}.map`;
  afterEach(() => rmSync(path, { force: true }));

  test('is read, and more of it when it grows', async () => {
    writeFileSync(path, '7f0000000000 40 JS:*one /a.js:1:1\n7f00000');
    using map = new PerfMap(process.pid);
    expect(map.place(0x7f00_0000_0010)).toMatchObject({ function: 'one', line: 1, module: '[jit]', offset: 16 });
    writeFileSync(path, '00100 40 JS:*two /a.js:2:1\n', { flag: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(map.place(0x7f00_0000_0100)?.function).toBe('two');
    expect(map.place(0x7f00_0000_0200)).toBeNull();
  });

  test('of a process that had this number before is not taken', () => {
    writeFileSync(path, '7f0000000000 40 old\n');
    utimesSync(path, 1, 1);
    using map = new PerfMap(process.pid);
    expect(map.place(0x7f00_0000_0010)).toBeNull();
  });

  test('a link is not followed', () => {
    const folder = mkdtempSync(join('/tmp', 'hwbkpt-map-'));
    writeFileSync(join(folder, 'list'), '7f0000000000 40 elsewhere\n');
    symlinkSync(join(folder, 'list'), path);
    using map = new PerfMap(process.pid);
    expect(map.place(0x7f00_0000_0010)).toBeNull();
    rmSync(folder, { recursive: true });
  });
});
