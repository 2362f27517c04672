// The running kernel as a world: a process under the stop engine, whose threads get their instructions and registers written.
import type { EngineSession } from '../../src/engines/contract.js';
import type { Control } from '../../src/engines/control.js';
import type { Rules } from '../../src/facility/rules.js';
import type { Host, StopView } from '../../src/interfaces/host.js';
import { HostTracer } from '../../src/interfaces/tracer.js';
import type { SignalSink } from '../../src/interfaces/utrace/index.js';
import type { Instruction, SignalName } from '../../src/machine/program.js';
import { type LiveEvent, LiveKernel } from '../../src/session/interfaces/index.js';
import { type FreeTarget, startFreeTarget } from '../helpers/free-target.js';
import { assemble, type LiveCode } from './live-code.js';
import { type Code, GOOD_STATUS, type KernelWords, type Places, type Told, TRACER, type World } from './world.js';
import type { WrittenProgram } from './written-program.js';

/** Indices in struct user_regs_struct. */
const REGISTER = { rdx: 12, rsi: 13, rdi: 14, r10: 7, r8: 9, originalRax: 15, rip: 16, eflags: 18, rsp: 19 } as const;
const THREAD_FLAGS = 0x0005_0f00n;
/** No system call to restart. */
const NO_CALL = 0xffff_ffff_ffff_ffffn;
/**
 * Where the code ends: MOV eax and the system call by which threads are made from outside. Who stands in a system call gets its result in RAX
 * when it goes on, so the number is not written into the register.
 */
const CLONE_AT = 8000;
const CLONE = [0xb8, 56, 0, 0, 0, 0x0f, 0x05];
const PLAIN_FLAGS = 0x202n;

/** What a live world is made of. */
export interface LiveParts {
  readonly program: WrittenProgram;
  /** Watches all threads of process `pid`, and what it makes. */
  open(pid: number): EngineSession;
  /** Null: no case is about the kernel's memory. */
  readonly kernel: LiveKernelWords | null;
}

/** The kernel's words on this machine. */
export interface LiveKernelWords {
  readonly addresses: KernelWords['addresses'];
  open(): Promise<EngineSession>;
  /** Writes the first of them, and returns when it is written. */
  write(): void;
}

interface Parts {
  readonly program: WrittenProgram;
  readonly target: FreeTarget;
  readonly pid: number;
  readonly kernel: LiveKernel;
  readonly words: LiveKernelWords | null;
  readonly control: Control;
}

class LiveWorld implements World {
  readonly column = 'live';
  readonly variables: Places['variables'];
  readonly tracer: HostTracer;
  readonly pid: number;
  readonly first: number;
  readonly kernel: KernelWords | null;
  readonly #program: WrittenProgram;
  readonly #target: FreeTarget;
  readonly #kernel: LiveKernel;
  readonly #control: Control;
  readonly #code: LiveCode;
  readonly #ends = new Map<number, string>();
  /** Where the program's exec leads to. */
  readonly #execTo: number;
  #told: Told[] = [];
  #threads = 1;
  #onTriggered: () => void = () => undefined;

  constructor(parts: Parts, code: Code) {
    this.#program = parts.program;
    this.#target = parts.target;
    this.#kernel = parts.kernel;
    this.#control = parts.control;
    this.pid = parts.pid;
    this.first = this.pid;
    const { words } = parts;
    this.kernel = words === null ? null : { addresses: words.addresses, store: () => this.#storeInKernel(words) };
    this.tracer = new HostTracer(this.host, TRACER);
    this.variables = variablesOf(this.#program);
    this.#code = codeOf(this.#program, code, this.variables);
    this.#execTo = execTarget(code(this)) ?? this.#program.code;
    this.#kernel.onEvent((event) => this.#heard(event));
  }

  get host(): Host & SignalSink {
    return this.#kernel.host;
  }

  readonly at = (index: number): number => this.#program.code + (this.#code.offsets[index] ?? Number.NaN);

  /** Stops the first thread and has it begin with instruction 0. */
  async begin(): Promise<void> {
    HostTracer.demand(this.tracer.attach(this.first));
    if ((await this.#kernel.stopped(this.first)) === null) throw new Error('the program has ended');
    this.#writeProgram();
    this.#place(this.first, this.at(0), 0);
    this.#told = [];
  }

  async addThread(index: number): Promise<number> {
    const { first, tracer } = this;
    const before = this.#control.registers(first);
    HostTracer.demand(tracer.setOptions(first, ['clone']));
    const stack = BigInt(this.#program.stackTop(this.#threads));
    this.#change(first, { rdi: THREAD_FLAGS, rsi: stack, rdx: 0n, r10: 0n, r8: 0n, originalRax: NO_CALL });
    this.#change(first, { rip: BigInt(this.#program.code + CLONE_AT) });
    const stop = await this.go(first);
    if (stop?.why !== 'clone') throw new Error(`the clone should have been told: ${JSON.stringify(stop)}`);
    const child = HostTracer.demand(tracer.eventMessage(first));
    await this.#kernel.stopped(child);
    for (const tid of [first, child]) HostTracer.demand(tracer.setOptions(tid, []));
    this.#change(first, { rip: before[REGISTER.rip] ?? 0n });
    this.#place(child, this.at(index), this.#threads++);
    return child;
  }

  async go(tid: number, signal?: SignalName): Promise<StopView | null> {
    this.release(tid, signal);
    return await this.#settled(tid);
  }

  async step(tid: number): Promise<StopView | null> {
    HostTracer.demand(this.tracer.step(tid));
    return await this.#settled(tid);
  }

  release(tid: number, signal?: SignalName): void {
    HostTracer.demand(this.tracer.continue(tid, signal ?? null));
  }

  async nextStop(tids: readonly number[]): Promise<{ readonly tid: number; readonly stop: StopView } | null> {
    const left = tids.filter((tid) => this.host.exists(tid));
    if (left.length === 0) return null;
    const tid = await Promise.race(left.map((one) => this.#kernel.stopped(one).then(() => one)));
    const stop = this.host.tracing.stopOf(tid);
    return stop === null ? await this.nextStop(left) : { tid, stop };
  }

  async finish(): Promise<void> {
    for (const { tid, stop } of this.#kernel.threads) if (stop !== null) HostTracer.demand(this.tracer.detach(tid));
    for (const { tid } of this.#kernel.threads) await this.#kernel.stopped(tid);
    // Who was just made is not told of yet.
    if (this.#control.threads().length === 0) return;
    await new Promise((resolve) => setImmediate(resolve));
    await this.finish();
  }

  pcOf(tid: number): number {
    return Number(this.#control.registers(tid)[REGISTER.rip]);
  }

  takeTold(): readonly Told[] {
    this.#kernel.pump();
    return this.#told.splice(0);
  }

  onTriggered(callback: () => void): void {
    this.#onTriggered = callback;
  }

  async #storeInKernel({ write }: LiveKernelWords): Promise<void> {
    let told = false;
    const end = this.#kernel.onEvent((event) => {
      told ||= event.type === 'triggered';
    });
    write();
    while (!told) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.#kernel.pump();
    }
    end();
  }

  async endOf(tid: number): Promise<string> {
    if (this.host.exists(tid)) return 'alive';
    if (tid === this.first) await this.#untilEnded();
    return this.#ends.get(tid) ?? 'good';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kernel[Symbol.asyncDispose]();
    await this.#target[Symbol.asyncDispose]();
  }

  async #settled(tid: number): Promise<StopView | null> {
    return await this.#kernel.stopped(tid);
  }

  async #untilEnded(): Promise<void> {
    while (!this.#ends.has(this.first)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.#kernel.pump();
    }
  }

  #heard(event: LiveEvent): void {
    if (event.type === 'tell' && event.what !== 'triggered' && event.request >= 0) {
      this.#told.push({ request: event.request, what: event.what, cause: event.cause });
    }
    if (event.type === 'triggered') {
      const { request, tid, answer } = event.hit;
      this.#told.push({ request, what: 'triggered', tid, answer });
      this.#onTriggered();
    }
    if (event.type === 'ended') this.#ends.set(event.end.pid, endingText(event));
    if (event.type === 'stop' && this.#hasExeced) this.#afterExec(event.tid);
    if (event.type === 'exec') this.#hasExeced = true;
  }

  #hasExeced = false;

  /** The program is the same, as it was at first: it gets its code again and goes on where its exec says. */
  #afterExec(tid: number): void {
    this.#hasExeced = false;
    this.#writeProgram();
    this.#place(tid, this.#execTo, 0);
  }

  #writeProgram(): void {
    const { code, scratch } = this.#program;
    this.#control.writeMemory(this.pid, BigInt(code), Uint8Array.from(this.#code.bytes));
    this.#control.writeMemory(this.pid, BigInt(code + CLONE_AT), Uint8Array.from(CLONE));
    if (this.#code.scratch.length > 0) this.#control.writeMemory(this.pid, BigInt(scratch), Uint8Array.from(this.#code.scratch));
    // What MOV SS may load.
    const selector = this.#control.registers(this.first)[SS] ?? 0n;
    this.#control.writeMemory(this.pid, BigInt(this.variables[4]), Uint8Array.of(Number(selector & 0xffn), Number(selector >> 8n)));
  }

  #place(tid: number, rip: number, stack: number): void {
    const rsp = BigInt(this.#program.stackTop(stack));
    this.#change(tid, { rip: BigInt(rip), rsp, eflags: PLAIN_FLAGS, originalRax: NO_CALL });
  }

  #change(tid: number, changes: Partial<Record<keyof typeof REGISTER, bigint>>): void {
    const registers = this.#control.registers(tid);
    for (const [name, value] of Object.entries(changes)) registers[REGISTER[name as keyof typeof REGISTER]] = value;
    this.#control.setRegisters(tid, registers);
  }
}

function execTarget(code: readonly Instruction[]): number | null {
  const targets = code.map((one) => (one.op === 'syscall' && one.call.name === 'exec' ? one.call.to : null));
  return targets.find((target) => target !== null) ?? null;
}

/** Index of SS in struct user_regs_struct. */
const SS = 20;

function endingText({ end: { end } }: Extract<LiveEvent, { type: 'ended' }>): string {
  if (end.kind === 'killed') return signalText(end.signal);
  return end.status === GOOD_STATUS ? 'good' : `status ${end.status}`;
}

function signalText(number: number): string {
  return { 5: 'SIGTRAP', 9: 'SIGKILL', 11: 'SIGSEGV' }[number] ?? `signal ${number}`;
}

function variablesOf({ data }: WrittenProgram): Places['variables'] {
  return [data, data + 8, data + 16, data + 24, data + 32];
}

/** Twice: where the instructions lie shows when their lengths are known. */
function codeOf(program: WrittenProgram, code: Code, variables: Places['variables']): LiveCode {
  const first = assemble(code({ variables, at: () => 0 }), program.code, program);
  const at = (index: number): number => program.code + (first.offsets[index] ?? 0);
  return assemble(code({ variables, at }), program.code, program);
}

/** Makes a world of a fresh process. */
export async function startLive({ program, open, kernel: words }: LiveParts, rules: Rules, code: Code): Promise<World> {
  const target = await startFreeTarget('written-threads');
  try {
    const pid = target.tracee;
    const session = open(pid);
    if (session.control === null) throw new Error('this engine stops nobody');
    const sessions = { threads: session, control: session.control, kernel: (await words?.open()) ?? null };
    const kernel = new LiveKernel(sessions, { rules, stepBy: 'breakpoint' });
    const world = new LiveWorld({ program, target, pid, kernel, words, control: session.control }, code);
    await world.begin();
    return world;
  } catch (error) {
    await target[Symbol.asyncDispose]();
    throw error;
  }
}
