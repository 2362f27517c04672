// A fixture under the stop engine, for tests of what stops and steers: armed, let go, collected, with everything that was told.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Condition } from '../../src/conditions/index.js';
import type { EngineSession } from '../../src/engines/contract.js';
import type { Control, ProcessEnd, ThreadStop } from '../../src/engines/control.js';
import { orderOf } from '../../src/engines/direct.js';
import type { Handling } from '../../src/engines/handling.js';
import { StopEngine } from '../../src/engines/stop/engine.js';
import type { Inherit } from '../../src/model/access.js';
import { Recorder } from '../conformance/recorder.js';
import { type FreeTarget, startFreeTarget } from '../helpers/free-target.js';
import type { TargetOptions } from '../helpers/target.js';

/** ms that something may take that is sure to come. */
const PATIENCE = 20_000;
const ROUND = 2;

/** A sink that also keeps stops and ends of processes. */
export class StopRecorder extends Recorder {
  /** Stops that nobody has taken yet. */
  readonly stops: ThreadStop[] = [];
  readonly ends: ProcessEnd[] = [];

  stopped(stop: ThreadStop): void {
    this.stops.push(stop);
  }

  processEnded(end: ProcessEnd): void {
    this.ends.push(end);
  }
}

/** What is watched: a variable that the fixture shows. */
export interface WatchedVariable {
  readonly name: string;
  readonly cookie?: number;
  readonly keep?: Handling['keep'];
  readonly access?: 'write' | 'readwrite';
  readonly condition?: Condition;
}

export class StopRun implements AsyncDisposable {
  readonly target: FreeTarget;
  readonly session: EngineSession;
  readonly recorder = new StopRecorder();

  private constructor(target: FreeTarget, session: EngineSession) {
    this.target = target;
    this.session = session;
  }

  /** Starts a fixture and attaches to it. */
  static async start(
    name: string,
    { engine = new StopEngine(), ...options }: TargetOptions & { readonly inherit?: Inherit; readonly engine?: StopEngine } = {},
  ): Promise<StopRun> {
    const target = await startFreeTarget(name, options);
    try {
      const session = engine.open({ pid: target.tracee, tid: null, inherit: options.inherit ?? 'threads' });
      return new StopRun(target, session);
    } catch (error) {
      await target[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.target.tracee;
  }

  get control(): Control {
    const { control } = this.session;
    if (control === null) throw new Error('the engine does not stop');
    return control;
  }

  /** Arms a breakpoint; by default one that stops. Throws ArmError. */
  arm({ name, cookie = 1, keep = 'stops', access = 'write', condition }: WatchedVariable): void {
    const { address, size } = this.target.shown(name);
    const handling = this.session.prepare({
      ...{ range: { address, length: size }, value: { offset: 0, size } },
      ...{ start: null, condition: condition ?? null, keep },
    });
    const piece = { ...orderOf(this.session, { cookie, address, length: size, access }, 0), handling };
    for (const event of this.session.apply([{ type: 'arm', effect: cookie, piece }])) if (event.type === 'failed') throw event.error;
  }

  collect(): void {
    this.session.collect(this.recorder, false);
  }

  /** Collects until `isThere`. */
  async until(isThere: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    for (this.collect(); !isThere(); this.collect()) {
      if (Date.now() > deadline) throw new Error(`it has not come: ${JSON.stringify(this.recorder.stops.map(({ cause }) => cause))}`);
      await sleep(ROUND);
    }
  }

  /** The next stop. */
  async stop(): Promise<ThreadStop> {
    await this.until(() => this.recorder.stops.length > 0);
    const stop = this.recorder.stops.shift();
    if (stop === undefined) throw new Error('a stop was there');
    return stop;
  }

  /** Lets every thread that stops go on, until the fixture has ended; returns the stops. */
  async toEnd(): Promise<ThreadStop[]> {
    const stops: ThreadStop[] = [];
    await this.until(() => {
      for (const stop of this.recorder.stops.splice(0)) {
        stops.push(stop);
        this.control.resume([stop.tid], stop.cause.kind === 'signal' ? stop.cause.signal : 0);
      }
      return this.recorder.ends.some(({ pid }) => pid === this.pid);
    });
    this.session.collect(this.recorder, true);
    return stops;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]();
    await this.target[Symbol.asyncDispose]();
  }
}
