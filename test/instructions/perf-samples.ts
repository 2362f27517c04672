// Runs the harness under `perf record` with a hardware breakpoint on its target, and pairs each sample with the execution that caused it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGISTER_NAMES, REGISTER_WORDS } from '../../src/instructions/index.js';
import { FORMS } from './forms.js';
import { compileHarness, type Execution, type HarnessRun, parse, processorFeatures } from './harness.js';

/** Index of the lower half of FLAGS: the program's own pushf shows other system bits than the trap. */
const FLAGS = 16;

/** One hit as perf reported it. */
export interface PerfSample {
  readonly ip: bigint;
  readonly registers: Uint32Array;
}

/** The harness's own report and what perf saw of the same run. */
export interface PerfRun {
  readonly run: HarnessRun;
  /** Hits in the forms' code, in order. */
  readonly samples: readonly PerfSample[];
}

/** Records all hits on the 8 bytes at the target. */
export function record(access: 'w' | 'rw'): PerfRun {
  const folder = mkdtempSync(join(tmpdir(), 'hwbkpt-perf-'));
  try {
    const forms = FORMS.filter(({ needs }) => needs === null || processorFeatures().has(needs));
    const program = compileHarness(folder, forms);
    const event = `mem:0x${addressOf(program, 'target').toString(16)}/8:${access}:u`;
    const data = join(folder, 'data');
    const names = `--user-regs=${REGISTER_NAMES.join(',')}`;
    const arguments_ = ['record', '-q', '-e', event, '-c', '1', '-m', '1024', names, '-o', data, program];
    const run = parse(
      forms,
      execFileSync('perf', arguments_, { encoding: 'latin1', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    return { run, samples: readSamples(data).filter(({ ip }) => ip >= run.codeStart && ip < run.codeStart + BigInt(run.code.length)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Pairs samples with the executions that left the very same registers (FLAGS apart). */
export class Pairing {
  readonly #at = new Map<bigint, Execution[]>();

  constructor({ executions }: HarnessRun) {
    for (const execution of executions) {
      const same = this.#at.get(execution.place.next);
      if (same === undefined) this.#at.set(execution.place.next, [execution]);
      else same.push(execution);
    }
  }

  /** The execution that ended where the sample is, or undefined for one that was still under way. */
  find({ ip, registers }: PerfSample): Execution | undefined {
    return this.#at.get(ip)?.find((execution) => execution.registers.every((word, index) => index === FLAGS || word === registers[index]));
  }
}

function addressOf(program: string, symbol: string): bigint {
  const lines = execFileSync('nm', [program], { encoding: 'latin1' }).split('\n');
  const line = lines.find((text) => text.endsWith(` ${symbol}`));
  if (line === undefined) throw new Error(`no symbol ${symbol}`);
  return BigInt(`0x${line.split(' ')[0]}`);
}

function readSamples(data: string): PerfSample[] {
  const text = execFileSync('perf', ['script', '-i', data, '-F', 'ip,uregs'], { encoding: 'latin1', maxBuffer: 1 << 28 });
  return text.split('\n').flatMap((line) => {
    const ip = /^\s*([0-9a-f]+)\s+ABI:/.exec(line);
    return ip === null ? [] : [{ ip: BigInt(`0x${ip[1]}`), registers: readRegisters(line) }];
  });
}

function readRegisters(line: string): Uint32Array {
  const words = new Uint32Array(REGISTER_WORDS);
  for (const [, name = '', value = ''] of line.matchAll(/([A-Za-z0-9]+):0x([0-9a-f]+)/g)) {
    const index = REGISTER_NAMES.findIndex((known) => known.toUpperCase() === name);
    if (index < 0) continue;
    words[2 * index] = Number(BigInt(`0x${value}`) & 0xffff_ffffn);
    words[2 * index + 1] = Number(BigInt(`0x${value}`) >> 32n);
  }
  return words;
}
