// The running kernel as a subject of slot cases. Its tasks are shells that wait before they become anything, and are ended by their pids.
import { spawnSync } from 'node:child_process';
import { LinuxError } from '../../../src/linux/errno.js';
import { PerfEvent } from '../../../src/linux/perf-event.js';
import { onlineCpus } from '../../../src/linux/procfs/privileges.js';
import { spawnGated } from '../../../src/linux/spawn.js';
import { PLAIN_SURROUNDINGS } from '../../../src/linux/surroundings.js';
import { waitForChild } from '../../../src/linux/wait.js';
import { packRequest } from './live-attributes.js';
import { pokeDebugRegister, refusal, stopForTracing } from './live-tracing.js';
import type { BreakpointRequest, Errno, EventHandle } from './request.js';
import type { Caller, SlotRequest, SlotSubject, TaskName } from './subject.js';

/** What a thread id means: 0 is the thread that asks, and one above every pid_max is nobody's. */
const CALLER = 0;
const NOBODY = 2 ** 30;

/** Names of tasks that {@link LiveSlots} starts. */
type Started = 'T' | 'U';

/** A process that this one has started without Node's help, so that its stops and its end are ours to wait for. */
interface WaitingTask {
  readonly pid: number;
  readonly release: () => void;
  traced: boolean;
}

export class LiveSlots implements SlotSubject {
  readonly cpus = onlineCpus();
  readonly #opener: string;
  readonly #tasks = new Map<Started, WaitingTask>();
  readonly #events = new Map<number, PerfEvent>();
  #opened = 0;

  /** `opener` is the built fixture perf-open-as. */
  constructor(opener: string) {
    this.#opener = opener;
    // Before any slot is taken: others on this machine miss the slots of CPUs for no longer than a case needs them.
    this.#task('T');
    this.#task('U');
  }

  open(request: SlotRequest): Errno | EventHandle {
    const attributes = packRequest(request);
    const target = { tid: request.task === null ? -1 : this.#tid(request.task), cpu: request.cpu ?? -1 };
    if (request.caller !== undefined && request.caller !== 'root') return this.#openAs(request.caller, attributes, target);
    let event: PerfEvent | undefined;
    const refused = refusal(() => {
      event = PerfEvent.open(attributes, target);
    });
    if (event === undefined) return refused ?? 'EINVAL';
    this.#opened += 1;
    this.#events.set(this.#opened, event);
    return { event: this.#opened };
  }

  close(handle: EventHandle): void {
    this.#event(handle)[Symbol.dispose]();
    this.#events.delete(handle.event);
  }

  modify(handle: EventHandle, request: BreakpointRequest): Errno | null {
    return refusal(() => this.#event(handle).modify(packRequest(request)));
  }

  pokePtrace(name: Started, register: number, value: bigint): Errno | null {
    const task = this.#task(name);
    if (!task.traced) stopForTracing(task.pid);
    task.traced = true;
    return pokeDebugRegister(task.pid, register, value);
  }

  end(name: Started): void {
    const task = this.#tasks.get(name);
    if (task === undefined) return;
    this.#tasks.delete(name);
    // Closes our end of its pipe; what that lets it begin is cut off at once.
    task.release();
    process.kill(task.pid, 'SIGKILL');
    while (!['killed', 'exited'].includes(waitForChild(task.pid).kind));
  }

  [Symbol.dispose](): void {
    for (const event of this.#events.values()) event[Symbol.dispose]();
    this.#events.clear();
    for (const name of [...this.#tasks.keys()]) this.end(name);
  }

  #openAs(caller: Exclude<Caller, 'root'>, attributes: Uint8Array, target: { tid: number; cpu: number }): Errno | EventHandle {
    const args = [caller, String(target.tid), String(target.cpu), Buffer.from(attributes).toString('hex')];
    const { status, stdout, stderr } = spawnSync(this.#opener, args, { encoding: 'utf8' });
    const answer = /^errno (\d+)$/m.exec(stdout)?.[1];
    if (status !== 0 || answer === undefined) throw new Error(`${this.#opener} ended with ${status}: ${stdout}${stderr}`);
    return answer === '0' ? { event: 0 } : (new LinuxError('perf_event_open', Number(answer)).errno as Errno);
  }

  #event(handle: EventHandle): PerfEvent {
    const event = this.#events.get(handle.event);
    if (event === undefined) throw new Error(`event ${handle.event} is closed`);
    return event;
  }

  #tid(name: TaskName): number {
    if (name === 'caller') return CALLER;
    return name === 'nobody' ? NOBODY : this.#task(name).pid;
  }

  #task(name: Started): WaitingTask {
    const known = this.#tasks.get(name);
    if (known !== undefined) return known;
    const { pid, release } = spawnGated({ argv: ['true'], environment: {}, surroundings: PLAIN_SURROUNDINGS });
    const task = { pid, release, traced: false };
    this.#tasks.set(name, task);
    return task;
  }
}
