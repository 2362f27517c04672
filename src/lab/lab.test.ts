import { describe, expect, test } from 'vitest';
import { parseScenario, type Scenario } from '../scenarios/index.js';
import { compareKernels, kernelsTable, mutantLines, runAllKernels, runMutants } from './index.js';

const HEAD = `title fork
mutant life.fork = copy
mutant trap.stepBit = last
memory a 4
program p
  fork child as C
  exit 0
child:
  exit 0
end
thread T runs p
tracer gdb
gdb attach T
gdb set T slot 0 write a
gdb detach T
run T
`;

function scenarioOf(script: string): Scenario {
  const parsed = parseScenario(HEAD + script);
  if (parsed.kind === 'errors') throw parsed.errors[0];
  return parsed.scenario;
}

describe('all kernels', () => {
  const scenario = scenarioOf('expect C dr0 = 0\nexpect on linux-2.6.20: C dr0 = a\nexpect T has exited');
  const rows = compareKernels(runAllKernels(scenario));

  test('answer side by side, the same question in one row', () => {
    expect(rows.map(({ subject, differ }) => [subject, differ])).toEqual([
      ['gdb attach T', false],
      ['gdb set T slot 0 write a', false],
      ['gdb detach T', false],
      ['C dr0', true],
      ['T is', false],
    ]);
    expect(Object.fromEntries(rows[3]?.found ?? [])).toEqual({
      ...{ hwbkpt: '0', 'linux-2.6.20': 'a (0x601000)', linux: '0', 'netbsd-2016': '0', netbsd: '0', freebsd: '0' },
    });
  });

  test('are a table of what differs', () => {
    const lines = kernelsTable(scenario, runAllKernels(scenario));
    expect(lines.filter((line) => line.includes(' | '))).toHaveLength(2);
    expect(lines.at(-1)).toBe('1 differ, 4 are the same');
  });
});

describe('mutants', () => {
  test('are noticed by an expect, or not', () => {
    const runs = runMutants(scenarioOf('expect C dr0 = 0'));
    expect(runs.map(({ mutant, failing }) => [mutant.field, failing.map(({ found }) => found)])).toEqual([
      ['life.fork', ['a (0x601000)']],
      ['trap.stepBit', []],
    ]);
    expect(mutantLines(runs)).toEqual([
      'ok          mutant life.fork = copy on hwbkpt: line 17: expect C dr0 = 0; found: a (0x601000)',
      'NOT NOTICED mutant trap.stepBit = last on hwbkpt',
    ]);
  });
});
