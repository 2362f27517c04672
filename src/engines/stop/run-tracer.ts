// The tracing thread's life: asleep until a traced thread stops, or until the session wants something.
import { raisePriority } from '../../linux/scheduling.js';
import { currentThread, WAITED } from '../../linux/tracees.js';
import type { BreakpointMaker } from './breakpoints.js';
import { type RingMemory, RingWriter, type WaitForWord } from './report-ring.js';
import { ReportWriter } from './report-writer.js';
import { Tracer } from './tracer.js';
import { LINK, LISTENS, TRACER_PRIORITY } from './tracer-line.js';
import { type Answer, packError, type Request } from './wire.js';

/** The tracing thread's end of the line. */
export interface TracerEnd {
  /** The words that tracer-line.ts draws. */
  readonly control: Int32Array;
  readonly ring: RingMemory;
  /** The next call; undefined while it is on its way. */
  receive(): Request | undefined;
  answer(answer: Answer): void;
  /** Has the session look for news. */
  tellNews(): void;
  readonly wait: WaitForWord;
  /** Whether the session's process has died, asked whenever the thread wakes up. Where it takes the thread along, there is nothing to ask. */
  abandoned?(): boolean;
}

/** ms between two looks whether the session has read what fills the ring. */
const FULL_INTERVAL = 1;
/** ms between two looks for a call where nobody is traced. */
const IDLE_INTERVAL = 1000;

/** Serves one session until it closes. */
export async function runTracer(end: TracerEnd, maker: BreakpointMaker): Promise<void> {
  raisePriority(TRACER_PRIORITY);
  const { control, wait } = end;
  const ring = new RingWriter(end.ring, wait);
  const company = { urgent: () => tellNews(end), answered: () => Atomics.load(control, LINK.answered) };
  const tracer = new Tracer(new ReportWriter(ring, company), maker);
  Atomics.store(control, LINK.thread, currentThread());
  Atomics.notify(control, LINK.thread);
  try {
    while (serve(end, { ring, tracer }) === 'load') {
      await tracer.load();
      answer(end, tracer);
    }
  } catch (error) {
    // What is traced is let go of when this thread ends; breakpoints would stay.
    tracer.close();
    end.answer({ kind: 'error', error: packError(error) });
    Atomics.store(control, LINK.failed, 1);
    Atomics.notify(control, LINK.answered);
  }
}

/** What comes next: the end, or something to be loaded for the call that {@link waiting} holds. */
type Next = 'end' | 'load';

/** The call that waits for something to be loaded. */
let waiting: Request | null = null;

function serve(end: TracerEnd, { ring, tracer }: { readonly ring: RingWriter; readonly tracer: Tracer }): Next {
  const { control, wait } = end;
  for (;;) {
    const next = takeCalls(end, tracer);
    if (next !== null) return next;
    if (end.abandoned?.() === true) {
      tracer.close();
      return 'end';
    }
    ring.flush();
    ring.setTellers(tracer.table.size);
    // Threads that stop now stand until there is room to tell of them.
    if (ring.isFull) ring.waitForReader(FULL_INTERVAL);
    else if (tracer.takeOne(false) === WAITED.nobody) wait(control, LINK.called, Atomics.load(control, LINK.answered), IDLE_INTERVAL);
  }
}

function tellNews(end: TracerEnd): void {
  const { control } = end;
  const listens = Atomics.load(control, LINK.listens);
  // Asked again: who looked may have gone to sleep just before there was something to see.
  if (listens !== LISTENS.no && Atomics.exchange(control, LINK.news, 1) === 0 && Atomics.load(control, LINK.listens) === LISTENS.wakes)
    end.tellNews();
}

/** Carries out what is asked for; null where threads are to be looked after again. */
function takeCalls(end: TracerEnd, tracer: Tracer): Next | null {
  const { control } = end;
  while (Atomics.load(control, LINK.called) !== Atomics.load(control, LINK.answered)) {
    const request = end.receive();
    if (request === undefined) continue;
    Atomics.add(control, LINK.taken, 1);
    waiting = request;
    if (!tracer.isReadyFor(request.name)) return 'load';
    answer(end, tracer);
    if (request.name === 'close') return 'end';
  }
  return null;
}

/** Carries out the call that was taken. */
function answer(end: TracerEnd, tracer: Tracer): void {
  if (waiting === null) return;
  end.answer(answerTo(tracer, waiting));
  waiting = null;
  Atomics.add(end.control, LINK.answered, 1);
  Atomics.notify(end.control, LINK.answered);
}

function answerTo(tracer: Tracer, { name, args }: Request): Answer {
  try {
    const call = tracer[name] as (...values: unknown[]) => unknown;
    return { kind: 'result', result: call.apply(tracer, [...args]) };
  } catch (error) {
    return { kind: 'error', error: packError(error) };
  }
}
