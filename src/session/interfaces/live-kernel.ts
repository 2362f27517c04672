// A running process as a kernel of the design's sees its threads: everything that the interfaces need of a host, on real threads.
//
// The engine session reports, round by round; each report becomes what the machine's kernel would make of it, by the same facility code and the
// same Rules. Interfaces are called between rounds, or from a listener: what a listener asks for while an event is being taken in waits its turn.
import { assertNever } from '../../base/assert.js';
import type { FacilityEvent, Notice, RequestId, Rules } from '../../facility/index.js';
import { newHalf } from '../../facility/virtual/half.js';
import type { Host, StopView } from '../../interfaces/host.js';
import type { SignalSink } from '../../interfaces/utrace/index.js';
import { BadRequestError } from '../errors.js';
import { BrokerArming } from './broker-arming.js';
import { takeBirth, takeEnd, takeExec } from './live-births.js';
import { goesOn, type LiveContext } from './live-context.js';
import type { Callbacks, LiveEvent } from './live-event.js';
import { takeHit } from './live-hits.js';
import { takeStop } from './live-stops.js';
import { type LiveThread, newLiveThread } from './live-thread.js';
import { applyPolicy, liveTracing, type Traced } from './live-tracing.js';
import { type Report, recorder } from './recorded.js';
import type { Sessions } from './sessions.js';
import { WordArming } from './word-arming.js';

/** How a live kernel is to be. */
export interface LiveKernelOptions {
  readonly rules: Rules;
  /** How a tracer's step is made: engines/control.ts says what each costs and risks. */
  readonly stepBy: 'breakpoint' | 'trap-flag';
}

/** Throws BadRequestError for rules that real threads cannot follow: those under which threads share registers with whom the kernel knows alone. */
export function checkRules({ sharing, kernel }: Rules): void {
  if (sharing === 'priority' || sharing === 'index') return;
  throw new BadRequestError(`the rules of ${kernel} cannot be followed on real threads`, {
    hint: 'Take those of hwbkpt, netbsd, netbsd-2016 or freebsd; the others run on the simulated machine (hwbkpt lab run).',
  });
}

/** Milliseconds between two looks at the kernel's hits, and where there are none to look for. */
const ROUND = 5;
const KEEP_ALIVE = 1000;

/** Keeps Node from ending until it is disposed of. */
export class LiveKernel implements AsyncDisposable {
  /** What the interfaces take. */
  readonly host: Host & SignalSink;
  readonly rules: Rules;
  readonly #context: LiveContext;
  readonly #callbacks = new Map<RequestId, Callbacks>();
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  readonly #rounds: NodeJS.Timeout;
  #waiting: FacilityEvent[] = [];
  #isFeeding = false;
  #isPumping = false;

  /** Takes over `sessions`, which have just been opened. `rules` are such that {@link checkRules} lets pass. */
  constructor(sessions: Sessions, { rules, stepBy }: LiveKernelOptions) {
    this.rules = rules;
    this.#context = this.#newContext(sessions, stepBy);
    this.host = this.#hostView();
    const { control } = sessions;
    for (const { pid, tid } of control.threads()) this.#context.threads.set(tid, newLiveThread(tid, pid, 0));
    applyPolicy(this.#context.traced);
    control.onActivity(() => this.pump());
    // The kernel's hits wake nobody. Without those, this only keeps Node from ending while somebody may wait for an event.
    this.#rounds = setInterval(() => this.pump(), sessions.kernel === null ? KEEP_ALIVE : ROUND);
  }

  #newContext(sessions: Sessions, stepBy: Traced['stepBy']): LiveContext {
    const { rules } = this;
    const half = newHalf(1);
    const threads = new Map<number, LiveThread>();
    const traced: Traced = { control: sessions.control, threads, stepBy, goesOn: (thread, stepping) => goesOn(context, thread, stepping) };
    const context: LiveContext = {
      ...{ rules, half, sessions, threads, traced },
      broker: new BrokerArming(sessions, half.broker, (notice) => this.#emit(notice)),
      words: rules.raw.storage === 'words' ? new WordArming(sessions, half, rules) : null,
      emit: (event) => this.#emit(event),
      takeIn: (event) => this.#takeIn(event),
    };
    return context;
  }

  #hostView(): Host & SignalSink {
    const { half, threads, traced } = this.#context;
    return {
      ...{ rules: this.rules, half },
      exists: (tid) => threads.has(tid),
      pidOf: (tid) => threads.get(tid)?.pid ?? -1,
      feed: (event) => this.#feed(event),
      // Requests are armed already, and words are when their thread goes on: it stands, or nobody could have written them.
      changed: () => undefined,
      enableIoBreakpoints: () => false,
      tracing: liveTracing(traced),
      swallow: (tid, signal, swallow) => this.#swallow(tid, signal, swallow),
    };
  }

  /** Threads that live: the first one first. */
  get threads(): readonly LiveThread[] {
    return [...this.#context.threads.values()];
  }

  /** `listener` hears everything from now on; the result ends that. */
  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Callbacks of the breakpoint with that number: to be said before it is registered. Null: no more. */
  listen(request: RequestId, callbacks: Callbacks | null): void {
    if (callbacks === null) this.#callbacks.delete(request);
    else this.#callbacks.set(request, callbacks);
  }

  /** Takes in what has happened since. Also done by itself, from the event loop. */
  pump(): void {
    if (this.#isPumping || this.#isFeeding) return;
    this.#isPumping = true;
    try {
      const { sessions, broker } = this.#context;
      const { version } = broker.routes;
      const reports: Report[] = [];
      const sink = recorder(reports);
      sessions.threads.collect(sink, false);
      sessions.kernel?.collect(sink, false);
      for (const report of reports) this.#take(report);
      broker.routes.drained(version);
      broker.look();
    } finally {
      this.#isPumping = false;
    }
  }

  /** Resolves when thread `tid` stands for its tracer, with why; null: it is gone. */
  async stopped(tid: number): Promise<StopView | null> {
    const { threads } = this.#context;
    const isSettled = (): boolean => threads.get(tid)?.stop !== null;
    this.pump();
    if (!isSettled()) {
      await new Promise<void>((resolve) => {
        const end = this.onEvent(() => {
          if (!isSettled()) return;
          end();
          resolve();
        });
      });
    }
    return threads.get(tid)?.stop ?? null;
  }

  /** Disarms everything and lets go of the target: it runs on as if nobody had been there. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { sessions } = this.#context;
    sessions.control.onActivity(null);
    clearInterval(this.#rounds);
    await sessions.kernel?.[Symbol.asyncDispose]();
    await sessions.threads[Symbol.asyncDispose]();
  }

  /** From an interface: what happened before it belongs to those who are registered now. */
  #feed(event: FacilityEvent): readonly Notice[] {
    if (this.#isFeeding) {
      this.#waiting.push(event);
      return [];
    }
    this.pump();
    return this.#takeIn(event);
  }

  #takeIn(event: FacilityEvent): readonly Notice[] {
    this.#isFeeding = true;
    let notices: readonly Notice[] = [];
    try {
      notices = this.#context.broker.feed(event);
    } finally {
      this.#isFeeding = false;
    }
    const next = this.#waiting.shift();
    if (next !== undefined) this.#takeIn(next);
    return notices;
  }

  #emit(event: LiveEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
    if (event.type === 'triggered') this.#callbacks.get(event.hit.request)?.triggered?.(event.hit);
    if (event.type !== 'tell') return;
    const callbacks = this.#callbacks.get(event.request);
    if (event.what === 'installed') callbacks?.installed?.();
    if (event.what === 'uninstalled') callbacks?.uninstalled?.(event.cause);
  }

  #swallow(tid: number, signal: string, swallow: boolean): void {
    const { threads, traced } = this.#context;
    const swallowed = threads.get(tid)?.swallowed;
    if (swallow) swallowed?.add(signal);
    else swallowed?.delete(signal);
    applyPolicy(traced);
  }

  #take(report: Report): void {
    const context = this.#context;
    switch (report.type) {
      case 'hit':
        takeHit(context, report);
        return;
      case 'started':
        takeBirth(context, report);
        return;
      case 'ended':
        takeEnd(context, report.tid);
        return;
      case 'exec':
        takeExec(context, report);
        return;
      case 'stopped':
        takeStop(context, report.stop);
        return;
      case 'process-ended':
        for (const { tid, pid } of this.threads) if (pid === report.end.pid) takeEnd(context, tid);
        this.#emit({ type: 'ended', end: report.end });
        return;
      case 'lost':
        this.#emit(report);
        return;
      default:
        assertNever(report);
    }
  }
}
