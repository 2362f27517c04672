// The hunt for threads against made processes, in which threads are born and end between any two steps of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ThreadNews } from './lineage.js';
import { armAllThreads, armExistingThreads, type Completion, type ThreadArmer } from './threads.js';

const PID = 100;
const CPUS = [0, 1];
const PIECES = 2;
const TRACKER = 'tracker';

interface MadeThread {
  readonly tid: number;
  readonly pid: number;
  /** Names of its events: the tracker, and `CPU/PIECE` for each breakpoint, as often as it has it. */
  readonly events: string[];
  alive: boolean;
  visible: boolean;
  /** The child that it is creating. */
  creating: MadeThread | null;
}

/** A process whose threads act by a list of choices: one choice at each step; nothing new is begun when the list is used up. */
class MadeProcess {
  readonly threads: MadeThread[] = [{ tid: PID, pid: PID, events: [], alive: true, visible: true, creating: null }];
  readonly news: ThreadNews[] = [];
  time = 1;
  readonly #choices: Iterator<number>;

  constructor(choices: Iterable<number>) {
    this.#choices = choices[Symbol.iterator]();
  }

  step(): void {
    this.time++;
    const { value, done } = this.#choices.next();
    const actors = this.threads.filter(({ alive, visible }) => alive && visible);
    // Who is creating a thread comes to an end with it at last.
    const actor = done === true ? actors.find(({ creating }) => creating !== null) : actors[value % actors.length];
    if (actor === undefined) return;
    if (actor.creating !== null) this.#finishCreating(actor, actor.creating);
    else if (value % 7 < 4) this.#beginCreating(actor, value % 7 === 0);
    else if (actors.length > 1) this.#end(actor);
  }

  #beginCreating(parent: MadeThread, fork: boolean): void {
    const tid = PID + this.threads.length;
    const child = { tid, pid: fork ? tid : parent.pid, events: [...parent.events], alive: true, visible: false, creating: null };
    this.threads.push(child);
    parent.creating = child;
  }

  #finishCreating(parent: MadeThread, child: MadeThread): void {
    parent.creating = null;
    child.visible = true;
    if (parent.events.includes(TRACKER))
      this.news.push({ kind: 'born', pid: child.pid, tid: child.tid, parentTid: parent.tid, time: this.time });
  }

  #end(thread: MadeThread): void {
    thread.alive = false;
    if (thread.events.includes(TRACKER)) this.news.push({ kind: 'ended', tid: thread.tid, time: this.time });
  }

  living(tid: number): MadeThread | null {
    return this.threads.find((thread) => thread.tid === tid && thread.alive && thread.visible) ?? null;
  }
}

/** Opens events on a made process, which goes on between any two of them. */
class MadeArmer implements ThreadArmer {
  readonly process: MadeProcess;

  constructor(process: MadeProcess) {
    this.process = process;
  }

  /** As the kernel lists: in order of birth, broken off at a thread that ends while the list stands on it. */
  threads(): number[] {
    const listed: number[] = [];
    for (let at = 0; at < this.process.threads.length; at++) {
      const thread = this.process.threads[at];
      if (thread === undefined || thread.pid !== PID || !thread.alive || !thread.visible) continue;
      listed.push(thread.tid);
      this.process.step();
      if (!thread.alive) break;
    }
    return listed;
  }

  arm(tid: number): boolean {
    if (!this.#open(tid, TRACKER)) return false;
    return CPUS.every((cpu) => this.#openPieces(tid, cpu, PIECES));
  }

  complete(tid: number): Completion {
    let outcome: Completion = 'had-all';
    for (const cpu of CPUS) {
      const thread = this.process.living(tid);
      if (thread === null) return 'ended';
      const lacking = PIECES - thread.events.filter((event) => event.startsWith(`${cpu}/`)).length;
      if (cpu === 0 && lacking === PIECES && !this.#open(tid, TRACKER)) return 'ended';
      if (lacking > 0) outcome = 'completed';
      if (!this.#openPieces(tid, cpu, lacking)) return 'ended';
    }
    return outcome;
  }

  #openPieces(tid: number, cpu: number, count: number): boolean {
    for (let piece = PIECES - count; piece < PIECES; piece++) if (!this.#open(tid, `${cpu}/${piece}`)) return false;
    return true;
  }

  #open(tid: number, event: string): boolean {
    this.process.step();
    const thread = this.process.living(tid);
    thread?.events.push(event);
    return thread !== null;
  }

  news(): ThreadNews[] {
    return this.process.news.splice(0);
  }

  atRest(tid: number): boolean {
    this.process.step();
    return this.process.living(tid)?.creating == null;
  }

  now(): number {
    return this.process.time;
  }

  pause(): void {
    this.process.step();
  }
}

const ALL = CPUS.flatMap((cpu) => Array.from({ length: PIECES }, (_, piece) => `${cpu}/${piece}`));
const FAMILY = { pid: PID, children: false };
const choices = fc.array(fc.nat({ max: 10_000 }), { maxLength: 400 });
const RUNS = { seed: 20070222, numRuns: 500 };

/** Breakpoints of the process's threads that are there or on their way. */
function breakpoints({ threads }: MadeProcess): string[][] {
  return threads.filter(({ alive, pid }) => alive && pid === PID).map(({ events }) => events.filter((event) => event !== TRACKER).sort());
}

describe('arming while threads are born', () => {
  test('leaves every thread, also those on their way, with every breakpoint once', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const process = new MadeProcess(list);
        const { settled, missed } = armAllThreads(new MadeArmer(process), FAMILY);
        expect({ settled, missed }).toEqual({ settled: true, missed: [] });
        for (const events of breakpoints(process)) expect(events).toEqual(ALL);
      }),
      RUNS,
    );
  });

  test('and all that are born later', () => {
    fc.assert(
      fc.property(choices, choices, (during, after) => {
        const rest = [...during];
        const process = new MadeProcess(
          (function* () {
            while (rest.length > 0) yield rest.shift() ?? 0;
          })(),
        );
        armAllThreads(new MadeArmer(process), FAMILY);
        rest.push(...after);
        for (let i = 0; i < 400; i++) process.step();
        for (const events of breakpoints(process)) expect(events).toEqual(ALL);
      }),
      RUNS,
    );
  });

  test('ends within its patience where a thread never comes to rest, and says so', () => {
    const armer = new MadeArmer(new MadeProcess([]));
    armer.atRest = () => false;
    armer.pause = (milliseconds = 1) => {
      armer.process.time += milliseconds * 1e9;
    };
    expect(armAllThreads(armer, FAMILY)).toEqual({ covered: 1, missed: [], settled: false });
  });

  test('takes three looks where nothing happens: to arm, to find nobody, to know that this look was whole', () => {
    const armer = new MadeArmer(new MadeProcess([]));
    const list = armer.threads.bind(armer);
    let looks = 0;
    armer.threads = () => {
      looks++;
      return list();
    };
    expect(armAllThreads(armer, FAMILY)).toEqual({ covered: 1, missed: [], settled: true });
    // And one for the result.
    expect(looks).toBe(4);
  });
});

describe('arming where nobody inherits', () => {
  test('covers those that are there', () => {
    const process = new MadeProcess([]);
    for (const tid of [101, 102]) process.threads.push({ tid, pid: PID, events: [], alive: true, visible: true, creating: null });
    expect(armExistingThreads(new MadeArmer(process))).toEqual({ covered: 3, missed: [], settled: true });
    for (const events of breakpoints(process)) expect(events).toEqual(ALL);
  });

  test('comes to an end while threads are born without end', () => {
    const process = new MadeProcess(
      (function* () {
        // Half as many births as ends, or the process would grow without end too.
        for (let i = 0; ; i += 11) if ([1, 5, 6].includes(i % 7)) yield i;
      })(),
    );
    expect(armExistingThreads(new MadeArmer(process)).settled).toBe(true);
  });
});
