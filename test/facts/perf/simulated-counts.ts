// The simulated machine under today's Linux's rules as a subject of counting cases: a program that does what it is told, and events on it.
import type { Rules } from '../../../src/facility/rules.js';
import { closeEvent, enableEvent, modifyEvent, notifyOf, openEvent, readCount } from '../../../src/interfaces/linux-perf/index.js';
import { attach, detach } from '../../../src/interfaces/linux-ptrace/control.js';
import { offsetOf, pokeUser } from '../../../src/interfaces/linux-ptrace/registers.js';
import { KERNELS } from '../../../src/machine/kernels/index.js';
import type { Errno, EventHandle } from './request.js';
import { addressOf } from './simulated-code.js';
import { SimulatedProgram } from './simulated-program.js';
import { attributesOf, refusalOf } from './simulated-request.js';
import type { CountRequest, CountSubject, Doer, Operation, Place, ReceivedSignals, SampleRecord } from './subject.js';

const TRACER = 1000;

export class SimulatedCounts implements CountSubject {
  readonly #program: SimulatedProgram;

  /** `rules`: other than today's Linux's, to see whether anybody notices. */
  constructor(rules: Rules = KERNELS.linux) {
    this.#program = new SimulatedProgram(rules);
  }

  addressOf(place: Place): bigint {
    return BigInt(addressOf(place));
  }

  open(request: CountRequest): Errno | EventHandle {
    const { host, tid } = this.#program;
    const answer = openEvent(host, { ...attributesOf(request), tid, cpu: -1, privileged: true });
    if (!answer.ok) return answer.errno as Errno;
    if (request.notify !== undefined) notifyOf(host, answer.value, { tid, signal: request.notify });
    return { event: answer.value };
  }

  close({ event }: EventHandle): void {
    closeEvent(this.#program.host, event);
  }

  enable({ event }: EventHandle): void {
    enableEvent(this.#program.host, event, true);
  }

  disable({ event }: EventHandle): void {
    enableEvent(this.#program.host, event, false);
  }

  modify({ event }: EventHandle, request: CountRequest): Errno | null {
    return refusalOf(modifyEvent(this.#program.host, event, attributesOf(request)));
  }

  count({ event }: EventHandle): number {
    const answer = readCount(this.#program.host, event);
    if (!answer.ok) throw new Error(`event ${event}: ${answer.errno}`);
    return answer.value;
  }

  samples({ event }: EventHandle): SampleRecord[] {
    return this.#program.takeSamples(event);
  }

  pokePtrace(register: number, value: bigint): Errno | null {
    const { host, tid } = this.#program;
    const call = { tracer: TRACER, tid };
    attach(host, call);
    const answer = pokeUser(host, call, offsetOf(register), value);
    detach(host, call, null);
    return refusalOf(answer);
  }

  async perform(doer: Doer, operation: Operation): Promise<void> {
    this.#program.perform(doer, operation);
  }

  async signals(doer: 'main' | { readonly child: number }): Promise<ReceivedSignals[]> {
    return this.#program.signals(doer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A machine of its own: there is nothing to give back.
  }
}
