// A scenario's programs as a target: the machine they run on, and what is called how.
import { readFileSync } from 'node:fs';
import { present } from '../../base/assert.js';
import { linearOfU64, u64OfLinear } from '../../facility/index.js';
import type { CodeSource } from '../../instructions/index.js';
import { INSTRUCTION_BYTES, KERNELS, Machine } from '../../machine/index.js';
import { Scheduler } from '../../machine/scheduler.js';
import type { Place } from '../../model/place.js';
import { assemble } from '../../scenarios/assemble.js';
import { parseScenario, type Scenario } from '../../scenarios/index.js';
import { addressIn, type Layout, layOut } from '../../scenarios/layout.js';
import type { NamedBytes, TargetNames } from '../own-target.js';
import { encode } from './code.js';
import { SimulationError } from './simulation-error.js';

/** The year and month of the first of the mails: any number would do. */
const SEED = 0x2007_0222;

/** A machine with the programs of one file, which have not begun. */
export class World implements TargetNames {
  readonly machine: Machine;
  readonly path: string;
  readonly #scenario: Scenario;
  readonly #layout: Layout;
  readonly #scheduler: Scheduler;
  /** Names of threads, by number. */
  readonly #threads: string[] = [];

  constructor(path: string) {
    this.path = path;
    this.#scenario = readScenario(path);
    this.#layout = layOut(this.#scenario);
    const regions = this.#layout.regions.map(({ name, at, length, kernel }) => ({ name, address: at, length, value: 0, kernel }));
    this.machine = new Machine({
      rules: KERNELS.hwbkpt,
      cpus: this.#scenario.cpus,
      programs: assemble(this.#scenario.programs, this.#layout),
      memory: { regions: regions.filter(({ kernel }) => !kernel) },
      kernelMemory: { regions: regions.filter(({ kernel }) => kernel) },
    });
    this.#makeThreads();
    this.#scheduler = new Scheduler(this.machine, SEED);
  }

  /** One step of one CPU. False when all is over. */
  step(): boolean {
    return this.#scheduler.step();
  }

  #makeThreads(): void {
    const pids = new Map<string, number>();
    for (const { name, program, start, process } of this.#scenario.threads) {
      const number = this.#scenario.programs.findIndex((one) => one.name === program.name);
      const pc = start === null ? this.#layout.bases[number] : addressIn(this.#layout, start);
      const pid = pids.get(process);
      const begin = present(pc ?? undefined, `where thread ${name} starts`);
      const thread = pid === undefined ? this.machine.addProcess(begin) : this.machine.addThread(pid, begin);
      pids.set(process, thread.pid);
      this.#threads[thread.tid] = name;
    }
    this.machine.takeEvents();
  }

  /** The scenario's name for a thread, or its parent's for one that was born. */
  threadName(tid: number): string {
    const own = this.#threads[tid];
    return own ?? this.threadName(Math.max(0, this.machine.thread(tid).parent));
  }

  get all(): readonly NamedBytes[] {
    const bytes = this.#layout.regions.map(({ name, at, length }) => ({ name, address: u64OfLinear(at), size: length }));
    const code = [...this.#layout.labels].map(([name, at]) => ({ name, address: u64OfLinear(at), size: 1 }));
    return [...bytes, ...code];
  }

  place(address: bigint): Place {
    const at = linearOfU64(address);
    const module = this.path.split('/').at(-1) ?? this.path;
    for (const [number, { name, code, labels }] of this.#scenario.programs.entries()) {
      const index = Math.floor((at - (this.#layout.bases[number] ?? 0)) / INSTRUCTION_BYTES);
      const line = code[index];
      if (line === undefined) continue;
      const label = labels.filter((one) => one.index <= index).at(-1);
      const offset = at - (this.#layout.bases[number] ?? 0) - (label?.index ?? 0) * INSTRUCTION_BYTES;
      return { function: label?.name ?? name, file: this.path, line: line.line, module, offset };
    }
    return { function: null, file: null, line: null, module: null, offset: null };
  }

  readonly code: CodeSource = { read: (address, length) => this.#readCode(linearOfU64(address), length) };

  #readCode(at: number, length: number): Uint8Array | null {
    for (const { base, code } of this.machine.setup.programs) {
      const bytes = code.flatMap(encode);
      if (at >= base && at < base + bytes.length) return Uint8Array.from(bytes.slice(at - base, at - base + length));
    }
    return null;
  }

  functionStart(address: bigint): bigint | null {
    const at = linearOfU64(address);
    const inside = this.machine.setup.programs.find(({ base, code }) => at >= base && at < base + code.length * INSTRUCTION_BYTES);
    return inside === undefined ? null : u64OfLinear(inside.base);
  }

  isMapped(address: bigint): boolean {
    const at = linearOfU64(address);
    if (this.functionStart(address) !== null) return true;
    return this.#layout.regions.some((region) => at >= region.at && at < region.at + region.length);
  }
}

function readScenario(path: string): Scenario {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SimulationError(path, `cannot be read: ${reason}`, 'The sim engine runs scenario files (.scn): see docs/scenarios.md.');
  }
  const parsed = parseScenario(text);
  if (parsed.kind === 'scenario') return parsed.scenario;
  const [first] = parsed.errors;
  const where = first === undefined ? '' : `line ${first.line}, column ${first.column}: ${first.message}`;
  throw new SimulationError(path, where, `hwbkpt lab run ${path} shows all that is wrong with it.`);
}
