import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseScenario } from './parse.js';
import { ScenarioError } from './scenario-error.js';

const WHOLE = `title a scenario to damage    # with a comment
source S0, R-105
kernels hwbkpt, linux
mutant trap.dr6 = last on linux
rule life.fork = nothing
cpus 2
memory a 4
memory b 0x10 at 0x602000
kernel memory k 8
program p at 0x500000
  nop
loop: store a+2:2 = 0x7
  rep-movs b:4 from a times 8 lag 1
  cmpxchg a if 1 = 2
  syscall
    kernel writes a = 1 bytewise
    kernel kprobe k writing b:8
  fork child as C
  sigaction SIGTRAP handler child
  loop loop times 3
child: exit 5
end
thread T runs p from loop on cpu 1 in process P
tracer gdb lldb
kernel user K
utrace user log
kwatch user kw
perf user event
gdb attach T -> ok, linux ESRCH
gdb set T slot 0 write a+2:2 -> ENOSPC
lldb write-watchpoint T 4 address a condition 1 length 3 -> EINVAL
lldb setdbregs T dr0 = a dr7 = 0xd0001
K register write k priority high consumes without callbacks -> installed
log register T readwrite b:4 passes inherit threads
kw register io 0x60:1 without handler -> 3
event open T write a cpu 1 with kernel
hold effects
fail effect ENOSPC
switch cpu 0 to T while kernel writes b:4
run T until &loop
mark
expect on linux, hwbkpt: not T dr6 shows 0, 3, step
expect cpu 1 armed write a, execute &p.loop
expect K uninstalled then cpu 0 load then T writes a
expect T signal SIGTRAP 3 times
expect C is killed by SIGTRAP
gdb siginfo T -> SIGTRAP TRAP_TRACE
`;

const WORDS = [...new Set(WHOLE.split(/\s+/))];
/** Damaged are some of its lines: a scenario with holes already. */
const LINES = WHOLE.split('\n');
const SEED = 20070222;

/** One damage to a text: a piece taken out, put in, doubled or moved. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(30),
  insert: fc.oneof(
    fc.string({ maxLength: 6, unit: 'binary' }),
    fc.constantFrom(...WORDS, '\n', '->', '0x', '&', '#', ':', '__proto__', 'constructor'),
  ),
});

function damaged(text: string, changes: readonly { at: number; length: number; insert: string }[]): string {
  return changes.reduce((whole, { at, length, insert }) => {
    const from = Math.floor(at * whole.length);
    return whole.slice(0, from) + insert + whole.slice(from + length);
  }, text);
}

/** Errors without a place in the text; and one where there is none at all. */
function misplaced(errors: readonly ScenarioError[], lines: number): unknown[] {
  const wrong = errors.filter((error) => !(error instanceof ScenarioError && error.line >= 1 && error.line <= lines && error.column >= 1));
  return errors.length === 0 ? ['no error'] : wrong;
}

describe('a damaged scenario', () => {
  test('the whole one is read', () => {
    expect(parseScenario(WHOLE).kind).toBe('scenario');
  });

  test('is read or has errors in its lines; it never crashes', () => {
    fc.assert(
      fc.property(
        fc.subarray(LINES, { minLength: 3, maxLength: 14 }),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        (lines, changes) => {
          const text = damaged(lines.join('\n'), changes);
          const parsed = parseScenario(text);
          if (parsed.kind === 'scenario') return;
          expect(misplaced(parsed.errors, text.split(/\r?\n/).length)).toEqual([]);
        },
      ),
      { seed: SEED, numRuns: 20_000 },
    );
  }, 60_000);
});
