// Records one run of a hot program, straight from the rings the kernel wrote, to be replayed as often as needed.

import type { ArmedEvent } from '#hwbkpt/engines/events/event-table.js';
import { breakpointAttributes } from '#hwbkpt/engines/events/layout.js';
import { HeldProcess } from '#hwbkpt/engines/host/held-process.js';
import { linearOfU64 } from '#hwbkpt/facility/index.js';
import { PerfEvent } from '#hwbkpt/linux/perf-event.js';
import { PerfRing, RecordBuffer } from '#hwbkpt/linux/perf-ring.js';
import type { ValueType } from '#hwbkpt/model/value.js';
import { openLiveProgram } from '#hwbkpt/session/live-program.js';
import type { Program as LiveProgram } from '#hwbkpt/session/program.js';
import type { Program } from './programs.js';

/** Hits recorded. */
const WRITES = 20_000;
/** Room for all of them: 16 MiB. */
const PAGES = 4096;

export interface Recording extends Disposable {
  /** The records of one CPU, as the kernel wrote them. */
  readonly bytes: Uint8Array;
  readonly event: ArmedEvent;
  readonly live: LiveProgram;
  readonly address: bigint;
  readonly size: number;
  readonly type: ValueType;
}

/** Runs `program` until it ends. One ring for all CPUs: the program is its only thread, so nothing else can hit. */
export function record(program: Program): Recording {
  const held = HeldProcess.start([program.path, '--writes', String(WRITES)], process.env);
  if (!(held instanceof HeldProcess)) throw new Error('the program does not start');
  const live = openLiveProgram(held.pid);
  const { address, size, type } = live.resolve(program.variable, { access: 'write', as: null });
  const block = breakpointAttributes({
    ...{ address: linearOfU64(address), length: 8, access: 'write' },
    ...{ inherit: 'none', inKernel: true, stackDepth: 0 },
  });
  const event = PerfEvent.open(block, { tid: held.pid, cpu: -1 });
  const id = event.id();
  using ring = new PerfRing(event.fd, PAGES);
  held.release();
  while (held.poll() === null) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  const buffer = new RecordBuffer();
  ring.drain(buffer);
  const bytes = new Uint8Array(buffer.words.buffer, 0, buffer.length).slice();
  return {
    ...{ bytes, event: { event, id, cookie: 1, tid: held.pid, cpu: 0 }, live, address, size, type },
    [Symbol.dispose]: () => {
      event[Symbol.dispose]();
      live[Symbol.dispose]();
    },
  };
}
