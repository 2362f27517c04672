// Tools that watch the same writes of the same program, and what one hit costs the program under each, in interleaved rounds: every round runs
// every tool once. The first one is the floor.
import { unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { HWBKPT, isInstalled, nanosecondsPerWrite, type Program, run, workingEngines } from './programs.js';
import { median, rounded } from './statistics.js';

/** One way to watch. */
export interface Contestant {
  readonly name: string;
  /** Writes in one run: slow tools get fewer. */
  readonly writes: number;
  readonly command: (program: Program, target: readonly string[]) => readonly [string, ...string[]];
  /** Commands that may not be installed, or one of our engines. */
  readonly needs: { readonly commands: readonly string[] } | { readonly engine: string };
}

/** Long enough that what happens once counts little: code is compiled and instructions are decoded during the first 0.3 s. */
export const FAST = 1_000_000;
/** For a tool that leaves a file; it is taken away after each run. */
export const RECORDING = `${tmpdir()}/hwbkpt-bench.data`;

/** Counts in the kernel, and nothing else. */
export const FLOOR: Contestant = {
  name: 'perf stat (the floor)',
  writes: FAST,
  needs: { commands: ['perf'] },
  command: (p, target) => ['perf', 'stat', '-e', `mem:${p.address}/8:w:u`, ...target],
};

/** `hwbkpt ARGS --engine ENGINE -- the program`. */
export function hwbkpt(engine: string, name: string, args: readonly string[], writes = FAST): Contestant {
  return {
    name: `hwbkpt ${name} (${engine})`,
    writes,
    needs: { engine },
    command: (_, target) => [process.execPath, HWBKPT, ...args, '--engine', engine, '--', ...target],
  };
}

/** Watches the program's variable with gdb and says nothing. `connect`: how it gets at the program. gdb reads `commands` from a file only. */
export function gdbScript(variable: string, connect: string): string {
  const path = `${tmpdir()}/hwbkpt-bench.gdb`;
  writeFileSync(path, `set confirm off\nbreak main\n${connect}\nwatch ${variable}\ncommands\nsilent\ncontinue\nend\ncontinue\n`);
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

/** Measures those that are installed. */
export async function measureContestants(contestants: readonly Contestant[], program: Program, rounds: number): Promise<CostRow[]> {
  const engines = workingEngines();
  const present = contestants.filter(({ needs }) => ('engine' in needs ? engines.has(needs.engine) : needs.commands.every(isInstalled)));
  const figures = new Map(present.map(({ name }): [string, number[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of present) {
      process.stderr.write(`\rround ${round + 1} of ${rounds}: ${contestant.name.padEnd(40)}`);
      figures.get(contestant.name)?.push(await measureOnce(contestant, program));
    }
  }
  process.stderr.write('\n');
  const floor = figures.get(contestants[0]?.name ?? '') ?? [];
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
