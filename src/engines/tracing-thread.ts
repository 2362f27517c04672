// Where the stop engine's tracing thread begins, as a Worker of the session's process; here, because it has the bpf engine's programs test conditions.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { KernelFilters } from './bpf/filters.js';
import { PerfBreakpoints } from './stop/perf-breakpoints.js';
import { runTracer } from './stop/run-tracer.js';
import type { LinkMemory } from './stop/tracer-link.js';
import type { Request } from './stop/wire.js';

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
  new PerfBreakpoints(new KernelFilters()),
);
port.close();
