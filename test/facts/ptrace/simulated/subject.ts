// A thread of the simulated machine as a subject, under the rules of today's Linux. All calls go by the interface that a tracer has there.
import { present } from '../../../../src/base/assert.js';
import type { Rules } from '../../../../src/facility/rules.js';
import type { Host, Result } from '../../../../src/interfaces/host.js';
import { closeEvent, openEvent, readCount } from '../../../../src/interfaces/linux-perf/index.js';
import * as control from '../../../../src/interfaces/linux-ptrace/control.js';
import { offsetOf, type PtraceCall, peekUser, pokeUser } from '../../../../src/interfaces/linux-ptrace/registers.js';
import { type CpuModel, DEFAULT_MODEL } from '../../../../src/machine/cpu.js';
import { hostOf } from '../../../../src/machine/kernel/host.js';
import { KERNELS } from '../../../../src/machine/kernels/index.js';
import { Machine } from '../../../../src/machine/machine.js';
import { readMemory } from '../../../../src/machine/memory.js';
import { INSTRUCTION_BYTES, type Instruction, type Program } from '../../../../src/machine/program.js';
import type { Thread } from '../../../../src/machine/state.js';
import type { Operation } from '../operation.js';
import type { Ending, Errno, PtraceSubject, RivalSlot, SignalCode, SignalName, Stop } from '../subject.js';
import { baseOf, DATA, HANDLER, HANDLER_PROGRAM, indexOf, instructionOf, MEMORY, programOf, RUNS } from './program.js';

const TRACER = 1000;
const STRANGER = 1001;
const WRITE_WATCH = 2;
/** More steps than any case takes. */
const PATIENCE = 100_000;
const DR6 = 6;

/** What the threads of one machine have in common. `programs`: the operations of each, by place; the handler is the last. */
interface Family {
  readonly machine: Machine;
  readonly host: Host;
  readonly programs: Program[];
  births: number;
}

export class SimulatedSubject implements PtraceSubject {
  readonly dataAddress = BigInt(DATA);
  readonly handlerAddress = BigInt(HANDLER);
  readonly #family: Family;
  readonly #tid: number;
  readonly #place: number;
  #exitsWithRuns = false;

  private constructor(family: Family, tid: number, place: number) {
    this.#family = family;
    this.#tid = tid;
    this.#place = place;
  }

  /** A fresh process on a machine of its own, traced and stopped. `rules`: other than today's Linux's, to see whether anybody notices. */
  static start(rules: Rules = KERNELS.linux, model: CpuModel = DEFAULT_MODEL): SimulatedSubject {
    const programs = [HANDLER_PROGRAM, programOf(0, [])];
    const machine = new Machine({ rules, model, cpus: 1, programs, memory: MEMORY, kernelMemory: { regions: [] } });
    machine.silence();
    const { tid } = machine.addProcess(baseOf(0));
    machine.switch(0, tid);
    const subject = new SimulatedSubject({ machine, host: hostOf(machine), programs, births: 0 }, tid, 0);
    subject.attach();
    return subject;
  }

  peek(offset: bigint): bigint | Errno {
    const answer = peekUser(this.#family.host, this.#call, offset);
    return answer.ok ? answer.value : (answer.errno as Errno);
  }

  poke(offset: bigint, value: bigint): Errno | null {
    return errnoOf(pokeUser(this.#family.host, this.#call, offset, value));
  }

  pokeByStranger(offset: bigint, value: bigint): Errno | null {
    return errnoOf(pokeUser(this.#family.host, { tracer: STRANGER, tid: this.#tid }, offset, value));
  }

  clearResumeFlag(): void {
    demand(control.setRf(this.#family.host, this.#call, false));
  }

  load(operations: readonly Operation[]): readonly bigint[] {
    const addresses = operations.map((_, index) => baseOf(this.#place) + INSTRUCTION_BYTES * index);
    this.#exitsWithRuns = operations.some(
      (one) => one.op === 'system-call' && one.call.name === 'exit' && one.call.status === 'handler-runs',
    );
    this.#begin(operations.map((operation, index) => instructionOf(operation, addresses[index] ?? 0)));
    return [...addresses, baseOf(this.#place) + INSTRUCTION_BYTES * operations.length].map(BigInt);
  }

  resume(signal?: SignalName): Stop {
    demand(control.resume(this.#family.host, this.#call, 'cont', signal ?? null));
    return this.#nextStop();
  }

  step(signal?: SignalName): Stop {
    demand(control.resume(this.#family.host, this.#call, 'step', signal ?? null));
    return this.#nextStop();
  }

  go(): void {
    demand(control.resume(this.#family.host, this.#call, 'cont', null));
  }

  interrupt(): void {
    demand(control.interrupt(this.#family.host, this.#call));
  }

  readData(at: number): bigint {
    return this.#read(DATA + at);
  }

  handlerRuns(): number {
    return Number(this.#read(RUNS));
  }

  bear(kind: 'fork' | 'vfork' | 'thread'): SimulatedSubject {
    this.#family.births += 1;
    const place = this.#family.births;
    this.#begin([{ op: 'syscall', call: { name: kind === 'thread' ? 'clone' : kind, child: baseOf(place) } }]);
    this.go();
    this.#expectEvent(kind === 'thread' ? 'clone' : kind);
    const child = new SimulatedSubject(this.#family, demand(control.getEventMessage(this.#family.host, this.#call)), place);
    child.#begin([]);
    if (kind !== 'vfork' && this.resume().kind !== 'checkpoint') throw new Error('the maker did not go on');
    return child;
  }

  exec(): void {
    this.#begin([{ op: 'syscall', call: { name: 'exec', to: baseOf(this.#place) } }]);
    this.go();
    this.#expectEvent('exec');
  }

  takeSlot(at: number): Errno | RivalSlot {
    const { host } = this.#family;
    const where = { tid: this.#tid, cpu: -1, address: DATA + at, length: 8, type: WRITE_WATCH } as const;
    const how = { disabled: false, excludeKernel: true, inherit: 'none', sigtrap: false, removeOnExec: false, privileged: true } as const;
    const answer = openEvent(host, { ...where, ...how });
    if (!answer.ok) return answer.errno as Errno;
    return { count: () => demand(readCount(host, answer.value)), release: () => closeEvent(host, answer.value) };
  }

  detach(): void {
    demand(control.detach(this.#family.host, this.#call, null));
  }

  attach(): void {
    demand(control.attach(this.#family.host, this.#call));
    demand(control.setOptions(this.#family.host, this.#call, ['fork', 'vfork', 'clone', 'exec']));
  }

  end(): Ending {
    const stop = this.#nextStop();
    if (stop.kind === 'exited' || stop.kind === 'killed') return stop;
    throw new Error(`the process did not end: ${stop.kind}`);
  }

  get #call(): PtraceCall {
    return { tracer: TRACER, tid: this.#tid };
  }

  get #thread(): Thread {
    return this.#family.machine.thread(this.#tid);
  }

  /** Puts these instructions in the thread's place, and has it begin with the first. */
  #begin(instructions: readonly Instruction[]): void {
    const program = programOf(this.#place, instructions);
    this.#family.programs[1 + this.#place] = program;
    Object.assign(this.#thread.context, { pc: program.base, tf: false, rf: false, shadow: false, held: 0, rep: 0, passes: 0 });
  }

  #nextStop(): Stop {
    this.#run();
    const { status, exitStatus, killedBy, trace } = this.#thread;
    if (status === 'exited') {
      if (killedBy !== null) return { kind: 'killed', signal: killedBy as SignalName };
      return { kind: 'exited', status: this.#exitsWithRuns ? this.handlerRuns() : exitStatus };
    }
    if (trace.stop?.why !== 'signal') throw new Error(`an unexpected stop: ${trace.stop?.why}`);
    return this.#signalStop();
  }

  /** Until it stands still. */
  #run(): void {
    const { machine } = this.#family;
    for (let steps = 0; this.#thread.status === 'ready'; steps++) {
      if (steps > PATIENCE) throw new Error(`thread ${this.#tid} does not stop`);
      if (machine.state.cpus[0]?.thread !== this.#tid) machine.switch(0, this.#tid);
      else machine.step(0);
    }
  }

  #signalStop(): Stop {
    const { host, programs } = this.#family;
    const info = demand(control.getSignalInfo(host, this.#call));
    const { pc, rf, tf, rep } = this.#thread.context;
    const program = present(programs[1 + this.#place], 'a program');
    const end = program.base + INSTRUCTION_BYTES * program.code.length;
    if (info.code === 'SI_KERNEL' && info.signal === 'SIGTRAP' && pc === end) return { kind: 'checkpoint' };
    const at = indexOf(program, pc);
    const current = at === null ? undefined : program.code[at];
    return {
      kind: 'signal',
      signal: info.signal as SignalName,
      code: (info.code ?? 'code 0') as SignalCode,
      address: BigInt(info.address),
      ip: BigInt(pc),
      at,
      dr6: demand(peekUser(host, this.#call, offsetOf(DR6))),
      rf,
      tf,
      remaining: current?.op === 'rep-movs' || current?.op === 'rep-stos' ? BigInt(current.count - rep) : 0n,
    };
  }

  #expectEvent(why: 'fork' | 'vfork' | 'clone' | 'exec'): void {
    this.#run();
    const { stop } = this.#thread.trace;
    if (stop?.why !== why) throw new Error(`thread ${this.#tid} should have stopped at ${why}: ${JSON.stringify(stop)}`);
  }

  #read(address: number): bigint {
    const { machine } = this.#family;
    const memory = present(machine.state.spaces[this.#thread.pid], 'memory');
    return BigInt(present(readMemory(memory, MEMORY, address, 8), 'a value'));
  }
}

function errnoOf(result: Result<null>): Errno | null {
  return result.ok ? null : (result.errno as Errno);
}

function demand<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`an answer was expected, not ${result.errno}`);
  return result.value;
}
