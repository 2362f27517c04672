// How fast hits can be taken from a ring that was recorded before: raw, with place and value, and printed as JSON.

import { HitJsonPrinter } from '#hwbkpt/cli/output/json.js';
import type { EngineSink } from '#hwbkpt/engines/contract.js';
import { HeldProcess } from '#hwbkpt/engines/host/held-process.js';
import { DuplicateFilter } from '#hwbkpt/engines/perf/duplicates.js';
import { EventTable } from '#hwbkpt/engines/perf/event-table.js';
import { breakpointAttributes, trackerAttributes } from '#hwbkpt/engines/perf/layout.js';
import { visitInOrder } from '#hwbkpt/engines/perf/merge.js';
import { RecordReader } from '#hwbkpt/engines/perf/read-records.js';
import { Rings } from '#hwbkpt/engines/perf/rings.js';
import { AccessRebuilder, loadDecoder } from '#hwbkpt/instructions/index.js';
import { PerfEvent } from '#hwbkpt/linux/perf-event.js';
import { RecordBuffer } from '#hwbkpt/linux/perf-ring.js';
import { openLiveProgram } from '#hwbkpt/session/live-program.js';
import { Outbox } from '#hwbkpt/session/outbox.js';
import { PlaceCache } from '#hwbkpt/session/places.js';
import { WatchPipeline } from '#hwbkpt/session/watch-pipeline.js';
import type { Program } from './programs.js';
import { median } from './statistics.js';

export interface RateRow {
  readonly what: string;
  /** Hits a second, median. */
  readonly perSecond: number;
}

/** Samples recorded, then replayed. */
const RECORDED = 20_000;
const REPLAYS = 15;

export async function measureRates(program: Program): Promise<RateRow[]> {
  const held = HeldProcess.start([program.path, '--writes', String(RECORDED)], process.env);
  if (!(held instanceof HeldProcess)) throw new Error('the program does not start');
  using live = openLiveProgram(held.pid);
  const { address, size, type } = live.resolve('counter', { access: 'write', as: null });
  const recorded = record(held, address);
  const rebuilder = new AccessRebuilder(await loadDecoder(), live.code, (at) => live.functionStart(at));
  const outbox = new Outbox();
  const places = new PlaceCache((at, kernel) => live.place(at, kernel));
  const context = { rebuilder: () => rebuilder, places, outbox, readMemory: () => null, comm: () => 'hot', stack: () => null };
  const info = { expression: 'counter', address: address as never, size, access: 'write' as const, type };
  const pipeline = new WatchPipeline(info, { address, length: size }, 1, context);
  const printer = new HitJsonPrinter();
  const quiet: EngineSink = {
    hit: () => undefined,
    threadStarted: () => undefined,
    threadEnded: () => undefined,
    renamed: () => undefined,
    lost: () => undefined,
  };
  const full: EngineSink = { ...quiet, hit: (raw) => pipeline.report(raw) };
  let printed = 0;
  const rows = [
    { what: 'read from the ring', perSecond: rate(recorded, quiet, () => undefined) },
    { what: 'with place and value', perSecond: rate(recorded, full, () => void outbox.take(() => false)) },
    {
      what: 'printed as JSON',
      perSecond: rate(recorded, full, () => {
        for (const item of outbox.take(() => false)) if (item.kind === 'hit') printed += printer.line(item).length;
      }),
    },
  ];
  if (printed === 0) throw new Error('nothing was printed');
  return rows;
}

interface Recorded {
  readonly bytes: Uint8Array;
  readonly events: EventTable;
}

function record(held: HeldProcess, address: bigint): Recorded {
  using rings = new Rings(trackerAttributes('threads'), held.pid);
  const events = new EventTable();
  const block = breakpointAttributes(
    { cookie: 1, address, length: 8, access: 'write' },
    { inherit: 'threads', kernel: true, stackDepth: 0 },
  );
  for (const cpu of rings.cpus) {
    const event = PerfEvent.open(block, { tid: held.pid, cpu });
    const leader = rings.leader(cpu);
    if (leader !== undefined) event.sendOutputTo(leader);
    events.add({ event, id: event.id(), cookie: 1, tid: held.pid, cpu });
  }
  held.release();
  while (held.poll() === null) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  rings.drain();
  const largest = rings.records.reduce((a, b) => (b.buffer.length > a.buffer.length ? b : a));
  const bytes = new Uint8Array(largest.buffer.words.buffer, 0, largest.buffer.length).slice();
  events.close(() => true);
  return { bytes, events };
}

/** Hits a second when the recording is read again and again. */
function rate({ bytes, events }: Recorded, sink: EngineSink, afterwards: () => void): number {
  const rates: number[] = [];
  for (let replay = 0; replay < REPLAYS; replay++) {
    const reader = new RecordReader(events, new DuplicateFilter());
    const buffer = new RecordBuffer();
    const start = performance.now();
    buffer.append(bytes);
    visitInOrder([{ cpu: 0, buffer }], Number.POSITIVE_INFINITY, (words, at, cpu) => reader.read(words, at, cpu, sink));
    afterwards();
    const seconds = (performance.now() - start) / 1000;
    if (replay >= 5) rates.push(reader.samples / seconds);
  }
  return Math.round(median(rates));
}
