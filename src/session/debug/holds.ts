// Who holds which thread: a thread that has stopped runs again when nobody holds it any more. Pure: it says what is to be done, and to whom a stop
// is to be told.
//
//   runs --stands()--> held by A, B --resume(A)--> held by B --step(B)--> goes: one instruction, with the signal that was agreed on
import type { StepRequest, StopCause, ThreadStop } from '../../engines/control.js';

/** A client, as the hub numbers it. */
export type Holder = number;

/** What is to be done with a thread that nobody holds. */
export type Go =
  | { readonly kind: 'resume'; readonly tid: number; readonly signal: number }
  | { readonly kind: 'step'; readonly tid: number; readonly request: StepRequest };

/** A stop that is told. */
export interface Told {
  readonly holder: Holder;
  readonly stop: ThreadStop;
  /** The stop is what this holder asked for: its cause is told as it is. */
  readonly isOwn: boolean;
}

/** What came of a stop. */
export interface Outcome {
  readonly told: readonly Told[];
  /** Nobody wants it. */
  readonly go: Go | null;
}

interface Standing {
  readonly stop: ThreadStop;
  readonly holders: Set<Holder>;
  /** Who was told of the signal, where it is one, and may suppress it. */
  readonly informed: ReadonlySet<Holder>;
  /** What those have said who hold it no more: the signal to be delivered. */
  readonly signals: Map<Holder, number>;
  readonly steps: Map<Holder, StepRequest>;
}

/** All threads of one target. Those that are not known run. */
export class Holds {
  readonly #standing = new Map<number, Standing>();
  /** Who waits for a running thread to stop. */
  readonly #wanted = new Map<number, Set<Holder>>();
  /** Whose steps of a running thread are not over. */
  readonly #stepping = new Map<number, Map<Holder, StepRequest>>();
  /** By process: who stopped all of it, and has let none of its threads go since. */
  readonly #stoppedAll = new Map<number, Set<Holder>>();
  /** What was let go of by a step that may yet fail. */
  readonly #letGoOf = new WeakMap<Go, Standing>();

  /** The stop of a thread that `holder` holds; null where it does not. */
  stopOf(holder: Holder, tid: number): ThreadStop | null {
    const standing = this.#standing.get(tid);
    return standing?.holders.has(holder) === true ? standing.stop : null;
  }

  /** Threads that `holder` holds, or waits for. */
  of(holder: Holder): number[] {
    const held = [...this.#standing].filter(([, { holders }]) => holders.has(holder)).map(([tid]) => tid);
    return [...held, ...this.#waitedFor(holder)];
  }

  #waitedFor(holder: Holder): number[] {
    return [...this.#wanted].filter(([, holders]) => holders.has(holder)).map(([tid]) => tid);
  }

  /**
   * A thread has stopped. `asked`: whose watches or policies it is about; `wholeProcess`: those of them and of those who wait for it who
   * hold all of a process when they hold one of its threads. What an unfinished step becomes: it ends with its own stop, with an exec, and with a hit
   * (the instruction was executed); otherwise it stays to be done.
   */
  stands(stop: ThreadStop, asked: readonly Holder[], wholeProcess: ReadonlySet<Holder>): Outcome {
    const { pid, tid, cause } = stop;
    const waiting = [...(this.#wanted.get(tid) ?? [])];
    const steps = this.#stepping.get(tid) ?? new Map<Holder, StepRequest>();
    const stepsEnd = cause.kind === 'step' || cause.kind === 'hit' || cause.kind === 'exec';
    const own = new Set([...asked, ...(cause.kind === 'interrupted' ? waiting : []), ...(cause.kind === 'step' ? steps.keys() : [])]);
    const active = new Set([...own, ...waiting, ...(stepsEnd ? steps.keys() : [])]);
    const holders = new Set([...active, ...(this.#stoppedAll.get(pid) ?? [])]);
    this.#wanted.delete(tid);
    this.#stepping.delete(tid);
    const kept = [...steps].filter(([holder]) => !holders.has(holder));
    this.#standing.set(tid, {
      stop,
      holders,
      informed: asked.length > 0 ? new Set(asked) : NOBODY,
      signals: new Map(),
      steps: new Map(kept),
    });
    const told = [...holders].map((holder) => tellingOf(holder, stop, { own, stepped: stepsEnd && steps.has(holder) }));
    const others = [...active].filter((holder) => wholeProcess.has(holder)).flatMap((holder) => this.#holdAll(holder, pid));
    return { told: [...told, ...others], go: holders.size === 0 ? this.#letGo(tid) : null };
  }

  /** Holds also those threads of a process that stand for others already. */
  #holdAll(holder: Holder, pid: number): Told[] {
    this.#stoppedAll.set(pid, (this.#stoppedAll.get(pid) ?? new Set()).add(holder));
    const standing = [...this.#standing.values()].filter(({ stop, holders }) => stop.pid === pid && !holders.has(holder));
    return standing.map(({ stop, holders }) => {
      holders.add(holder);
      return tellingOf(holder, stop, { own: NOBODY, stepped: false });
    });
  }

  /** `holder` wants a thread to stand: tells that it stands already, or `ask` where it is to be asked for; null: it holds it. */
  want(holder: Holder, tid: number): Told | 'ask' | null {
    const standing = this.#standing.get(tid);
    if (standing === undefined) {
      this.#wanted.set(tid, (this.#wanted.get(tid) ?? new Set()).add(holder));
      return 'ask';
    }
    if (standing.holders.has(holder)) return null;
    standing.holders.add(holder);
    standing.signals.delete(holder);
    standing.steps.delete(holder);
    return tellingOf(holder, standing.stop, { own: NOBODY, stepped: false });
  }

  /** `holder` lets go of a thread, or waits for it no more; `signal` is its word on what is delivered. */
  resume(holder: Holder, tid: number, signal: number): Go | null {
    this.#wanted.get(tid)?.delete(holder);
    return this.#release(holder, tid, (standing) => standing.signals.set(holder, signal));
  }

  /** `holder`, who holds it, lets go of a thread for one instruction. */
  step(holder: Holder, tid: number, request: StepRequest): Go | null {
    return this.#release(holder, tid, (standing) => {
      standing.signals.set(holder, request.signal);
      standing.steps.set(holder, request);
    });
  }

  #release(holder: Holder, tid: number, note: (standing: Standing) => void): Go | null {
    const standing = this.#standing.get(tid);
    if (standing?.holders.delete(holder) !== true) return null;
    this.#stoppedAll.get(standing.stop.pid)?.delete(holder);
    note(standing);
    return standing.holders.size === 0 ? this.#letGo(tid) : null;
  }

  #letGo(tid: number): Go | null {
    const standing = this.#standing.get(tid);
    this.#standing.delete(tid);
    if (standing === undefined) return null;
    const signal = signalOf(standing);
    if (standing.steps.size === 0) return { kind: 'resume', tid, signal };
    this.#stepping.set(tid, standing.steps);
    const requests = [...standing.steps.values()];
    const by = requests.every((request) => request.by === 'trap-flag') ? 'trap-flag' : 'breakpoint';
    const go: Go = { kind: 'step', tid, request: { signal, by } };
    this.#letGoOf.set(go, standing);
    return go;
  }

  /** A step could not be done: the thread stands as before, held by those who asked for the step, who are told, but for `except`. */
  failed(go: Go, except: Holder | null): readonly Told[] {
    const standing = this.#letGoOf.get(go);
    if (standing === undefined) return [];
    const { stop, signals, steps, informed } = standing;
    const steppers = [...steps.keys()];
    for (const holder of steppers) signals.delete(holder);
    this.#stepping.delete(go.tid);
    this.#standing.set(go.tid, { stop, signals, informed, holders: new Set(steppers), steps: new Map() });
    return steppers.filter((holder) => holder !== except).map((holder) => tellingOf(holder, stop, { own: NOBODY, stepped: false }));
  }

  /** `holder` leaves: what it held, waited for and stepped is not its any more. It has no say in signals either. */
  leave(holder: Holder): Go[] {
    for (const holders of this.#stoppedAll.values()) holders.delete(holder);
    return this.#leaveThreads(holder, new Set([...this.#wanted.keys(), ...this.#stepping.keys(), ...this.#standing.keys()]));
  }

  /** {@link leave} for one process, whose threads are `tids`. */
  leaveProcess(holder: Holder, pid: number, tids: Iterable<number>): Go[] {
    this.#stoppedAll.get(pid)?.delete(holder);
    return this.#leaveThreads(holder, tids);
  }

  #leaveThreads(holder: Holder, tids: Iterable<number>): Go[] {
    const going: (Go | null)[] = [];
    for (const tid of tids) {
      this.#wanted.get(tid)?.delete(holder);
      this.#stepping.get(tid)?.delete(holder);
      const standing = this.#standing.get(tid);
      standing?.signals.delete(holder);
      standing?.steps.delete(holder);
      going.push(this.#release(holder, tid, () => undefined));
    }
    return going.filter((go) => go !== null);
  }

  /** Process `pid` executes another program: returns its threads but the first, which are gone. */
  executed(pid: number): number[] {
    const gone = [...this.#standing.values()].filter(({ stop }) => stop.pid === pid && stop.tid !== pid);
    return gone.map(({ stop }) => stop.tid);
  }

  /** The thread has ended. */
  ended(tid: number): void {
    this.#standing.delete(tid);
    this.#wanted.delete(tid);
    this.#stepping.delete(tid);
  }
}

const NOBODY: ReadonlySet<Holder> = new Set();
const STEP: StopCause = { kind: 'step' };
const INTERRUPTED: StopCause = { kind: 'interrupted' };

/** What is nobody's business but others' is an interruption. */
function tellingOf(
  holder: Holder,
  stop: ThreadStop,
  { own, stepped }: { readonly own: ReadonlySet<Holder>; readonly stepped: boolean },
): Told {
  if (own.has(holder)) return { holder, stop, isOwn: true };
  const cause = stepped && stop.cause.kind !== 'exec' ? STEP : INTERRUPTED;
  return { holder, stop: { ...stop, cause }, isOwn: false };
}

/** The last one that somebody asked for; none, where one who was told of the thread's own said so; else the thread's own. */
function signalOf({ stop, signals, informed }: Standing): number {
  const wanted = [...signals.values()].filter((signal) => signal !== 0).at(-1);
  if (wanted !== undefined) return wanted;
  if (stop.cause.kind !== 'signal' || [...signals.keys()].some((holder) => informed.has(holder))) return 0;
  return stop.cause.signal;
}
