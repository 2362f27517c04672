import { describe, expect, test } from 'vitest';
import { parseScenario } from './parse.js';
import { kernelsOf, type Scenario } from './scenario.js';
import { markedLine } from './scenario-error.js';

const BASE = `title a test
memory a 4
program p
  nop
again:
  store a = 1
end
thread T runs p
tracer gdb
kernel user K
`;

function scenarioOf(text: string): Scenario {
  const parsed = parseScenario(text);
  if (parsed.kind === 'errors') throw parsed.errors[0];
  return parsed.scenario;
}

/** What is wrong with `script` behind the common head: place, code and message. */
function errorsOf(script: string, head = BASE): string[] {
  const parsed = parseScenario(head + script);
  const above = head.split('\n').length - 1;
  return parsed.kind === 'scenario' ? [] : parsed.errors.map((one) => `${one.line - above}:${one.column} ${one.code} ${one.found}`);
}

describe('a scenario', () => {
  test('is read line by line', () => {
    const { title, memories, programs, threads, actors, kernels, cpus } = scenarioOf(`${BASE}run T`);
    expect({ title, kernels, cpus }).toEqual({ title: 'a test', kernels: ['hwbkpt'], cpus: 1 });
    expect(memories).toMatchObject([{ name: 'a', length: 4, kernel: false, at: null }]);
    expect(programs[0]).toMatchObject({ name: 'p', labels: [{ name: 'again', index: 1 }] });
    expect(programs[0]?.code.map(({ text }) => text)).toEqual(['nop', 'store a = 1']);
    expect(threads).toMatchObject([{ name: 'T', cpu: 0, process: 'T' }]);
    expect(actors).toMatchObject([
      { name: 'gdb', kind: 'tracer' },
      { name: 'K', kind: 'kernel' },
    ]);
  });

  test('names its kernels, and those that a line speaks of', () => {
    const text = `kernels hwbkpt\n${BASE}gdb poke T dr0 = a -> ok, linux EINVAL\nexpect on freebsd, netbsd: T is running`;
    expect(kernelsOf(scenarioOf(text))).toEqual(['hwbkpt', 'linux', 'freebsd', 'netbsd']);
  });

  test('says what a request is to answer', () => {
    const [statement] = scenarioOf(`${BASE}gdb set T slot 3 write a -> ENOSPC, linux-2.6.20 EBUSY`).script;
    expect(statement).toMatchObject({
      kind: 'request',
      request: { ask: 'set', slot: 3, breakpoint: { access: 'write' } },
      results: [
        { kernel: null, result: { kind: 'errno', errno: 'ENOSPC' } },
        { kernel: 'linux-2.6.20', result: { kind: 'errno', errno: 'EBUSY' } },
      ],
    });
  });

  test.each([
    ['expect T dr6 shows 0, step', { kind: 'shows', bits: [0], step: true }],
    ['expect T dr6 shows nothing', { kind: 'shows', bits: [], step: false }],
    ['expect cpu 0 armed write a, execute &again', { kind: 'armed', cpu: 0 }],
    ['expect K uninstalled then cpu 0 load then T stop', { kind: 'order' }],
    ['expect T exception 3 times', { kind: 'times', times: 3 }],
    ['expect T signal SIGTRAP never', { kind: 'times', times: 0, event: { of: 'signal', signal: 'SIGTRAP' } }],
    ['expect T is stopped by SIGTRAP TRAP_TRACE', { kind: 'state', state: { is: 'stopped', signal: 'SIGTRAP', code: 'TRAP_TRACE' } }],
    ['expect K is waiting', { kind: 'client', status: 'waiting' }],
    ['expect kernel memory 0xffff800000001000:4 = 7', { kind: 'memory', thread: null, value: 7 }],
    ['expect not T context has debug registers', { kind: 'context' }],
  ])('%s', (line, fact) => {
    expect(scenarioOf(BASE + line).script[0]).toMatchObject({ kind: 'expect', fact });
  });
});

describe('mistakes', () => {
  test.each([
    ['expekt T is running', '1:1 scenario-unknown-name expekt'],
    ['expect TT is running', '1:8 scenario-unknown-name TT'],
    ['gdb attatch T', '1:5 scenario-syntax attatch'],
    ['gdb set T slot 0 write b', '1:24 scenario-unknown-name b'],
    ['gdb set T slot 0 write a+1', '1:24 scenario-range a'],
    ['gdb set T slot 999 write a', '1:16 scenario-range 999'],
    ['gdb poke T dr8 = 1', '1:12 scenario-syntax dr8'],
    ['gdb poke T dr0 = 0x10000000000000000', '1:18 scenario-range 0x10000000000000000'],
    ['gdb poke T dr0 -> ENOSPACE', '1:16 scenario-syntax ->'],
    ['gdb cont T -> ENOSPACE', '1:15 scenario-syntax ENOSPACE'],
    ['switch cpu 1 to T', '1:1 scenario-range 1'],
    ['run T until &agian', '1:13 scenario-unknown-name agian'],
    ['run T 5', '1:8 scenario-syntax '],
    ['run T now', '1:7 scenario-syntax now'],
    ['expect T is happy', '1:13 scenario-syntax happy'],
    ['expect cpu 0 dr0 = a ?', '1:22 scenario-syntax ?'],
    ['run T 12abc', '1:7 scenario-syntax 12abc'],
    ['run T\nmemory b 4', '2:1 scenario-structure memory'],
  ])('%s', (script, wrong) => {
    expect(errorsOf(script)).toEqual([wrong]);
  });

  test('all of a file are reported, in the order of its lines', () => {
    expect(errorsOf('run U\nexpekt T\ngdb peek T dr9\nexpect K is gone')).toEqual([
      '1:5 scenario-unknown-name U',
      '2:1 scenario-unknown-name expekt',
      '3:12 scenario-syntax dr9',
      '4:13 scenario-syntax gone',
    ]);
  });

  test('a damaged declaration does not make mistakes of its uses', () => {
    expect(errorsOf('run T\nexpect b is running', BASE.replace('memory a 4', 'memry a 4'))).toHaveLength(1);
  });

  test.each([
    ['two of one name', 'memory T 4\n', 'scenario-name-taken'],
    ['a word of the language', 'memory expect 4\n', 'scenario-name-taken'],
    ['memory over other memory', 'memory b 4 at 0x601002\n', 'scenario-range'],
    ['user memory in the kernel', 'memory b 4 at 0xffff800000000000\n', 'scenario-range'],
    ['a rule that is none', 'mutant trap.dr9 = last\n', 'scenario-unknown-name'],
    ["a rule's value of another kind", 'mutant trap.dr6 = 7\n', 'scenario-range'],
    ['a thread of no program', 'thread U runs q\n', 'scenario-unknown-name'],
    ['a second title', 'title again\n', 'scenario-structure'],
    ['a kernel that is none', 'kernels lunix\n', 'scenario-syntax'],
  ])('%s', (_, line, code) => {
    const parsed = parseScenario(`${BASE}${line}run T`);
    expect(parsed.kind === 'errors' ? parsed.errors.map((one) => one.code) : []).toEqual([code]);
  });

  test.each([
    ['no title', 'run T', 'there is no title'],
    ['no end of a program', 'title t\nprogram p\nnop', 'there is no end of the program'],
    ['nothing', '', 'there is no title'],
    ['only a title', 'title t', 'there is no script'],
  ])('%s', (_, text, message) => {
    const parsed = parseScenario(text);
    expect(parsed.kind === 'errors' ? parsed.errors.map((one) => one.message).join() : '').toContain(message);
  });

  test('near names are offered', () => {
    const parsed = parseScenario(`${BASE}gdb peek T dr6\ngbd peek T dr6`);
    expect(parsed.kind === 'errors' ? parsed.errors[0] : null).toMatchObject({ near: ['gdb'], line: 12, column: 1 });
  });

  test('are shown with their line and a caret', () => {
    expect(markedLine('one\n\ttwo three', { line: 2, column: 6 })).toEqual([' two three', '     ^']);
  });
});
