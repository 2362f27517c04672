// A thread of the running kernel as a subject: a process of the tracee program, whose instructions and registers are written from outside.
//
// A child shares memory with its maker where the kernel says so: each has a part of the code space and of the stack of its own.

import { errnoName, isErrno, LinuxError } from '../../../../src/linux/errno.js';
import { PerfEvent } from '../../../../src/linux/perf-event.js';
import { PTRACE_EVENT, PTRACE_OPTION, ptraceDetach, ptraceInterrupt, ptraceSeize } from '../../../../src/linux/ptrace.js';
import {
  peekMemory,
  peekUserWord,
  pokeMemory,
  pokeUserWord,
  ptraceContinue,
  ptraceSetOptions,
  ptraceStep,
  type RegisterName,
  type TracerMemory,
} from '../../../../src/linux/ptrace-control.js';
import { setAffinity } from '../../../../src/linux/scheduling.js';
import type { WaitStatus } from '../../../../src/linux/wait.js';
import { countingWatch } from '../../../helpers/counting-watch.js';
import type { Operation } from '../operation.js';
import type { Ending, Errno, PtraceSubject, RivalSlot, SignalName, Stop } from '../subject.js';
import { U_DEBUGREG } from '../words.js';
import { LoadedProgram } from './loaded-program.js';
import { codeName, signalName, signalNumber } from './stops.js';
import { startTracee, type TraceeProgram } from './tracee-program.js';
import { nextState } from './waiting.js';

const TF = 0x100n;
const RF = 0x1_0000n;
/** No system call to restart. */
const NO_CALL = 0xffff_ffff_ffff_ffffn;
const OPTIONS =
  PTRACE_OPTION.EXITKILL | PTRACE_OPTION.TRACEFORK | PTRACE_OPTION.TRACEVFORK | PTRACE_OPTION.TRACECLONE | PTRACE_OPTION.TRACEEXEC;

/** System-call numbers, and the flags of a thread: it shares memory, files, signal actions and process. */
const SYS = { clone: 56, fork: 57, vfork: 58, execve: 59, ptrace: 101 } as const;
const THREAD_FLAGS = 0x0005_0f00n;
const PTRACE_POKEUSER = 6n;

/** What subjects of one test have in common. */
export interface LiveKernel {
  readonly program: TraceeProgram;
  readonly memory: TracerMemory;
}

/** A process of ours, or a thread that one made. Dispose of the first of them: it ends all. */
export class LiveSubject implements PtraceSubject, Disposable {
  readonly dataAddress: bigint;
  readonly handlerAddress: bigint;
  readonly #kernel: LiveKernel;
  readonly #tid: number;
  /** Of this thread among those that share the code space. */
  readonly #place: number;
  readonly #others: Disposable[] = [];
  #loaded: LoadedProgram | null = null;
  #ended: Ending | null = null;
  #noSpace = 0;
  #disposed = false;

  private constructor(kernel: LiveKernel, tid: number, place: number) {
    this.#kernel = kernel;
    this.#tid = tid;
    this.#place = place;
    this.dataAddress = kernel.program.addresses.data;
    this.handlerAddress = kernel.program.handler;
  }

  /** A fresh process, traced and stopped. Throws LinuxError. */
  static start(kernel: LiveKernel): LiveSubject {
    const subject = new LiveSubject(kernel, startTracee(kernel.program), 0);
    try {
      subject.attach();
    } catch (error) {
      subject[Symbol.dispose]();
      throw error;
    }
    return subject;
  }

  /** How often it was told that there is no slot (N-9). */
  get noSpaceAnswers(): number {
    return this.#noSpace;
  }

  /** From now on it runs on this CPU only. */
  pinTo(cpu: number): void {
    setAffinity(this.#tid, [cpu]);
  }

  peek(offset: bigint): bigint | Errno {
    let word = 0n;
    const error = this.#errnoOf(() => {
      word = peekUserWord(this.#tid, offset);
    });
    return error ?? word;
  }

  poke(offset: bigint, value: bigint): Errno | null {
    return this.#errnoOf(() => pokeUserWord(this.#tid, offset, value));
  }

  pokeByStranger(offset: bigint, value: bigint): Errno | null {
    using stranger = LiveSubject.start(this.#kernel);
    const result = stranger.#systemCall(SYS.ptrace, { rdi: PTRACE_POKEUSER, rsi: BigInt(this.#tid), rdx: offset, r10: value });
    return result < 0n ? (errnoName(Number(-result)) as Errno) : null;
  }

  clearResumeFlag(): void {
    const { eflags } = this.#registers();
    this.#kernel.memory.setRegisters(this.#tid, { eflags: eflags & ~RF });
  }

  load(operations: readonly Operation[]): readonly bigint[] {
    const { program, memory } = this.#kernel;
    const loaded = new LoadedProgram(operations, program, this.#place);
    loaded.writeTo((address, word) => pokeMemory(this.#tid, address, word));
    const changes: Partial<Record<RegisterName, bigint>> = {
      ...loaded.registers,
      rip: loaded.start,
      originalRax: NO_CALL,
      eflags: this.#registers().eflags & ~(TF | RF),
    };
    for (const at of loaded.selectors) pokeMemory(this.#tid, at, this.#registers().ss);
    memory.setRegisters(this.#tid, changes);
    this.#loaded = loaded;
    return loaded.instructions;
  }

  resume(signal?: SignalName): Stop {
    ptraceContinue(this.#tid, signalNumber(signal));
    return this.#stopOf(nextState(this.#tid));
  }

  step(signal?: SignalName): Stop {
    ptraceStep(this.#tid, signalNumber(signal));
    return this.#stopOf(nextState(this.#tid));
  }

  go(): void {
    ptraceContinue(this.#tid, 0);
  }

  interrupt(): void {
    ptraceInterrupt(this.#tid);
    this.#expectEvent(nextState(this.#tid), PTRACE_EVENT.STOP);
  }

  readData(at: number): bigint {
    return peekMemory(this.#tid, this.dataAddress + BigInt(at));
  }

  handlerRuns(): number {
    return Number(peekMemory(this.#tid, this.#kernel.program.addresses.handlerRuns));
  }

  bear(kind: 'fork' | 'vfork' | 'thread'): LiveSubject {
    const { number, registers, event } = BIRTHS[kind];
    this.#enterSystemCall(number, registers);
    this.#expectEvent(this.#go(), event);
    const child = new LiveSubject(this.#kernel, this.#kernel.memory.eventMessage(this.#tid), this.#place + 1);
    this.#others.push(child);
    child.#expectEvent(nextState(child.#tid), PTRACE_EVENT.STOP);
    if (kind !== 'vfork') this.#expectCheckpoint(this.resume());
    return child;
  }

  exec(): void {
    const { programPath, programArguments } = this.#kernel.program;
    this.#enterSystemCall(SYS.execve, { rdi: programPath, rsi: programArguments, rdx: 0n });
    this.#expectEvent(this.#go(), PTRACE_EVENT.EXEC);
  }

  takeSlot(at: number): Errno | RivalSlot {
    const event: PerfEvent[] = [];
    const error = this.#errnoOf(() =>
      event.push(PerfEvent.open(countingWatch(this.dataAddress + BigInt(at), 8), { tid: this.#tid, cpu: -1 })),
    );
    const [taken] = event;
    if (taken === undefined) return error ?? 'ENOSPC';
    this.#others.push(taken);
    return { count: () => taken.count(), release: () => taken[Symbol.dispose]() };
  }

  detach(): void {
    ptraceDetach(this.#tid, 0);
  }

  attach(): void {
    ptraceSeize(this.#tid, 0);
    ptraceInterrupt(this.#tid);
    this.#expectEvent(nextState(this.#tid), PTRACE_EVENT.STOP);
    ptraceSetOptions(this.#tid, OPTIONS);
  }

  end(): Ending {
    const stop = this.#stopOf(nextState(this.#tid));
    if (stop.kind === 'exited' || stop.kind === 'killed') return stop;
    throw new Error(`the process did not end: ${stop.kind}`);
  }

  [Symbol.dispose](): void {
    // Once only: what was reaped may be somebody else's id by now.
    if (this.#disposed) return;
    this.#disposed = true;
    for (const other of this.#others) other[Symbol.dispose]();
    if (this.#ended !== null) return;
    try {
      process.kill(this.#tid, 'SIGKILL');
      while (this.#ended === null) this.#ended = endingOf(nextState(this.#tid));
    } catch (error) {
      // A thread may have been reaped with its process.
      if (!isErrno(error, 'ECHILD') && (error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Runs one system call to its end; what it returned, signed. */
  #systemCall(number: number, registers: Partial<Record<RegisterName, bigint>>): bigint {
    this.#enterSystemCall(number, registers);
    this.#expectCheckpoint(this.resume());
    return BigInt.asIntN(64, this.#registers().rax);
  }

  #enterSystemCall(number: number, registers: Partial<Record<RegisterName, bigint>>): void {
    // getpid's code, its number replaced: its instruction is what is wanted.
    const [syscall] = this.load([{ op: 'system-call', call: { name: 'getpid' } }]);
    this.#kernel.memory.setRegisters(this.#tid, { ...registers, rax: BigInt(number), rip: syscall ?? 0n });
  }

  #go(): WaitStatus {
    this.go();
    return nextState(this.#tid);
  }

  #registers(): Record<RegisterName, bigint> {
    return this.#kernel.memory.registers(this.#tid);
  }

  #stopOf(status: WaitStatus): Stop {
    this.#ended = endingOf(status);
    if (this.#ended !== null) return this.#ended;
    if (status.kind !== 'stopped' || status.event !== 0) throw new Error(`an unexpected stop: ${JSON.stringify(status)}`);
    const info = this.#kernel.memory.signalInfo(this.#tid);
    const { rip, eflags, rcx } = this.#registers();
    const code = codeName(info);
    // The int3 behind the last operation.
    if (code === 'SI_KERNEL' && status.signal === signalNumber('SIGTRAP') && rip - 1n === this.#loaded?.end) return { kind: 'checkpoint' };
    return {
      kind: 'signal',
      signal: signalName(status.signal),
      code,
      address: info.address,
      ip: rip,
      at: this.#loaded?.indexOf(rip) ?? null,
      dr6: peekUserWord(this.#tid, U_DEBUGREG + 48n),
      rf: (eflags & RF) !== 0n,
      tf: (eflags & TF) !== 0n,
      remaining: rcx,
    };
  }

  #expectEvent(status: WaitStatus, event: number): void {
    if (status.kind === 'stopped' && status.event === event) return;
    throw new Error(`thread ${this.#tid} should have stopped with event ${event}: ${JSON.stringify(status)}`);
  }

  #expectCheckpoint(stop: Stop): void {
    if (stop.kind !== 'checkpoint')
      throw new Error(`thread ${this.#tid} should have come to its checkpoint: ${JSON.stringify(stop, bigints)}`);
  }

  #errnoOf(act: () => unknown): Errno | null {
    try {
      act();
      return null;
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      if (error.errno === 'ENOSPC') this.#noSpace += 1;
      return error.errno as Errno;
    }
  }
}

const BIRTHS = {
  fork: { number: SYS.fork, registers: {}, event: PTRACE_EVENT.FORK },
  vfork: { number: SYS.vfork, registers: {}, event: PTRACE_EVENT.VFORK },
  thread: { number: SYS.clone, registers: { rdi: THREAD_FLAGS, rsi: 0n, rdx: 0n, r10: 0n, r8: 0n }, event: PTRACE_EVENT.CLONE },
} as const;

function endingOf(status: WaitStatus): Ending | null {
  if (status.kind === 'exited') return { kind: 'exited', status: status.status };
  return status.kind === 'killed' ? { kind: 'killed', signal: signalName(status.signal) } : null;
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString(16) : value;
}
