import { describe, expect, test } from 'vitest';
import { i64, madeHit, madePlace, madeWatch } from '../../../test/cli/made-hit.js';
import { colorsFor } from './colors.js';
import { armedLine, eventLine, hitLine, plural, summaryLine } from './text.js';

/** No terminal, so no colours. */
const style = { since: 5_000_000_000n, colors: colorsFor(-1) };

describe('hitLine', () => {
  test('time, thread, change and place', () => {
    expect(hitLine(madeHit(), style)).toBe('    0.000000  hot[4712]  counter: 41 -> 42  bump (hot.c:12)');
  });

  test('says what else there is to know of the value', () => {
    expect(hitLine(madeHit({ newBytes: i64(41n) }), style)).toContain('41 -> 41  bump (hot.c:12)  (same value)');
    expect(hitLine(madeHit({ newBytes: null, valueSource: null }), style)).toContain('counter: 41 -> ?  ');
    expect(hitLine(madeHit({ valueSource: 'memory', repeat: 3 }), style)).toContain('(in 3 steps, value read afterwards)');
    expect(hitLine(madeHit({ valueSource: 'sequence' }), style)).toContain('(value from the next hit)');
  });

  test('tells reads from writes', () => {
    const watch = madeWatch({ access: 'readwrite' });
    expect(hitLine(madeHit({ watch, newBytes: i64(41n), valueSource: 'unchanged' }), style)).toContain('counter: 41 read  bump');
    expect(hitLine(madeHit({ watch }), style)).toContain('counter: 41 -> 42  bump');
  });

  test('the instruction where it is asked for', () => {
    const instruction = { address: 0x401136n, text: 'add dword ptr [0x404028], 1' };
    expect(hitLine(madeHit({ instruction, valueSource: 'memory' }), style)).toContain(
      'bump (hot.c:12)  0x401136: add dword ptr [0x404028], 1  (value read afterwards)',
    );
    expect(hitLine(madeHit({ instruction: { address: null, text: 'ret' } }), style)).toMatch(/bump \(hot\.c:12\) {2}ret$/);
  });

  test('code has no values', () => {
    const watch = madeWatch({ expression: 'bump', access: 'execute', size: 1 });
    expect(hitLine(madeHit({ watch, oldBytes: null, newBytes: null, valueSource: null }), style)).toContain(
      'bump: executed  bump (hot.c:12)',
    );
  });

  test('places without a line, without a name, in the kernel, nowhere', () => {
    const at = (more: Parameters<typeof madePlace>[0]): string =>
      hitLine(madeHit({ place: madePlace({ file: null, line: null, ...more }) }), style);
    expect(at({ function: 'memcpy', module: 'libc.so.6' })).toMatch(/ {2}memcpy \(libc\.so\.6\)$/);
    expect(at({ function: null, module: 'libc.so.6' })).toMatch(/ {2}\? \(libc\.so\.6\)$/);
    expect(at({ function: '_copy_to_iter', module: '[kernel]' })).toMatch(/ {2}_copy_to_iter \(kernel\)$/);
    expect(at({ function: null, module: null })).toMatch(/ {2}\?$/);
  });

  test('where the kernel is watched: the process, and the place within the function', () => {
    const at = (more: Parameters<typeof madePlace>[0]): string =>
      hitLine(madeHit({ cgroup: '/', place: madePlace({ file: null, line: null, offset: 0x4c, ...more }) }), style);
    expect(at({ function: 'tick', module: '[kernel]' })).toBe('    0.000000  4711 hot  counter: 41 -> 42  tick+0x4c [kernel]');
    expect(at({ function: 'tick', module: '[ext4]' })).toMatch(/ {2}tick\+0x4c \[ext4\]$/);
    expect(at({ function: 'tick', module: '[kernel]', file: '/linux/tick.c', line: 7 })).toMatch(/ {2}tick \(tick\.c:7\)$/);
    expect(at({ function: null, module: '[kernel]' })).toMatch(/ {2}\? \(kernel\)$/);
  });

  test('says of a value that another CPU may have written it', () => {
    expect(hitLine(madeHit({ valueSource: 'racy' }), style)).toContain("(may be another CPU's value)");
    expect(hitLine(madeHit({ valueSource: 'trap' }), style)).toMatch(/bump \(hot\.c:12\)$/);
  });

  test('callers on lines of their own, as far as anything is known of them', () => {
    const unknown = madePlace({ function: null, file: null, line: null, module: null });
    const stack = [
      madePlace(),
      madePlace({ function: 'step', line: 20 }),
      unknown,
      madePlace({ function: 'main', line: 30 }),
      unknown,
      unknown,
    ];
    expect(hitLine(madeHit({ stack }), style).split('\n').slice(1)).toEqual([
      '              from step (hot.c:20)',
      '              from ?',
      '              from main (hot.c:30)',
    ]);
  });

  test('names from the target do nothing to the terminal', () => {
    const line = hitLine(madeHit({ comm: '\u001b[2J', place: madePlace({ function: 'a\rb' }) }), style);
    expect(line).toContain('\\x1b[2J[4712]');
    expect(line).toContain('a\\x0db (hot.c:12)');
  });
});

test('armedLine is what the manual promises', () => {
  const where = { watch: 'shared', address: '0x4040', size: 8, threads: 3, cpus: 2 } as const;
  const message = { type: 'armed', ...where, engine: 'perf', not_covered: ['dma'] } as const;
  expect(armedLine(message)).toBe('armed shared = 0x4040, 8 bytes, 3 threads on 2 CPUs, engine perf; not covered: dma');
  expect(armedLine({ ...message, size: 1, threads: 1, cpus: 1, not_covered: [] })).toBe(
    'armed shared = 0x4040, 1 byte, 1 thread on 1 CPU, engine perf; not covered: nothing',
  );
  expect(armedLine({ ...message, threads: 0, engine: 'bpf' })).toBe('armed shared = 0x4040, 8 bytes, 2 CPUs, engine bpf; not covered: dma');
});

test('summaryLine', () => {
  const summary = {
    type: 'summary',
    hits: 1234,
    lost: 1,
    unseen_changes: 2,
    threads: 1,
    cpus: 2,
    engine: 'perf',
    not_covered: ['dma', 'children'],
  } as const;
  expect(summaryLine(summary)).toBe('1,234 hits, 1 lost, 2 unseen changes, 1 thread on 2 CPUs, engine perf; not covered: dma, children');
});

describe('eventLine', () => {
  test('a new process is either watched, or said not to be', () => {
    const fork = { kind: 'fork', pid: 1, child: 2, time: 0n } as const;
    expect(eventLine(fork, true)).toBe('process 1 made process 2');
    expect(eventLine(fork, false)).toBe('process 1 made process 2, which is not watched (--inherit children)');
  });

  test('an unseen change shows both values', () => {
    const event = { kind: 'unseen-change', watch: madeWatch(), pid: 1, time: 0n, expected: i64(7n), found: i64(8n) } as const;
    expect(eventLine(event, true)).toMatch(/^unseen change of counter: 7 became 8 without a hit/);
  });

  test('where a watch that follows its name leads, and why it waits', () => {
    const watch = madeWatch();
    const moved = { kind: 're-aimed', watch, time: 0n, threads: 1 } as const;
    expect(eventLine({ ...moved, blind: 5_840_000n }, true)).toBe('counter is at 0x555500004040 now (not watched for 5.8 ms)');
    expect(eventLine({ ...moved, blind: null }, true)).toBe('counter is at 0x555500004040 now');
    expect(eventLine({ kind: 'waiting-for-pointer', watch, reason: 'p is null' }, true)).toBe('counter waits: p is null');
    expect(eventLine({ kind: 'waiting-for-call', watch, function: 'f' }, true)).toBe('counter waits for a call of f');
    expect(eventLine({ kind: 'frame-ended', watch, time: 0n }, true)).toBe('the call that counter was watched in has ended');
    expect(eventLine({ kind: 'waiting-for-library', watch, library: 'a.so' }, true)).toBe('counter waits until a.so is loaded');
  });

  test('names of programs do nothing to the terminal', () => {
    expect(eventLine({ kind: 'exec', pid: 1, comm: 'x\u001b[m', time: 0n }, true)).toBe('process 1 runs another program now: x\\x1b[m');
  });
});

test('plural', () => {
  expect([plural(0, 'hit'), plural(1, 'hit'), plural(1000, 'hit'), plural(2, 'watch')]).toEqual([
    '0 hits',
    '1 hit',
    '1,000 hits',
    '2 watches',
  ]);
});
