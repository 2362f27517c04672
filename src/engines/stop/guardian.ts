// The process that traces where breakpoints would outlive their tracer: it takes them out and lets go when the session's process dies, however that
// dies. Nothing a terminal or a kill of the tool sends ends it; only a SIGKILL of its own would leave the target with armed registers.
//
// Started by guardian-line.ts: its argument is the id of the session's process, its descriptors are those of guardian-memory.ts.
import { writeSync } from 'node:fs';
import { watchParent } from '../../linux/parent-watch.js';
import { SharedMemory } from '../../linux/shared-memory.js';
import { DebugRegisterBreakpoints } from './debug-register-breakpoints.js';
import { readFrame, writeFrame } from './frames.js';
import { GUARDIAN_DESCRIPTOR, GUARDIAN_MEMORY_BYTES, guardianMemoryIn } from './guardian-memory.js';
import { runTracer } from './run-tracer.js';
import { sleep } from './sleep.js';
import type { Request } from './wire.js';

/** What a terminal, or somebody who ends the tool's process group, sends: the session says when it is over. */
const IGNORED = ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM', 'SIGPIPE'] as const;
/** ms between two looks at a word that the session changes. */
const LOOK_INTERVAL = 1;

const session = Number(process.argv[2]);
const memory = new SharedMemory(GUARDIAN_DESCRIPTOR.memory, GUARDIAN_MEMORY_BYTES);

function isAbandoned(): boolean {
  return process.ppid !== session;
}

function waitForWord(words: Int32Array, at: number, value: number, milliseconds: number): void {
  const deadline = performance.now() + milliseconds;
  while (Atomics.load(words, at) === value && performance.now() < deadline && !isAbandoned()) sleep(LOOK_INTERVAL);
}

/** The session that would read it may be gone. */
function unlessClosed(write: () => void): void {
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

for (const signal of IGNORED) process.on(signal, () => undefined);
watchParent();
await runTracer(
  {
    ...guardianMemoryIn(memory.bytes()),
    receive: () => readFrame(GUARDIAN_DESCRIPTOR.requests)?.value as Request | undefined,
    answer: (answer) => unlessClosed(() => writeFrame(GUARDIAN_DESCRIPTOR.answers, answer)),
    tellNews: () => unlessClosed(() => void writeSync(GUARDIAN_DESCRIPTOR.news, '\n')),
    wait: waitForWord,
    abandoned: isAbandoned,
  },
  new DebugRegisterBreakpoints(),
);
process.exit(0);
