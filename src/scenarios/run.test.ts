import { describe, expect, test } from 'vitest';
import { KERNELS } from '../machine/kernels/index.js';
import { jsonLines } from './json.js';
import { parseScenario } from './parse.js';
import type { Run } from './record.js';
import { runScenario } from './run.js';
import { timelineLines } from './timeline.js';

const HEAD = `title a test
memory a 4
program p
  store a = 1
  store a = 2
spin:
  jump spin
end
thread T runs p
tracer gdb
`;

function runOf(script: string, kernel: keyof typeof KERNELS = 'hwbkpt', head = HEAD): Run {
  const parsed = parseScenario(head + script);
  if (parsed.kind === 'errors') throw parsed.errors[0];
  return runScenario(parsed.scenario, KERNELS[kernel]);
}

describe('a run', () => {
  test('says which expects hold, and what is found instead', () => {
    const { verdicts, met } = runOf('run T 1 step\nexpect T memory a = 1\nexpect T memory a = 2\nexpect not T memory a = 2');
    expect(verdicts.map((one) => [one.met, one.found])).toEqual([
      [true, '1'],
      [false, '1'],
      [true, '1'],
    ]);
    expect(met).toBe(false);
  });

  test('a request without an arrow must succeed', () => {
    expect(runOf('gdb peek T dr0').verdicts).toMatchObject([{ met: false, found: 'ESRCH' }]);
    expect(runOf('gdb attach T\ngdb peek T dr0').verdicts).toEqual([]);
  });

  test('lines for another kernel say nothing', () => {
    const script = 'gdb attach T\ngdb poke T dr0 = 0xffffffffffffffff -> EIO, linux EINVAL\nexpect on linux: T is running';
    expect(runOf(script).verdicts).toMatchObject([{ met: true, found: 'EIO' }]);
    expect(runOf(script, 'linux').verdicts).toMatchObject([
      { met: true, found: 'EINVAL' },
      { met: false, found: 'stopped at attach' },
    ]);
    expect(runOf(script, 'netbsd').verdicts).toEqual([]);
  });

  test('what one kernel answers is there without anything expected', () => {
    expect(runOf('gdb attach T\nexpect on linux: T is running', 'netbsd').observations).toEqual([
      { line: 11, subject: 'gdb attach T', found: 'ok' },
      { line: 12, subject: 'T is', found: 'stopped at attach' },
    ]);
  });

  test('a thread that cannot run, or does not come to rest, is a failure', () => {
    expect(runOf('gdb attach T\nrun T').verdicts).toMatchObject([{ met: false, found: 'the thread is stopped' }]);
    expect(runOf('run T').verdicts).toMatchObject([{ met: false, found: 'it does not come to rest in 10000 steps' }]);
    expect(runOf('run T until &spin\nexpect T at &spin').met).toBe(true);
  });

  test('events count from the last mark', () => {
    const script = 'gdb attach T\nexpect T stop once\nmark\nexpect T stop never';
    expect(runOf(script).met).toBe(true);
  });

  test('an order is found with other events between', () => {
    const script = 'gdb attach T\ngdb set T slot 0 write a\ngdb cont T\nrun T\nexpect T stop then cpu 0 load then T exception then T stop';
    expect(runOf(script).met).toBe(true);
    expect(runOf(`${script}\nexpect T exception then T stop then T exception`).met).toBe(false);
  });
});

describe('its timeline', () => {
  const run = runOf('gdb attach T\ngdb set T slot 0 write a\ngdb cont T\nrun T\nexpect T dr6 shows 0\nexpect T dr6 shows 1');

  test('has a column for each CPU and thread, and registers where they change', () => {
    const text = timelineLines(run).join('\n');
    expect(text).toMatch(/line +\| cpu 0 +\| T/);
    expect(text).toContain('dr3=a dr7=0xd0000680');
    expect(text.match(/dr3=a/g)).toHaveLength(1);
    expect(text).toContain('#DB B3');
    expect(text).toContain('[dr6=0x1]');
    expect(text).toContain('NOT MET line 16: expect T dr6 shows 1; found: 0');
    expect(text).toContain('1 of 2 expectations not met');
  });

  test('fits into 160 columns with 8 CPUs and 8 threads', () => {
    const others = [1, 2, 3, 4, 5, 6, 7];
    const threads = others.map((n) => `thread T${n} runs p on cpu ${n}\n`).join('');
    const script = others.map((n) => `gdb attach T${n}\ngdb set T${n} slot 0 write a\ngdb cont T${n}\nrun T${n}\n`).join('');
    const lines = timelineLines(runOf(script, 'hwbkpt', `cpus 8\n${HEAD}${threads}`));
    expect(lines.length).toBeGreaterThan(40);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(160);
  });
});

describe('its JSON', () => {
  test('is one object a line, the summary last', () => {
    const lines = jsonLines(runOf('gdb attach T\nexpect T is running'), 'x.scn').map((line): unknown => JSON.parse(line));
    expect(lines).toMatchObject([
      { type: 'step', line: 11, text: 'gdb attach T', answer: 'ok', thread: null },
      { type: 'expect', line: 12, text: 'expect T is running', met: false, found: 'stopped at attach' },
      { type: 'summary', kernel: 'hwbkpt', expects: 1, not_met: 1, met: false },
    ]);
  });
});
