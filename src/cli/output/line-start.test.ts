import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSameFile, LineStart } from './line-start.js';
import { WrittenCount } from './written-count.js';

/** Of a target whose count is not shown. */
const HIDDEN = { read: () => null };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-line-start-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what is shared', () => {
  test('nothing with a process whose output goes elsewhere', () => {
    const fd = openSync(join(folder, 'own'), 'w');
    const start = LineStart.between(fd, { pid: process.pid, held: false, written: new WrittenCount(process.pid) });
    expect(start.kind).toBe('none');
    expect(start.needed()).toBe('');
    expect(start.disturbed).toBe(false);
    closeSync(fd);
  });

  test('/dev/null is nobody’s', () => {
    const stat = { dev: 5, ino: 4, rdev: 0x103 };
    expect(isSameFile(stat as never, stat as never)).toBe(false);
    expect(isSameFile({ ...stat, rdev: 0x8801 } as never, { ...stat, rdev: 0x8801 } as never)).toBe(true);
  });
});

describe('a file', () => {
  function neededIn(flags: string, content: string): string {
    const path = join(folder, `file-${flags}`);
    const fd = openSync(path, flags);
    try {
      writeSync(fd, content);
      return new LineStart('file', fd, HIDDEN).needed();
    } finally {
      closeSync(fd);
      rmSync(path);
    }
  }

  test.each(['w', 'a'])('opened with %s: a newline is needed exactly in the middle of a line', (flags) => {
    expect(neededIn(flags, '')).toBe('');
    expect(neededIn(flags, 'a line\n')).toBe('');
    expect(neededIn(flags, 'a line\nand a ha')).toBe('\n');
  });

  test('its own position counts, not its end, unless it appends', () => {
    const path = join(folder, 'sparse');
    const first = openSync(path, 'w');
    writeSync(first, 'half a line');
    const fd = openSync(path, 'r+');
    expect(new LineStart('file', fd, HIDDEN).needed()).toBe('');
    const appending = openSync(path, 'a');
    expect(new LineStart('file', appending, HIDDEN).needed()).toBe('\n');
    for (const open of [first, fd, appending]) closeSync(open);
    expect(readFileSync(path, 'utf8')).toBe('half a line');
  });
});

describe('a stream', () => {
  test('needs a newline unless the target has written nothing since our last line', () => {
    let written: string | null = '10';
    const start = new LineStart('stream', -1, { read: () => written });
    // Nothing is known of what it wrote before us.
    expect(start.needed()).toBe('\n');
    start.reached();
    expect(start.needed()).toBe('');
    written = '11';
    expect(start.needed()).toBe('\n');
    expect(start.needed()).toBe('\n');
    start.reached();
    expect(start.needed()).toBe('');
    start.forked();
    start.reached();
    expect(start.needed()).toBe('\n');
  });

  test('what the target writes between the look and our line counts as not seen yet', () => {
    let written = 10;
    const start = new LineStart('stream', -1, { read: () => String(written) });
    expect(start.needed()).toBe('\n');
    written = 20;
    start.reached();
    expect(start.needed()).toBe('\n');
  });

  test('where the count is hidden, a newline is always needed', () => {
    const start = new LineStart('stream', -1, HIDDEN);
    start.reached();
    expect(start.needed()).toBe('\n');
  });
});

describe('the count of bytes written', () => {
  test('grows with what a process writes', () => {
    using count = new WrittenCount(process.pid);
    const before = Number(count.read());
    const fd = openSync(join(folder, 'counted'), 'w');
    writeSync(fd, 'x'.repeat(1000));
    closeSync(fd);
    expect(Number(count.read())).toBeGreaterThanOrEqual(before + 1000);
  });

  test('of a process that is gone, or never was', () => {
    using count = new WrittenCount(2 ** 30);
    expect(count.read()).toBe('gone');
  });
});
