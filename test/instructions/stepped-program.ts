// A program of our own, led from its first instruction on by the trap flag. It must not outlive us: it is traced with EXITKILL.
import { HeldProcess } from '../../src/engines/host/held-process.js';
import { type StoppedThread, USER_WORD } from '../../src/instructions/index.js';
import { checked, isErrno } from '../../src/linux/errno.js';
import { ptraceCall } from '../../src/linux/libc.js';
import { Mapping } from '../../src/linux/mapping.js';
import { MemoryReader } from '../../src/linux/process-memory.js';
import { PTRACE_OPTION } from '../../src/linux/ptrace.js';
import { ptraceSetOptions, ptraceStep } from '../../src/linux/ptrace-control.js';
import { waitForChild } from '../../src/linux/wait.js';

const PTRACE_GETREGS = 12;
const SIGTRAP = 5;
const WORDS = 27;

/** How a step ended: behind an instruction (`repeats`: in the midst of a repeated one), at a signal handler's first, or never. */
export type Step = { readonly kind: 'done'; readonly repeats: boolean } | { readonly kind: 'handler' } | { readonly kind: 'ended' };

/** 27 words of a stopped thread. */
class Registers extends Mapping {
  constructor() {
    super(4096, null);
  }

  read(tid: number): BigUint64Array {
    checked(ptraceCall(PTRACE_GETREGS, tid, 0, this.address()), 'ptrace', 'PTRACE_GETREGS');
    return new BigUint64Array(this.view().slice(0, 8 * WORDS));
  }

  protected release(): void {
    // Copies only.
  }
}

/** One process with one thread. All calls from one OS thread. */
export class SteppedProgram implements Disposable {
  readonly #held: HeldProcess;
  readonly #registers = new Registers();
  readonly #memory = new MemoryReader();
  #words: BigUint64Array;
  #ended = false;

  private constructor(held: HeldProcess) {
    this.#held = held;
    this.#words = this.#registers.read(held.pid);
  }

  /** Stops it at its first instruction: behind its exec, whose end is a step of its own. */
  static start(argv: readonly string[]): SteppedProgram {
    const held = HeldProcess.start(argv, process.env);
    if (!(held instanceof HeldProcess)) throw new Error(`${argv[0]} did not start`);
    ptraceSetOptions(held.pid, PTRACE_OPTION.EXITKILL);
    const program = new SteppedProgram(held);
    program.step();
    return program;
  }

  /** Where it stands. */
  get address(): bigint {
    return this.#words[USER_WORD.rip] ?? 0n;
  }

  /** As the rules see it; null when it has ended. */
  thread(): StoppedThread | null {
    if (this.#ended) return null;
    return {
      registers: this.#words,
      isInSystemCall: false,
      restartable: null,
      readMemory: (address, length) => this.#read(address, length),
    };
  }

  /** One instruction; signals are delivered as they come. */
  step(): Step {
    const from = this.address;
    ptraceStep(this.#held.pid, 0);
    const status = waitForChild(this.#held.pid);
    if (status.kind === 'exited' || status.kind === 'killed') return this.#end();
    const isSignal = status.kind === 'stopped' && status.signal !== SIGTRAP;
    this.#words = this.#registers.read(this.#held.pid);
    if (isSignal) return this.#deliver(status.signal);
    return { kind: 'done', repeats: this.address === from };
  }

  [Symbol.dispose](): void {
    if (!this.#ended) this.#held.abandon();
    this.#registers[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }

  /** The kernel stops at the handler's first instruction. */
  #deliver(signal: number): Step {
    ptraceStep(this.#held.pid, signal);
    if (waitForChild(this.#held.pid).kind !== 'stopped') return this.#end();
    this.#words = this.#registers.read(this.#held.pid);
    return { kind: 'handler' };
  }

  #end(): Step {
    this.#ended = true;
    return { kind: 'ended' };
  }

  /** Up to the end of the page, where the next one is not mapped. */
  #read(address: bigint, length: number): Uint8Array | null {
    const inPage = 4096 - Number(address & 0xfffn);
    for (const tried of new Set([length, Math.min(length, inPage)])) {
      try {
        return this.#memory.read(this.#held.pid, address, tried);
      } catch (error) {
        if (!(error instanceof RangeError) && !isErrno(error, 'EFAULT')) throw error;
      }
    }
    return null;
  }
}
