// The simulated machine as a world: a stage with one CPU more than the case needs, so that several threads run in turns.
import type { Rules } from '../../src/facility/rules.js';
import type { Host, StopView } from '../../src/interfaces/host.js';
import { HostTracer } from '../../src/interfaces/tracer.js';
import type { SignalSink } from '../../src/interfaces/utrace/index.js';
import type { SignalName } from '../../src/machine/program.js';
import { A, at, B, C, D, E, EXIT, KERNEL_A, KERNEL_B, kernelWrite, Stage, work } from '../machine/stage.js';
import { type Code, GOOD_STATUS, type KernelWords, type Places, type Told, TRACER, type World } from './world.js';

const PLACES: Places = { variables: [A, B, C, D, E], at };
const MOST_TURNS = 2000;

class MachineWorld implements World {
  readonly column = 'machine';
  readonly variables = PLACES.variables;
  readonly at = PLACES.at;
  readonly host: Host & SignalSink;
  readonly tracer: HostTracer;
  readonly first: number;
  readonly kernel: KernelWords;
  readonly #stage: Stage;

  constructor(rules: Rules, code: Code) {
    const own = code(PLACES);
    // Behind the program: what a process that nobody watches has the kernel do.
    this.#stage = new Stage(rules, [...own, work(kernelWrite(KERNEL_A, 4)), EXIT], { cpus: 2 });
    this.kernel = {
      addresses: [KERNEL_A, KERNEL_A + 4, KERNEL_B, KERNEL_B + 4],
      store: () => {
        this.#stage.runThread(this.#stage.process(at(own.length)), 1);
        return Promise.resolve();
      },
    };
    this.host = this.#stage.host;
    this.tracer = new HostTracer(this.host, TRACER);
    this.first = this.#stage.process();
    this.#stage.machine.switch(0, this.first);
    HostTracer.demand(this.tracer.attach(this.first));
    this.#stage.machine.takeEvents();
  }

  get pid(): number {
    return this.#stage.thread(this.first).pid;
  }

  addThread(index: number): Promise<number> {
    const { machine } = this.#stage;
    const { signals, pid } = this.#stage.thread(this.first);
    const { tid } = machine.addThread(pid, at(index));
    // Dispositions are the process's, of which the machine gives each thread a copy.
    this.#stage.thread(tid).signals.handlers = signals.handlers;
    this.#stage.thread(tid).signals.ignored = signals.ignored;
    HostTracer.demand(this.tracer.attach(tid));
    return Promise.resolve(tid);
  }

  go(tid: number, signal?: SignalName): Promise<StopView | null> {
    this.release(tid, signal);
    return this.#settled(tid);
  }

  step(tid: number): Promise<StopView | null> {
    HostTracer.demand(this.tracer.step(tid));
    return this.#settled(tid);
  }

  release(tid: number, signal?: SignalName): void {
    HostTracer.demand(this.tracer.continue(tid, signal ?? null));
  }

  nextStop(tids: readonly number[]): Promise<{ readonly tid: number; readonly stop: StopView } | null> {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const stopped = tids.find((tid) => this.host.tracing.isStopped(tid));
      const stop = stopped === undefined ? null : this.host.tracing.stopOf(stopped);
      if (stopped !== undefined && stop !== null) return Promise.resolve({ tid: stopped, stop });
      this.#turn(turn, tids);
    }
    return Promise.resolve(null);
  }

  finish(): Promise<void> {
    const stage = this.#stage;
    const { threads } = stage.machine.state;
    for (const { tid, trace } of threads) if (trace.stop !== null) HostTracer.demand(this.tracer.detach(tid));
    for (let turn = 0; turn < MOST_TURNS; turn++)
      this.#turn(
        turn,
        threads.map(({ tid }) => tid),
      );
    return Promise.resolve();
  }

  pcOf(tid: number): number {
    return this.#stage.thread(tid).context.pc;
  }

  takeTold(): readonly Told[] {
    return this.#stage.machine.takeEvents().flatMap((event): Told[] => {
      if (event.type === 'told' && event.what !== 'triggered' && event.request >= 0)
        return [{ request: event.request, what: event.what, cause: event.cause }];
      if (event.type !== 'triggered' || event.told.who !== 'request' || event.told.id < 0) return [];
      const { id, answer } = event.told;
      return [{ request: id, what: 'triggered', tid: event.tid, answer: answer === 'passed' ? 'passed' : 'consumed' }];
    });
  }

  onTriggered(callback: () => void): void {
    this.#stage.machine.script = { decide: () => null, triggered: callback };
  }

  endOf(tid: number): Promise<string> {
    const { status, exitStatus, killedBy } = this.#stage.thread(tid);
    if (status !== 'exited') return Promise.resolve('alive');
    return Promise.resolve(killedBy ?? (exitStatus === GOOD_STATUS ? 'good' : `status ${exitStatus}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** One instruction; each CPU changes its thread after every one. */
  #turn(turn: number, tids: readonly number[]): void {
    const stage = this.#stage;
    const cpu = turn % 2;
    const ready = tids.filter((tid) => stage.thread(tid).status === 'ready' && stage.cpu(1 - cpu).thread !== tid);
    const next = ready[turn % ready.length];
    if (next !== undefined) stage.machine.switch(cpu, next);
    stage.machine.step(cpu);
  }

  #settled(tid: number): Promise<StopView | null> {
    const { cpu } = this.#stage.thread(tid);
    if (this.#stage.cpu(cpu).thread !== tid && this.#stage.thread(tid).status === 'ready') this.#stage.machine.switch(cpu, tid);
    this.#stage.run(cpu);
    return Promise.resolve(this.host.exists(tid) ? this.host.tracing.stopOf(tid) : null);
  }
}

/** A world on the simulated machine. */
export function startMachine(rules: Rules, code: Code): Promise<World> {
  return Promise.resolve(new MachineWorld(rules, code));
}
