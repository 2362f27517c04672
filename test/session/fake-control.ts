// A process that is made up: threads that stop, hit and end as a test says, under the contracts of engines that stop. What servers and the hub of
// several clients are tested with where no real process is needed.
import type { Armed, Capabilities, EngineEvent, EngineSession, EngineSink, EngineTarget } from '../../src/engines/contract.js';
import {
  type Control,
  type ControlledThread,
  type ProcessEnd,
  STOP_ONLY_AT_HITS,
  type StepRequest,
  type StopCause,
  type StopPolicy,
  type ThreadStop,
  USER_REGISTER_WORDS,
} from '../../src/engines/control.js';
import { ControlError } from '../../src/engines/errors.js';
import type { Handling } from '../../src/engines/handling.js';
import type { ArmOrder, HardwareEffect } from '../../src/facility/index.js';
import { SharedTarget, type ShareOptions } from '../../src/session/debug/shared-target.js';
import { Target } from '../../src/session/target.js';
import type { ProgramParts } from './fake-program.js';
import { fakeProgram } from './fake-program.js';
import { rawHit } from './made-hits.js';

/** The made process, and its first thread. */
export const PID = 100;

const ALL: Armed = { threads: 1, cpus: 1, notCovered: [] };

export const FAKE_CAPABILITIES: Capabilities = {
  name: 'stop',
  stopsTarget: true,
  kernelWrites: false,
  slots: 4,
  values: 'read-at-hit',
  accesses: ['write', 'readwrite', 'execute'],
  inherits: ['none', 'threads', 'children'],
  targets: ['process'],
  handles: ['each', 'stops'],
  pauses: false,
  blindTo: [],
};

interface FakeThread {
  readonly pid: number;
  readonly tid: number;
  stop: ThreadStop | null;
}

type Report = (sink: EngineSink) => void;

/** A session over made threads; everything that is asked of it is written down in {@link log}. */
export class FakeSession implements EngineSession {
  readonly capabilities: Capabilities;
  readonly target: EngineTarget = { pid: PID, tid: null, inherit: 'children' };
  readonly control: Control | null;
  readonly threads = new Map<number, FakeThread>([[PID, { pid: PID, tid: PID, stop: null }]]);
  /** `resume 100 0`, `step 100 0 breakpoint`, `stop 100`, `kill 100`. */
  readonly log: string[] = [];
  readonly memory = new Map<bigint, number>();
  policy: StopPolicy = STOP_ONLY_AT_HITS;
  /** What the next step throws. */
  stepFails: ControlError | null = null;
  isDisposed = false;
  readonly #armed = new Map<number, ArmOrder>();
  readonly #handlings: Handling[] = [];
  #reports: Report[] = [];
  #listener: (() => void) | null = null;

  constructor(capabilities: Partial<Capabilities> = {}) {
    this.capabilities = { ...FAKE_CAPABILITIES, ...capabilities };
    this.control = this.capabilities.stopsTarget ? this.#makeControl() : null;
  }

  /** Addresses that are armed now. */
  get armed(): readonly number[] {
    return [...this.#armed.values()].map(({ address }) => address);
  }

  /** Addresses that are armed for process `pid`. */
  armedIn(pid: number): readonly number[] {
    return [...this.#armed.values()].filter(({ scope }) => scope.kind === 'process' && scope.pid === pid).map(({ address }) => address);
  }

  /** Something happens, and the session is told that there is something to collect. */
  happens(...reports: Report[]): void {
    this.#reports.push(...reports);
    this.#listener?.();
  }

  /** Thread `tid` begins. */
  starts(tid: number, pid = PID): void {
    const time = now();
    this.threads.set(tid, { pid, tid, stop: null });
    this.happens((sink) => sink.threadStarted({ pid, tid, parentPid: PID, parentTid: PID, time }));
  }

  ends(tid: number): void {
    const thread = this.#thread(tid);
    this.threads.delete(tid);
    this.happens((sink) => sink.threadEnded({ pid: thread.pid, tid }));
  }

  processEnds(end: ProcessEnd['end'], pid = PID): void {
    for (const { tid } of [...this.threads.values()].filter((thread) => thread.pid === pid)) this.ends(tid);
    this.happens((sink) => sink.processEnded?.({ pid, end }));
  }

  executes(pid = PID): void {
    for (const { tid } of [...this.threads.values()].filter((thread) => thread.pid === pid && thread.tid !== pid)) this.threads.delete(tid);
    this.happens((sink) => sink.renamed({ pid, tid: pid, comm: 'other', exec: true, time: now() }));
    if (this.policy.execs) this.stands(pid, { kind: 'exec' });
  }

  /** A running thread stores `value` at `address`: hits of all pieces there, and a stop where one of them asks for that. */
  stores(tid: number, address: bigint, value: bigint): void {
    const thread = this.#thread(tid);
    if (thread.stop !== null) throw new Error(`thread ${tid} stands`);
    for (let i = 0; i < 8; i++) this.memory.set(address + BigInt(i), Number((value >> BigInt(8 * i)) & 0xffn));
    const hit = [...this.#armed.values()].filter(
      (piece) => BigInt(piece.address) <= address && address < BigInt(piece.address + piece.length),
    );
    for (const { cookie, address: at, length, handling } of hit) {
      const time = Number(now());
      const range = this.#handlings[handling - 1]?.range ?? { address: BigInt(at), length };
      const raw = { ...rawHit({ time: 0, pid: thread.pid, tid, cookie, by: 'vector8' }), after: this.#read(range.address, range.length) };
      this.happens((sink) => sink.hit({ ...raw, timeLo: time % 0x1_0000_0000, timeHi: Math.floor(time / 0x1_0000_0000) }));
    }
    const stopping = hit.filter(({ handling }) => this.#handlings[handling - 1]?.keep === 'stops').map(({ cookie }) => cookie);
    if (stopping.length > 0) this.stands(tid, { kind: 'hit', cookies: stopping });
  }

  /** A running thread stops, and with it the others where the policy says so. */
  stands(tid: number, cause: StopCause): void {
    const thread = this.#thread(tid);
    this.#stop(thread, cause);
    if (!this.policy.wholeProcess) return;
    for (const other of this.threads.values())
      if (other.pid === thread.pid && other.stop === null) this.#stop(other, { kind: 'interrupted' });
  }

  #stop(thread: FakeThread, cause: StopCause): void {
    const { pid, tid } = thread;
    const stop: ThreadStop = { pid, tid, cause, time: now() };
    thread.stop = stop;
    this.happens((sink) => sink.stopped?.(stop));
  }

  #thread(tid: number): FakeThread {
    const thread = this.threads.get(tid);
    if (thread === undefined) throw new ControlError('no-such-thread', tid, `there is no thread ${tid}`);
    return thread;
  }

  #standing(tid: number): FakeThread {
    const thread = this.#thread(tid);
    if (thread.stop === null) throw new ControlError('not-stopped', tid, `thread ${tid} runs`);
    return thread;
  }

  #makeControl(): Control {
    const registers = new Map<number, BigUint64Array>();
    const states = new Map<number, Uint8Array>();
    return {
      setPolicy: (policy) => {
        this.policy = policy;
      },
      threads: (): ControlledThread[] => [...this.threads.values()].map((thread) => ({ ...thread })),
      stop: (tids) => {
        for (const tid of tids) {
          if (this.threads.get(tid)?.stop !== null) continue;
          this.log.push(`stop ${tid}`);
          this.stands(tid, { kind: 'interrupted' });
        }
      },
      resume: (tids, signal) => {
        for (const tid of tids) {
          this.log.push(`resume ${tid} ${signal}`);
          const thread = this.threads.get(tid);
          if (thread !== undefined) thread.stop = null;
        }
      },
      step: (tid: number, { signal, by }: StepRequest) => {
        const thread = this.#standing(tid);
        const failure = this.stepFails;
        this.stepFails = null;
        if (failure !== null) throw failure;
        this.log.push(`step ${tid} ${signal} ${by}`);
        thread.stop = null;
      },
      registers: (tid) => registers.get(this.#standing(tid).tid)?.slice() ?? new BigUint64Array(USER_REGISTER_WORDS),
      setRegisters: (tid, words) => void registers.set(this.#standing(tid).tid, words.slice()),
      extendedState: (tid) => states.get(this.#standing(tid).tid)?.slice() ?? new Uint8Array(576),
      setExtendedState: (tid, state) => void states.set(this.#standing(tid).tid, state.slice()),
      signalInfo: (tid) => (this.#standing(tid).stop?.cause.kind === 'signal' ? new Uint8Array(128) : null),
      setSignalInfo: (tid) => void this.#standing(tid),
      writeMemory: (_, address, bytes) => {
        for (const [i, byte] of bytes.entries()) this.memory.set(address + BigInt(i), byte);
      },
      kill: (pid) => {
        this.log.push(`kill ${pid}`);
        this.processEnds({ kind: 'killed', signal: 9 }, pid);
      },
      detach: (pid, signal) => {
        this.log.push(`detach ${pid} ${signal}`);
        for (const thread of [...this.threads.values()]) if (thread.pid === pid) this.threads.delete(thread.tid);
      },
      onActivity: (listener) => {
        this.#listener = listener;
      },
    };
  }

  apply(effects: readonly HardwareEffect[]): EngineEvent[] {
    const arms = effects.filter((effect) => effect.type === 'arm');
    for (const effect of effects) if (effect.type === 'disarm') this.#armed.delete(effect.cookie);
    for (const { piece } of arms) this.#armed.set(piece.cookie, piece);
    return effects.map((effect) => ({ type: 'done', effect: effect.effect, armed: effect.type === 'arm' ? ALL : null }));
  }

  forget(cookies: readonly number[]): void {
    for (const cookie of cookies) this.#armed.delete(cookie);
  }

  capacity(): null {
    return null;
  }

  prepare(handling: Handling): number {
    const key = JSON.stringify(handling, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
    const known = this.#handlings.findIndex(
      (one) => JSON.stringify(one, (_, value) => (typeof value === 'bigint' ? `${value}` : value)) === key,
    );
    return known >= 0 ? known + 1 : this.#handlings.push(handling);
  }

  counts(): [] {
    return [];
  }

  pause(): void {}

  useStores(): void {}

  readMemory(_: number, address: bigint, length: number): Uint8Array {
    return this.#read(address, length);
  }

  #read(address: bigint, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, i) => this.memory.get(address + BigInt(i)) ?? 0);
  }

  collect(sink: EngineSink): number {
    const reports = this.#reports;
    this.#reports = [];
    for (const report of reports) report(sink);
    return reports.length;
  }

  reconcile(): { counted: number; delivered: number; duplicates: number; missing: number } {
    return { counted: 0, delivered: 0, duplicates: 0, missing: 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
  }
}

function now(): bigint {
  return process.hrtime.bigint();
}

/** How a made target is. */
export interface FakeOptions {
  readonly capabilities?: Partial<Capabilities>;
  readonly share?: Partial<ShareOptions>;
  /** Held before its first instruction. */
  readonly held?: boolean;
  readonly program?: ProgramParts;
}

/** A target over a {@link FakeSession}, shared. Names are `x`, `y`, `z` of 8 bytes, and addresses. */
export function fakeTarget({ capabilities = {}, share = {}, held = false, program = {} }: FakeOptions = {}): {
  readonly session: FakeSession;
  readonly shared: SharedTarget;
} {
  const session = new FakeSession(capabilities);
  let isHeld = held;
  const lifecycle = {
    get held() {
      return isHeld;
    },
    release: () => {
      session.log.push('release');
      isHeld = false;
    },
    abandon: () => undefined,
    advance: () => undefined,
    poll: () => null,
  };
  const threadIds = (): number[] => [...session.threads.keys()];
  const facts = { threadIds, threadName: (_: number, tid: number) => `thread ${tid}` };
  const target = new Target({ session, program: fakeProgram(PID, program), lifecycle, options: { inherit: 'children' }, facts });
  return { session, shared: new SharedTarget(target, { disposes: true, owner: 'owner', ...share }) };
}
