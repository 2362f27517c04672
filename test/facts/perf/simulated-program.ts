// A program on the simulated machine that does what it is told: its threads and children, and the signals that their handlers have seen.
import type { Rules } from '../../../src/facility/rules.js';
import type { Host } from '../../../src/interfaces/host.js';
import { hostOf } from '../../../src/machine/kernel/host.js';
import { Machine } from '../../../src/machine/machine.js';
import type { Instruction, Program } from '../../../src/machine/program.js';
import type { Frame } from '../../../src/machine/state.js';
import { endOf, FIXED_PROGRAMS, instructionOf, MEMORY, placeAt, programOf, SET_HANDLERS, timesOf, WAITING } from './simulated-code.js';
import type { Doer, Operation, ReceivedSignals, SampleRecord } from './subject.js';

const CPUS = 2;
/** Steps of one thread before the next has its turn. */
const TURN = 7;
/** More turns than any operation takes. */
const PATIENCE = 1_000_000;
const CODES: Readonly<Record<string, number>> = { TRAP_PERF: 6, TRAP_HWBKPT: 4, POLL_IN: 1 };
const TYPE_BREAKPOINT = 5;

/** A process: its threads in the order in which they were made, and what each has received. */
interface SimulatedProcess {
  readonly threads: number[];
  readonly received: Map<number, ReceivedSignals[]>;
}

export class SimulatedProgram {
  readonly #programs: Program[] = [...FIXED_PROGRAMS];
  readonly machine: Machine;
  readonly host: Host;
  readonly #main: SimulatedProcess;
  readonly #children: SimulatedProcess[] = [];
  readonly #samples = new Map<number, SampleRecord[]>();

  constructor(rules: Rules) {
    this.machine = new Machine({ rules, cpus: CPUS, programs: this.#programs, memory: MEMORY, kernelMemory: { regions: [] } });
    this.host = hostOf(this.machine);
    this.#main = this.#begin(this.machine.addProcess(WAITING).tid);
    this.#programs.push(programOf(this.tid, []));
    this.#setHandlers(this.#main);
  }

  /** The first thread. */
  get tid(): number {
    return firstOf(this.#main);
  }

  /** Does it to the end. Throws where that ended the doer. */
  perform(doer: Doer, operation: Operation): void {
    const process = this.#processOf(doer);
    const doers = doer === 'threads' || operation.kind === 'end threads' ? process.threads.slice(1) : [firstOf(process)];
    const before = this.machine.state.threads.length;
    this.#execute(doers, [instructionOf(operation)], timesOf(operation));
    this.#takeNote(process, operation, before);
    const killed = doers.find((tid) => this.machine.thread(tid).killedBy !== null);
    if (killed !== undefined) throw new Error(`thread ${killed} has ended by ${this.machine.thread(killed).killedBy}`);
  }

  /** What has been received since the last call. */
  signals(doer: Doer): ReceivedSignals[] {
    const process = this.#processOf(doer);
    // What was sent to a thread that waited.
    this.#run(process.threads.filter((tid) => this.machine.thread(tid).status === 'ready'));
    const all = process.threads.flatMap((tid) => process.received.get(tid) ?? []);
    process.received.clear();
    return all;
  }

  /** Samples of an event since the last call. */
  takeSamples(event: number): SampleRecord[] {
    const taken = this.#samples.get(event) ?? [];
    this.#samples.delete(event);
    return taken;
  }

  #processOf(doer: Doer): SimulatedProcess {
    if (typeof doer === 'string') return this.#main;
    const child = this.#children[doer.child];
    if (child === undefined) throw new Error(`there is no child ${doer.child}`);
    return child;
  }

  #begin(tid: number): SimulatedProcess {
    return { threads: [tid], received: new Map() };
  }

  #setHandlers(process: SimulatedProcess): void {
    this.#execute([firstOf(process)], SET_HANDLERS, 1);
  }

  /** Who has come and gone. `before`: how many threads there were. */
  #takeNote(process: SimulatedProcess, { kind }: Operation, before: number): void {
    const made = this.machine.state.threads.slice(before).map(({ tid }) => tid);
    for (const tid of made) this.#programs.push(programOf(tid, []));
    if (kind === 'make threads') process.threads.push(...made);
    if (kind === 'end threads') process.threads.length = 1;
    if (kind === 'fork') for (const tid of made) this.#children.push(this.#begin(tid));
    if (kind !== 'exec') return;
    process.received.clear();
    this.#setHandlers(process);
  }

  /** Has each of these threads execute the instructions, all at the same time. */
  #execute(tids: readonly number[], code: readonly Instruction[], times: number): void {
    for (const tid of tids) {
      const program = programOf(tid, code, times);
      this.#programs[FIXED_PROGRAMS.length + tid] = program;
      this.machine.thread(tid).context.pc = program.base;
    }
    this.#run(tids);
    for (const tid of tids) this.machine.thread(tid).context.pc = WAITING;
  }

  /** Turn by turn, until each is where it has nothing to do, or has ended. */
  #run(tids: readonly number[]): void {
    let left = [...tids];
    for (let turn = 0; left.length > 0; turn++) {
      if (turn > PATIENCE) throw new Error('the program does not come to an end');
      left = left.filter((tid) => this.#takeTurn(tid));
    }
  }

  /** False when it has nothing more to do. */
  #takeTurn(tid: number): boolean {
    const cpu = tid % CPUS;
    if (this.machine.thread(tid).status === 'ready') this.machine.switch(cpu, tid);
    for (let steps = 0; steps < TURN && this.#isBusy(tid); steps++) {
      this.machine.step(cpu);
      this.#takeEvents();
    }
    const busy = this.#isBusy(tid);
    this.machine.switch(cpu, -1);
    this.#takeEvents();
    return busy;
  }

  #isBusy(tid: number): boolean {
    const { status, context, call, signals } = this.machine.thread(tid);
    if (status !== 'ready') return false;
    if (call !== null || signals.frames.length > 0) return true;
    const program = this.#programs[FIXED_PROGRAMS.length + tid];
    return context.pc !== WAITING && (program === undefined || context.pc !== endOf(program));
  }

  #takeEvents(): void {
    for (const event of this.machine.takeEvents()) {
      if (event.type === 'sample') this.#addSample(event.event, event.pc, event.address);
      // A handler notes its signal and returns.
      if (event.type !== 'syscall' || event.name !== 'sigreturn' || event.phase !== 'enter') continue;
      const frame = this.machine.thread(event.tid).signals.frames.at(-1);
      if (frame !== undefined) this.#receive(event.tid, frame);
    }
  }

  #addSample(event: number, pc: number, address: number): void {
    const samples = this.#samples.get(event) ?? [];
    samples.push({ ip: BigInt(pc), address: BigInt(address), exactIp: false });
    this.#samples.set(event, samples);
  }

  #receive(tid: number, frame: Frame): void {
    const process = [this.#main, ...this.#children].find(({ threads }) => threads.includes(tid));
    if (process === undefined) return;
    const { times: _, ...kind } = this.#describe(process.threads.indexOf(tid), frame);
    const received = process.received.get(tid) ?? [];
    process.received.set(tid, received);
    const known = received.findIndex((one) => Object.entries(kind).every(([name, value]) => one[name as keyof ReceivedSignals] === value));
    const times = 1 + (received[known]?.times ?? 0);
    received[known === -1 ? received.length : known] = { ...kind, times };
  }

  #describe(thread: number, { signal, info, context }: Frame): ReceivedSignals {
    const event = this.host.half.charged.find(({ id }) => id === info.event);
    const isTrap = info.code === 'TRAP_PERF';
    return {
      thread,
      signal: signal as ReceivedSignals['signal'],
      code: CODES[info.code ?? ''] ?? 0,
      at: placeAt(context.pc),
      address: BigInt(info.address),
      perfType: isTrap ? TYPE_BREAKPOINT : 0,
      perfData: isTrap ? (event?.signalData ?? 0n) : 0n,
      perfFlags: info.late ? 1 : 0,
      times: 1,
    };
  }
}

function firstOf({ threads }: SimulatedProcess): number {
  return threads[0] ?? -1;
}
