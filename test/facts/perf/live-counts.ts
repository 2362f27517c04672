// The running kernel as a subject of counting cases: a fixture that does what it is told, and events of this process on it.
import { PerfEvent } from '../../../src/linux/perf-event.js';
import { PerfRing } from '../../../src/linux/perf-ring.js';
import { ptraceDetach } from '../../../src/linux/ptrace.js';
import { packRequest } from './live-attributes.js';
import { LiveProgram } from './live-program.js';
import { takeSamples } from './live-samples.js';
import { pokeDebugRegister, refusal, stopForTracing } from './live-tracing.js';
import type { Errno, EventHandle } from './request.js';
import type { CountRequest, CountSubject, Doer, Operation, Place, ReceivedSignals, SampleRecord } from './subject.js';

const SIGNAL_NUMBER = { SIGUSR1: 10, SIGIO: 29 } as const;
const RING_PAGES = 8;

interface OpenEvent {
  readonly event: PerfEvent;
  readonly ring: PerfRing | null;
}

export class LiveCounts implements CountSubject {
  readonly #program: LiveProgram;
  readonly #events = new Map<number, OpenEvent>();
  #opened = 0;

  private constructor(program: LiveProgram) {
    this.#program = program;
  }

  /** Resolves when its program waits to be told what to do. */
  static async start(): Promise<LiveCounts> {
    return new LiveCounts(await LiveProgram.start());
  }

  addressOf(place: Place): bigint {
    return this.#program.addressOf(place);
  }

  open(request: CountRequest): Errno | EventHandle {
    let event: PerfEvent | undefined;
    const refused = refusal(() => {
      event = PerfEvent.open(packRequest(request), { tid: this.#program.pid, cpu: -1 });
    });
    if (event === undefined) return refused ?? 'EINVAL';
    if (request.notify !== undefined) event.signalTo(this.#program.pid, SIGNAL_NUMBER[request.notify]);
    this.#opened += 1;
    this.#events.set(this.#opened, { event, ring: request.sampled === true ? new PerfRing(event.fd, RING_PAGES) : null });
    return { event: this.#opened };
  }

  close(handle: EventHandle): void {
    const { event, ring } = this.#event(handle);
    ring?.[Symbol.dispose]();
    event[Symbol.dispose]();
    this.#events.delete(handle.event);
  }

  enable(handle: EventHandle): void {
    this.#event(handle).event.enable();
  }

  disable(handle: EventHandle): void {
    this.#event(handle).event.disable();
  }

  modify(handle: EventHandle, request: CountRequest): Errno | null {
    return refusal(() => this.#event(handle).event.modify(packRequest(request)));
  }

  count(handle: EventHandle): number {
    return this.#event(handle).event.count();
  }

  samples(handle: EventHandle): SampleRecord[] {
    const { ring } = this.#event(handle);
    if (ring === null) throw new Error(`event ${handle.event} leaves no samples`);
    return takeSamples(ring);
  }

  pokePtrace(register: number, value: bigint): Errno | null {
    // Without a break between stop and release, because Node waits for this child too and would take its stops.
    stopForTracing(this.#program.pid);
    try {
      return pokeDebugRegister(this.#program.pid, register, value);
    } finally {
      ptraceDetach(this.#program.pid, 0);
    }
  }

  perform(doer: Doer, operation: Operation): Promise<void> {
    return this.#program.perform(doer, operation);
  }

  signals(doer: 'main' | { readonly child: number }): Promise<ReceivedSignals[]> {
    return this.#program.signals(doer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const event of [...this.#events.keys()]) this.close({ event });
    await this.#program[Symbol.asyncDispose]();
  }

  #event(handle: EventHandle): OpenEvent {
    const open = this.#events.get(handle.event);
    if (open === undefined) throw new Error(`event ${handle.event} is closed`);
    return open;
  }
}
