// What one hit costs the watched program, under each tool, in interleaved rounds: every round runs every tool once.
import { unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { HWBKPT, isInstalled, nanosecondsPerWrite, type Program, run, workingEngines } from './programs.js';
import { median, rounded } from './statistics.js';

/** One way to watch. */
interface Contestant {
  readonly name: string;
  /** Writes in one run: slow tools get fewer. */
  readonly writes: number;
  readonly command: (program: Program, target: readonly string[]) => readonly [string, ...string[]];
  /** A command that may not be installed, or one of our engines. */
  readonly needs: { readonly command: string } | { readonly engine: string };
}

const node = process.execPath;
/** Long enough that what happens once counts little: code is compiled and instructions are decoded during the first 0.3 s. */
const FAST = 1_000_000;
const RECORDING = `${tmpdir()}/hwbkpt-bench.data`;

const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'perf stat (the floor)',
    writes: FAST,
    needs: { command: 'perf' },
    command: (p, target) => ['perf', 'stat', '-e', `mem:${p.address}/8:w:u`, ...target],
  },
  {
    // Processors that share a core slow each other down: so much of what a tool costs is only that it runs on the other one.
    name: 'perf stat, another process busy',
    writes: FAST,
    needs: { command: 'perf' },
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
    needs: { command: 'perf' },
    command: (p, target) => ['perf', 'record', '-q', '-c1', '-o', RECORDING, '-e', `mem:${p.address}/8:w:u`, ...target],
  },
  {
    name: 'perf record -g',
    writes: FAST,
    needs: { command: 'perf' },
    command: (p, target) => ['perf', 'record', '-q', '-g', '-c1', '-o', RECORDING, '-e', `mem:${p.address}/8:w:u`, ...target],
  },
  {
    name: 'bpftrace, count in a map',
    writes: FAST,
    needs: { command: 'bpftrace' },
    command: (p, target) => ['bpftrace', '-e', `watchpoint:${p.address}:8:w { @[reg("ip")] = count(); }`, '-c', target.join(' ')],
  },
  {
    name: 'bpftrace, printf',
    writes: FAST,
    needs: { command: 'bpftrace' },
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
    needs: { command: 'gdb' },
    command: (p, target) => ['gdb', '-q', '-batch', '-x', gdbScript(p.variable), '--args', ...target],
  },
];

function hwbkpt(engine: string, name: string, args: readonly string[]): Contestant {
  return {
    name: `hwbkpt ${name} (${engine})`,
    writes: FAST,
    needs: { engine },
    command: (_, target) => [node, HWBKPT, ...args, '--engine', engine, '--', ...target],
  };
}

/** gdb reads `commands` from a file only. */
function gdbScript(variable: string): string {
  const path = `${tmpdir()}/hwbkpt-bench.gdb`;
  writeFileSync(path, `set confirm off\nbreak main\nrun\nwatch ${variable}\ncommands\nsilent\ncontinue\nend\ncontinue\n`);
  return path;
}

/** One tool's figures. */
export interface CostRow {
  readonly tool: string;
  /** Median over the rounds. */
  readonly nanosecondsPerHit: number;
  /** Median of the ratios to the floor of the same round. */
  readonly againstFloor: number;
  readonly rounds: number;
}

/** Measures all installed tools. */
export async function measureCost(program: Program, rounds: number): Promise<CostRow[]> {
  const engines = workingEngines();
  const present = CONTESTANTS.filter(({ needs }) => ('engine' in needs ? engines.has(needs.engine) : isInstalled(needs.command)));
  const figures = new Map(present.map(({ name }): [string, number[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of present) {
      process.stderr.write(`\rround ${round + 1} of ${rounds}: ${contestant.name.padEnd(40)}`);
      figures.get(contestant.name)?.push(await measureOnce(contestant, program));
    }
  }
  process.stderr.write('\n');
  const floor = figures.get(CONTESTANTS[0]?.name ?? '') ?? [];
  return present.map(({ name }) => {
    const own = figures.get(name) ?? [];
    const ratios = own.map((value, i) => value / (floor[i] ?? Number.NaN));
    return { tool: name, nanosecondsPerHit: Math.round(median(own)), againstFloor: rounded(median(ratios)), rounds };
  });
}

async function measureOnce(contestant: Contestant, program: Program): Promise<number> {
  const [command, ...args] = contestant.command(program, [program.path, '--writes', String(contestant.writes)]);
  const finished = await run(command, args);
  try {
    unlinkSync(RECORDING);
  } catch {
    // Only perf record leaves one.
  }
  return nanosecondsPerWrite(finished);
}
