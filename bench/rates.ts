// How fast hits can be taken from a ring that was recorded before: raw, with place and value, and printed as JSON.
import { as, type VirtualAddress } from '#hwbkpt/base/brand.js';
import { HitJsonPrinter } from '#hwbkpt/cli/output/json.js';
import type { EngineSink } from '#hwbkpt/engines/contract.js';
import { DuplicateFilter } from '#hwbkpt/engines/events/duplicates.js';
import { EventTable } from '#hwbkpt/engines/events/event-table.js';
import { visitInOrder } from '#hwbkpt/engines/events/merge.js';
import { RecordReader } from '#hwbkpt/engines/perf/read-records.js';
import { DEAF } from '#hwbkpt/engines/reports.js';
import { AccessRebuilder, loadDecoder } from '#hwbkpt/instructions/index.js';
import { RecordBuffer } from '#hwbkpt/linux/perf-ring.js';
import { Outbox } from '#hwbkpt/session/outbox.js';
import { PlaceCache } from '#hwbkpt/session/places.js';
import { WatchPipeline } from '#hwbkpt/session/watch-pipeline.js';
import type { Program } from './programs.js';
import { type Recording, record } from './recording.js';
import { median } from './statistics.js';

export interface RateRow {
  readonly what: string;
  /** Hits a second, median. */
  readonly perSecond: number;
}

const REPLAYS = 15;
/** Replays that warm the code up. */
const WARM_UP = 5;

export async function measureRates(program: Program): Promise<RateRow[]> {
  using recording = record(program);
  const { live, address } = recording;
  const rebuilder = new AccessRebuilder(await loadDecoder(), live.code, (at) => live.functionStart(at));
  const outbox = new Outbox();
  const places = new PlaceCache((at, kernel) => live.place(at, kernel));
  const context = { rebuilder: () => rebuilder, places, outbox, readMemory: () => null, comm: () => 'hot', stack: () => null };
  const { size, type } = recording;
  const info = { expression: program.variable, address: as<VirtualAddress>(address), size, access: 'write' as const, type };
  const pipeline = new WatchPipeline(info, { address, length: size }, 1, context);
  const printer = new HitJsonPrinter();
  let printed = 0;
  const print = (): void => {
    for (const item of outbox.take(() => false)) if (item.kind === 'hit') printed += printer.line(item).length;
  };
  const full: EngineSink = { ...DEAF, hit: (raw) => pipeline.report(raw) };
  const rows = [
    { what: 'read from the ring', perSecond: rate(recording, DEAF, () => undefined) },
    { what: 'with place and value', perSecond: rate(recording, full, () => void outbox.take(() => false)) },
    { what: 'printed as JSON', perSecond: rate(recording, full, print) },
  ];
  if (printed === 0) throw new Error('nothing was printed');
  return rows;
}

/** Hits a second when the recording is read again and again. */
function rate({ bytes, event }: Recording, sink: EngineSink, afterwards: () => void): number {
  const events = new EventTable();
  events.add(event);
  const rates: number[] = [];
  for (let replay = 0; replay < REPLAYS; replay++) {
    const reader = new RecordReader(events, new DuplicateFilter(), () => undefined);
    const buffer = new RecordBuffer();
    const start = performance.now();
    buffer.append(bytes);
    visitInOrder([{ cpu: 0, buffer }], Number.POSITIVE_INFINITY, (words, at, cpu) => reader.read(words, at, cpu, sink));
    afterwards();
    const seconds = (performance.now() - start) / 1000;
    if (replay >= WARM_UP) rates.push(reader.samples / seconds);
  }
  return Math.round(median(rates));
}
