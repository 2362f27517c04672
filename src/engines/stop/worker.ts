// Where the tracing thread begins: it sleeps until a traced thread stops, or until the session wants something.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { currentThread, WAITED } from '../../linux/tracees.js';
import { RingWriter } from './report-ring.js';
import { ReportWriter } from './report-writer.js';
import { Tracer } from './tracer.js';
import { LINK, type LinkMemory } from './tracer-link.js';
import { type Answer, packError, type Request } from './wire.js';

/** ms between two looks whether the session has read what fills the ring. */
const FULL_INTERVAL = 1;

const { control, ring: ringMemory, port } = workerData as LinkMemory;
const ring = new RingWriter(ringMemory);
const tracer = new Tracer(new ReportWriter(ring, tellNews));

function tellNews(): void {
  if (Atomics.load(control, LINK.listens) === 1 && Atomics.exchange(control, LINK.news, 1) === 0) parentPort?.postMessage(null);
}

function answerTo({ name, args }: Request): Answer {
  try {
    const call = tracer[name] as (...values: unknown[]) => unknown;
    return { kind: 'result', result: call.apply(tracer, [...args]) };
  } catch (error) {
    return { kind: 'error', error: packError(error) };
  }
}

/** Carries out what is asked for; false when there will be nothing more. */
function takeCalls(): boolean {
  while (Atomics.load(control, LINK.called) !== Atomics.load(control, LINK.answered)) {
    const message = receiveMessageOnPort(port);
    if (message === undefined) continue;
    const request = message.message as Request;
    port.postMessage(answerTo(request));
    Atomics.add(control, LINK.answered, 1);
    Atomics.notify(control, LINK.answered);
    if (request.name === 'close') return false;
  }
  return true;
}

function run(): void {
  Atomics.store(control, LINK.thread, currentThread());
  Atomics.notify(control, LINK.thread);
  while (takeCalls()) {
    ring.flush();
    // Threads that stop now stand until there is room to tell of them.
    if (ring.isFull) ring.waitForReader(FULL_INTERVAL);
    else if (tracer.takeOne(false) === WAITED.nobody) waitForCall();
  }
  port.close();
}

function waitForCall(): void {
  Atomics.wait(control, LINK.called, Atomics.load(control, LINK.answered));
}

run();
