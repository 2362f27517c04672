// The simulated machine under today's Linux's rules as a subject of slot cases. Its tasks are threads that wait before their first instruction.
import type { Rules } from '../../../src/facility/rules.js';
import type { Host } from '../../../src/interfaces/host.js';
import { closeEvent, modifyEvent, openEvent } from '../../../src/interfaces/linux-perf/index.js';
import { attach } from '../../../src/interfaces/linux-ptrace/control.js';
import { offsetOf, pokeUser } from '../../../src/interfaces/linux-ptrace/registers.js';
import { hostOf } from '../../../src/machine/kernel/host.js';
import { endThread } from '../../../src/machine/kernel/life.js';
import { KERNELS } from '../../../src/machine/kernels/index.js';
import { Machine } from '../../../src/machine/machine.js';
import type { BreakpointRequest, Errno, EventHandle } from './request.js';
import { attributesOf, refusalOf } from './simulated-request.js';
import type { Caller, SlotRequest, SlotSubject, TaskName } from './subject.js';

const CPUS = 4;
const TRACER = 1000;
const NOBODY = 1 << 20;
const NOTHING = { regions: [] };

export class SimulatedSlots implements SlotSubject {
  readonly cpus = Array.from({ length: CPUS }, (_, cpu) => cpu);
  readonly #machine: Machine;
  readonly #host: Host;
  readonly #tasks = new Map<TaskName, number>();
  readonly #traced = new Set<number>();

  /** `rules`: other than today's Linux's, to see whether anybody notices. */
  constructor(rules: Rules = KERNELS.linux) {
    this.#machine = new Machine({ rules, cpus: CPUS, programs: [], memory: NOTHING, kernelMemory: NOTHING });
    this.#host = hostOf(this.#machine);
  }

  open(request: SlotRequest): Errno | EventHandle {
    const { task, cpu, caller = 'root' } = request;
    const target = { tid: task === null ? -1 : this.#tid(task), cpu: cpu ?? -1 };
    const answer = openEvent(this.#host, { ...attributesOf(request), ...target, ...rightsOf(caller, task) });
    if (!answer.ok) return answer.errno as Errno;
    if (caller === 'root') return { event: answer.value };
    closeEvent(this.#host, answer.value);
    return { event: 0 };
  }

  close({ event }: EventHandle): void {
    closeEvent(this.#host, event);
  }

  modify({ event }: EventHandle, request: BreakpointRequest): Errno | null {
    return refusalOf(modifyEvent(this.#host, event, attributesOf(request)));
  }

  pokePtrace(task: 'T' | 'U', register: number, value: bigint): Errno | null {
    const tid = this.#tid(task);
    if (!this.#traced.has(tid)) attach(this.#host, { tracer: TRACER, tid });
    this.#traced.add(tid);
    return refusalOf(pokeUser(this.#host, { tracer: TRACER, tid }, offsetOf(register), value));
  }

  end(task: 'T' | 'U'): void {
    const tid = this.#tasks.get(task);
    this.#tasks.delete(task);
    if (tid !== undefined) endThread(this.#machine, tid, { status: 0, signal: 'SIGKILL' });
  }

  [Symbol.dispose](): void {
    // A machine of its own: nobody else misses anything.
  }

  #tid(name: TaskName): number {
    if (name === 'nobody') return NOBODY;
    const known = this.#tasks.get(name) ?? this.#machine.addProcess(0).tid;
    this.#tasks.set(name, known);
    return known;
  }
}

/** T and U are root's. */
function rightsOf(caller: Caller, task: TaskName | null) {
  return { privileged: caller === 'root', perfmon: caller !== 'unprivileged', mayTrace: caller !== 'unprivileged' || task === 'caller' };
}
