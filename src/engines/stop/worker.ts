// Where the tracing thread begins, as a Worker of the session's process.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { PerfBreakpoints } from './perf-breakpoints.js';
import { runTracer } from './run-tracer.js';
import type { LinkMemory } from './tracer-link.js';
import type { Request } from './wire.js';

const { control, ring, port } = workerData as LinkMemory;

await runTracer(
  {
    control,
    ring,
    receive: () => receiveMessageOnPort(port)?.message as Request | undefined,
    answer: (answer) => port.postMessage(answer),
    tellNews: () => parentPort?.postMessage(null),
    wait: (words, at, value, milliseconds) => void Atomics.wait(words, at, value, milliseconds),
  },
  new PerfBreakpoints(),
);
port.close();
