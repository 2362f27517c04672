// What a session is to be told of what happens on the machine, kept until somebody collects it.
import { highHalf, lowHalf } from '../../facility/index.js';
import { REGISTER_WORDS } from '../../instructions/registers.js';
import type { Instruction, MachineEvent } from '../../machine/index.js';
import { readMemory } from '../../machine/memory.js';
import { INSTRUCTION_BYTES, instructionAt } from '../../machine/program.js';
import type { EngineSink, RawHit } from '../contract.js';
import type { SimArming } from './arming.js';
import { bytesAt } from './bytes.js';
import { leaveRegisters } from './code.js';
import { outside, processOutside } from './numbers.js';
import type { World } from './world.js';

/** Where the simulated kernel runs, as far as anybody can tell: it has no code to look at. */
const KERNEL_CODE = { lo: 0x8100_0000, hi: 0xffff_ffff };
/** Lower halves of perf's markers of contexts in call chains: PERF_CONTEXT_KERNEL is (u64)-128, PERF_CONTEXT_USER (u64)-512. */
const CONTEXT = { kernel: 0xffff_ff80, user: 0xffff_fe00, hi: 0xffff_ffff };

type Report =
  | { readonly type: 'hit'; readonly hit: RawHit }
  | { readonly type: 'started'; readonly thread: Parameters<EngineSink['threadStarted']>[0] }
  | { readonly type: 'ended'; readonly thread: Parameters<EngineSink['threadEnded']>[0] }
  | { readonly type: 'renamed'; readonly thread: Parameters<EngineSink['renamed']>[0] };
type Exception = Extract<MachineEvent, { readonly type: 'exception' }>;
type Triggered = Extract<MachineEvent, { readonly type: 'triggered' }>;

export class Reports {
  readonly #world: World;
  readonly #arming: SimArming;
  readonly #waiting: Report[] = [];
  /** The debug exception that the next hits belong to. */
  #exception: Exception | null = null;

  constructor(world: World, arming: SimArming) {
    this.#world = world;
    this.#arming = arming;
  }

  /** Hands out all that waits; the number of hits. */
  deliver(sink: EngineSink): number {
    let hits = 0;
    for (const report of this.#waiting.splice(0)) {
      if (report.type === 'hit') {
        hits++;
        sink.hit(report.hit);
      } else if (report.type === 'started') sink.threadStarted(report.thread);
      else if (report.type === 'ended') sink.threadEnded(report.thread);
      else sink.renamed(report.thread);
    }
    return hits;
  }

  /** The process of a thread, as everybody else knows it. */
  #processOf(tid: number): number {
    return processOutside(this.#world.machine, this.#world.machine.thread(tid).pid);
  }

  exception(event: Exception): void {
    this.#exception = event;
  }

  born({ tid, pid, parent }: Extract<MachineEvent, { readonly type: 'born' }>): void {
    const by = { parentPid: this.#processOf(parent), parentTid: outside(parent) };
    this.#waiting.push({
      type: 'started',
      thread: { pid: processOutside(this.#world.machine, pid), tid: outside(tid), ...by, time: now() },
    });
    if (this.#world.threadName(tid) !== this.#world.threadName(parent)) this.#renamed(tid, false);
  }

  ended(tid: number): void {
    this.#waiting.push({ type: 'ended', thread: { pid: this.#processOf(tid), tid: outside(tid) } });
  }

  executed(tid: number): void {
    this.#renamed(tid, true);
  }

  #renamed(tid: number, exec: boolean): void {
    const pid = this.#processOf(tid);
    this.#waiting.push({ type: 'renamed', thread: { pid, tid: outside(tid), comm: this.#world.threadName(tid), exec, time: now() } });
  }

  /** A request to the machine's kernel was hit. False where it is not for a piece of this session. */
  triggered({ told, tid, cpu }: Triggered): boolean {
    const order = told.who === 'request' ? this.#arming.orderOf(told.id) : null;
    if (order === null) return false;
    const { pid, context } = this.#world.machine.thread(tid);
    const { pc = context.pc, user = true } = this.#exception ?? {};
    const kernel = !user;
    const time = now();
    const hit: RawHit = {
      cookie: order.cookie,
      ...{ pid: this.#processOf(tid), tid: outside(tid), cpu, kernel },
      ...{ timeLo: Number(time & 0xffff_ffffn), timeHi: Number(time >> 32n) },
      ...{ ipLo: kernel ? KERNEL_CODE.lo : lowHalf(pc), ipHi: kernel ? KERNEL_CODE.hi : highHalf(pc) },
      ...{ registers: new Uint32Array(REGISTER_WORDS), registersAt: 0 },
      ...{ after: this.#bytesOf(pid, order.address, order.length), exact: true, before: null, origin: null, userStack: null },
      stack: order.stackDepth === 0 ? null : chain({ pc, kernel, calls: context.calls, depth: order.stackDepth }),
    };
    const instruction = kernel ? null : this.#instructionBefore(pc);
    leaveRegisters(hit.registers, { instruction, iterations: context.rep, result: this.#resultOf(pid, instruction) });
    this.#waiting.push({ type: 'hit', hit });
    return true;
  }

  /** The machine stands still: what memory holds now is what the access has left. */
  #bytesOf(pid: number, address: number, length: number): Uint8Array | null {
    const { state, setup } = this.#world.machine;
    const memory = state.spaces[pid] ?? null;
    return memory === null ? null : bytesAt(memory, setup.layout, { address, length });
  }

  /** A trap's saved address is behind its instruction, a repeating instruction's on it. */
  #instructionBefore(pc: number): Instruction | null {
    const { programs } = this.#world.machine.setup;
    const here = instructionAt(programs, pc);
    if (here?.op === 'rep-movs' || here?.op === 'rep-stos') return here;
    return instructionAt(programs, pc - INSTRUCTION_BYTES);
  }

  #resultOf(pid: number, instruction: Instruction | null): number {
    const { state, setup } = this.#world.machine;
    const memory = state.spaces[pid] ?? null;
    if (memory === null || instruction?.op !== 'add') return 0;
    return readMemory(memory, setup.layout, instruction.at, instruction.length) ?? 0;
  }
}

function now(): bigint {
  return process.hrtime.bigint();
}

interface Frames {
  readonly pc: number;
  readonly kernel: boolean;
  /** Return addresses, innermost last. */
  readonly calls: readonly number[];
  readonly depth: number;
}

/** A call chain as perf has it, as halves. */
function chain({ pc, kernel, calls, depth }: Frames): Uint32Array {
  const user = [pc, ...calls.toReversed()].map((address) => [lowHalf(address), highHalf(address)]);
  const own = kernel
    ? [
        [CONTEXT.kernel, CONTEXT.hi],
        [KERNEL_CODE.lo, KERNEL_CODE.hi],
      ]
    : [];
  const rest = user.slice(0, depth - (kernel ? 1 : 0));
  return Uint32Array.from([...own, ...(rest.length > 0 ? [[CONTEXT.user, CONTEXT.hi], ...rest] : [])].flat());
}
