// What one hit costs the watched program under each tool that does not stop it, and under gdb.
import { type Contestant, type CostRow, FAST, FLOOR, gdbScript, hwbkpt, measureContestants, RECORDING } from './contestants.js';
import type { Program } from './programs.js';

const CONTESTANTS: readonly Contestant[] = [
  FLOOR,
  {
    // Processors that share a core slow each other down: so much of what a tool costs is only that it runs on the other one.
    name: 'perf stat, another process busy',
    writes: FAST,
    needs: { commands: ['perf'] },
    command: (p, target) => [
      ...(['sh', '-c', 'while :; do :; done & busy=$!; "$@"; kill $busy', 'sh'] as const),
      ...['perf', 'stat', '-e', `mem:${p.address}/8:w:u`, ...target],
    ],
  },
  ...['bpf', 'perf'].flatMap((engine): Contestant[] => [
    hwbkpt(engine, 'watch --json', ['watch', 'counter', '--json', '-o', '/dev/null']),
    hwbkpt(engine, 'watch --if, never true', ['watch', 'counter', '--if', 'new == -1', '--json', '-o', '/dev/null']),
    hwbkpt(engine, 'who', ['who', 'counter']),
    hwbkpt(engine, 'stat', ['stat', 'counter']),
  ]),
  {
    name: 'perf record',
    writes: FAST,
    needs: { commands: ['perf'] },
    command: (p, target) => ['perf', 'record', '-q', '-c1', '-o', RECORDING, '-e', `mem:${p.address}/8:w:u`, ...target],
  },
  {
    name: 'perf record -g',
    writes: FAST,
    needs: { commands: ['perf'] },
    command: (p, target) => ['perf', 'record', '-q', '-g', '-c1', '-o', RECORDING, '-e', `mem:${p.address}/8:w:u`, ...target],
  },
  {
    name: 'bpftrace, count in a map',
    writes: FAST,
    needs: { commands: ['bpftrace'] },
    command: (p, target) => ['bpftrace', '-e', `watchpoint:${p.address}:8:w { @[reg("ip")] = count(); }`, '-c', target.join(' ')],
  },
  {
    name: 'bpftrace, printf',
    writes: FAST,
    needs: { commands: ['bpftrace'] },
    command: (p, target) => [
      'bpftrace',
      '-o',
      '/dev/null',
      '-e',
      `watchpoint:${p.address}:8:w { printf("%d %lx %d\\n", tid, reg("ip"), *(uint64*)${p.address}); }`,
      '-c',
      target.join(' '),
    ],
  },
  {
    name: 'gdb, silent watch',
    writes: 3_000,
    needs: { commands: ['gdb'] },
    command: (p, target) => ['gdb', '-q', '-batch', '-x', gdbScript(p.variable, 'run'), '--args', ...target],
  },
];

/** Measures all installed tools. */
export function measureCost(program: Program, rounds: number): Promise<CostRow[]> {
  return measureContestants(CONTESTANTS, program, rounds);
}
