import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bufferOf, bytesOf, type MadeRecord, sample } from '../../../test/engines/made-records.js';
import { AT } from './layout.js';
import { type CpuRecords, visitInOrder } from './merge.js';

/** A record that names its CPU (pid) and its number on it (tid). */
function record(cpu: number, number: number, time: number): MadeRecord {
  return sample({ pid: cpu, tid: number, time, id: 1, ip: 0n });
}

interface Visit {
  readonly cpu: number;
  readonly number: number;
  readonly time: number;
}

/** Streams of times, one for each CPU, as sources. */
function sourcesOf(streams: readonly (readonly number[])[]): CpuRecords[] {
  return streams.map((times, cpu) => ({ cpu, buffer: bufferOf(times.map((time, number) => record(cpu, number, time))) }));
}

function visits(sources: readonly CpuRecords[], horizon: number): Visit[] {
  const seen: Visit[] = [];
  visitInOrder(sources, horizon, (words, at, cpu) => {
    expect(words[at + AT.PID]).toBe(cpu);
    seen.push({ cpu, number: words[at + AT.TID] ?? -1, time: words[at + AT.TIME] ?? -1 });
  });
  return seen;
}

const times = fc.array(fc.nat({ max: 1000 }), { maxLength: 30 });
const ordered = times.map((list) => list.sort((a, b) => a - b));
const streams = fc.array(ordered, { minLength: 1, maxLength: 5 });
const RUNS = { seed: 20070222, numRuns: 300 };

function isSorted(list: readonly number[]): boolean {
  return list.every((value, at) => at === 0 || value >= (list[at - 1] ?? 0));
}

describe('merging rings', () => {
  test('visits everything once, oldest first, up to the horizon; the rest the next time', () => {
    fc.assert(
      fc.property(streams, fc.nat({ max: 1000 }), (list, horizon) => {
        const sources = sourcesOf(list);
        const first = visits(sources, horizon);
        const rest = visits(sources, Number.POSITIVE_INFINITY);
        expect(isSorted([...first, ...rest].map(({ time }) => time))).toBe(true);
        expect(first.every(({ time }) => time <= horizon)).toBe(true);
        expect(rest.every(({ time }) => time > horizon)).toBe(true);
        for (const [cpu, stream] of list.entries()) {
          const own = [...first, ...rest].filter((visit) => visit.cpu === cpu);
          expect(own).toEqual(stream.map((time, number) => ({ cpu, number, time })));
        }
        expect(sources.every(({ buffer }) => buffer.length === 0)).toBe(true);
      }),
      RUNS,
    );
  });

  test('keeps the order of one CPU whatever its times, and loses nothing', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 4 }), (list) => {
        const seen = visits(sourcesOf(list), Number.POSITIVE_INFINITY);
        for (const [cpu, stream] of list.entries())
          expect(seen.filter((visit) => visit.cpu === cpu).map(({ number }) => number)).toEqual(stream.map((_, number) => number));
      }),
      RUNS,
    );
  });

  test('goes on with records that came after a visit', () => {
    const [source] = sourcesOf([[10, 20, 30]]);
    if (source === undefined) throw new Error('one stream was given');
    expect(visits([source], 15).map(({ time }) => time)).toEqual([10]);
    source.buffer.append(bytesOf([record(0, 3, 40)]));
    expect(visits([source], Number.POSITIVE_INFINITY).map(({ time }) => time)).toEqual([20, 30, 40]);
  });

  test('visits nobody where there is nothing', () => {
    expect(visits([], Number.POSITIVE_INFINITY)).toEqual([]);
    expect(visits(sourcesOf([[], []]), Number.POSITIVE_INFINITY)).toEqual([]);
  });
});
