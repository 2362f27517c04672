// A scenario's programs as a target: the machine they run on, and what is called how.
import { readFileSync } from 'node:fs';
import { linearOfU64, u64OfLinear } from '../../facility/index.js';
import type { CodeSource } from '../../instructions/index.js';
import { INSTRUCTION_BYTES, KERNELS, type Machine, type MachineEvent } from '../../machine/index.js';
import { Scheduler } from '../../machine/scheduler.js';
import type { Place } from '../../model/place.js';
import { parseScenario, type Scenario } from '../../scenarios/index.js';
import { type Layout, layOut } from '../../scenarios/layout.js';
import { makeMachine } from '../../scenarios/make-machine.js';
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
  readonly #threads: string[];

  constructor(path: string) {
    this.path = path;
    this.#scenario = readScenario(path);
    this.#layout = layOut(this.#scenario);
    const { machine, threads } = makeMachine(this.#scenario, this.#layout, KERNELS.hwbkpt);
    this.machine = machine;
    this.#threads = threads.map(({ name }) => name);
    this.#scheduler = new Scheduler(this.machine, SEED);
  }

  /** One step of one CPU. False when all is over. */
  step(): boolean {
    return this.#scheduler.step();
  }

  /** Keeps names of threads: a child is called what its birth says (`clone LABEL as NAME`), and a new program calls its thread after itself. */
  note(event: MachineEvent): void {
    if (event.type === 'born') {
      const named = this.#bornAs(this.machine.thread(event.parent).context.pc - INSTRUCTION_BYTES);
      if (named !== null) this.#threads[event.tid] = named;
    } else if (event.type === 'exec') {
      const found = this.#programAt(this.machine.thread(event.tid).context.pc);
      if (found !== null) this.#threads[event.tid] = found.program.name;
    }
  }

  #bornAs(pc: number): string | null {
    const found = this.#programAt(pc);
    const instruction = found?.program.code[found.index]?.instruction;
    if (instruction?.op !== 'syscall' || !('as' in instruction.call)) return null;
    return instruction.call.as?.name ?? null;
  }

  /** The program that has an instruction at `at`, and its index. */
  #programAt(at: number): { readonly program: Scenario['programs'][number]; readonly base: number; readonly index: number } | null {
    for (const [number, program] of this.#scenario.programs.entries()) {
      const base = this.#layout.bases[number] ?? 0;
      const index = Math.floor((at - base) / INSTRUCTION_BYTES);
      if (program.code[index] !== undefined) return { program, base, index };
    }
    return null;
  }

  /** The name of a thread: its own, or its parent's where it was given none. */
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
    const found = this.#programAt(at);
    if (found === null) return { function: null, file: null, line: null, module: null, offset: null };
    const { program, base, index } = found;
    const label = program.labels.filter((one) => one.index <= index).at(-1);
    const offset = at - base - (label?.index ?? 0) * INSTRUCTION_BYTES;
    return { function: label?.name ?? program.name, file: this.path, line: program.code[index]?.line ?? null, module, offset };
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
