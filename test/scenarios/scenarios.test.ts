// Every scenario of fixtures/scenarios holds under the kernels it speaks of, and notices each mutant that it names.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runMutants } from '../../src/lab/index.js';
import { KERNELS } from '../../src/machine/kernels/index.js';
import { kernelsOf, parseScenario, runScenario, type Scenario } from '../../src/scenarios/index.js';
import { FIXTURES } from '../helpers/paths.js';

const FOLDER = `${FIXTURES}/scenarios`;
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.scn'));

function scenarioIn(file: string): Scenario {
  const parsed = parseScenario(readFileSync(`${FOLDER}/${file}`, 'utf8'));
  if (parsed.kind === 'errors') throw new Error(parsed.errors.map(({ message }) => `${file}:${message}`).join('\n'));
  return parsed.scenario;
}

/** What the issue asks a scenario for: the file that has it. */
const ASKED = {
  'two watched places in one system call': 'two-watches-one-syscall',
  'a swallowed signal': 'swallowed-signal',
  "ptrace's DR0 sitting in DR2": 'ptrace-dr0-in-dr2',
  'detach and the later SIGTRAP': 'detach-then-sigtrap',
  'a degenerate request with no free slot': 'no-free-slot',
  'fork on x86': 'fork-x86',
  "fork by ia64's rule": 'fork-ia64',
  'the lazy switch and the stale trap': 'lazy-switch-stale-trap',
  'DR0 written before DR7 by the next task': 'dr0-before-dr7',
  'kprobe step plus watch': 'kprobe-step-and-watch',
  vm86: 'vm86',
  'PT_STEP with watchpoints': 'step-with-watchpoints',
  'a user address range that reaches into the kernel': 'range-into-kernel',
  'SIGTRAP blocked': 'sigtrap-blocked',
  'SIGTRAP ignored': 'sigtrap-ignored',
  'two hits, one signal': 'two-hits-one-signal',
  'delivery only on the way back to user mode': 'delivery-on-return',
  'a ptrace stop restores DR7': 'ptrace-stop-restores-dr7',
  'a utrace client consumes a hit': 'utrace-consumes',
  'raw registers and a utrace request side by side': 'raw-and-utrace',
  'disabling each slot as it triggers': 'disable-each',
  'index beyond COUNT': 'index-beyond-count',
  'LEN 10 and I/O': 'length-10-and-io',
  'si_code TRAP_TRACE': 'si-code-trap-trace',
  'a kernel user present': 'kernel-user-present',
  "debug registers absent from the tracee's mcontext": 'registers-not-in-mcontext',
  'a watchpoint without an address': 'watchpoint-without-address',
  'a tracer that catches clone': 'tracer-catches-clone',
  "pfmon's endless SIGTRAP loop": 'pfmon-endless-sigtrap',
  "pfmon's follow option": 'pfmon-follow',
} as const;

describe('scenarios', () => {
  test.each(Object.entries(ASKED))('there is one of %s', (_, name) => {
    expect(FILES).toContain(`${name}.scn`);
  });

  test.each(FILES)('%s holds under its kernels', (file) => {
    const scenario = scenarioIn(file);
    const unmet = kernelsOf(scenario).flatMap((kernel) =>
      runScenario(scenario, KERNELS[kernel])
        .verdicts.filter(({ met }) => !met)
        .map(({ line, text, found }) => `${kernel}: line ${line}: ${text}; found: ${found}`),
    );
    expect(unmet).toEqual([]);
  });

  test.each(FILES)('%s notices its mutants', (file) => {
    const runs = runMutants(scenarioIn(file));
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.filter(({ failing }) => failing.length === 0).map(({ mutant }) => `${mutant.field} = ${mutant.value}`)).toEqual([]);
  });

  test.each(FILES)('%s says where it is from, and runs under every kernel', (file) => {
    const scenario = scenarioIn(file);
    expect(scenario.sources.join(' ')).toMatch(/S[014]|R-\d{3}/);
    for (const rules of Object.values(KERNELS)) expect(runScenario(scenario, rules).steps.length).toBeGreaterThan(0);
  });

  test('a run can be repeated: the same steps and findings', () => {
    for (const file of FILES) {
      const scenario = scenarioIn(file);
      const [first, second] = [0, 1].map(() => runScenario(scenario, KERNELS.hwbkpt));
      expect(second?.steps).toEqual(first?.steps);
    }
  });
});
