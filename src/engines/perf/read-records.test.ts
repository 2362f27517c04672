import { describe, expect, test } from 'vitest';
import { Recorder } from '../../../test/conformance/recorder.js';
import { bufferOf, type Common, comm, lost, type MadeRecord, sample, task, throttle } from '../../../test/engines/made-records.js';
import { DuplicateFilter } from '../events/duplicates.js';
import { type ArmedEvent, EventTable } from '../events/event-table.js';
import { recordSize } from '../events/layout.js';
import { RecordReader } from './read-records.js';

const BY: Common = { pid: 7, tid: 8, time: 1000, id: 42 };

/** An event of the table; it is never opened or closed here. */
function armed(id: number, cookie: number, tid: number): ArmedEvent {
  return { event: undefined as never, id, cookie, tid, cpu: 0 };
}

interface Setting {
  readonly recorder: Recorder;
  readonly reader: RecordReader;
  readonly duplicates: DuplicateFilter;
  /** Threads that the reader told of before the sink was. */
  readonly ended: number[];
  read(records: readonly MadeRecord[], cpu?: number): void;
}

function setting(...events: ArmedEvent[]): Setting {
  const table = new EventTable();
  for (const event of events) table.add(event);
  const duplicates = new DuplicateFilter();
  const ended: number[] = [];
  const reader = new RecordReader(table, duplicates, (tid) => ended.push(tid));
  const recorder = new Recorder();
  const read = (records: readonly MadeRecord[], cpu = 0): void => {
    const { words, length } = bufferOf(records);
    for (let at = 0; at < length / 4; at += recordSize(words, at) / 4) reader.read(words, at, cpu, recorder);
  };
  return { recorder, reader, duplicates, ended, read };
}

describe('samples', () => {
  test('become hits with their piece, thread, CPU, time, instruction and registers', () => {
    const { recorder, reader, read } = setting(armed(42, 5, 8));
    const registers = Array.from({ length: 17 }, (_, i) => 0xfff0_0000_0000_0000n + BigInt(i));
    read([sample({ ...BY, time: 0x12_3456_789a, ip: 0x7f00_1234_5678n, registers })], 3);
    expect(recorder.hits).toMatchObject([
      { cookie: 5, pid: 7, tid: 8, cpu: 3, time: 0x12_3456_789a, ip: 0x7f00_1234_5678n, kernel: false },
    ]);
    const [hit] = recorder.hits;
    expect([...new BigUint64Array(hit?.registers.slice().buffer ?? new ArrayBuffer(0))]).toEqual(registers);
    expect(hit?.stack).toBeNull();
    expect(reader.samples).toBe(1);
  });

  test('of the kernel are marked', () => {
    const { recorder, read } = setting(armed(42, 5, 8));
    read([sample({ ...BY, ip: 0xffff_ffff_8123_4567n, kernel: true })]);
    expect(recorder.hits).toMatchObject([{ kernel: true, ip: 0xffff_ffff_8123_4567n }]);
  });

  test('with a call chain keep it apart from the registers', () => {
    const { recorder, read } = setting(armed(42, 5, 8));
    const chain = [0xffff_ffff_ffff_fe00n, 0x1111n, 0x7f00_0000_2222n];
    read([sample({ ...BY, ip: 0x1111n, chain, registers: [99n] }), sample({ ...BY, ip: 0x3333n, chain: [], registers: [98n] })]);
    expect(recorder.hits.map(({ stack, registers }) => ({ stack, ax: registers[0] }))).toEqual([
      { stack: chain, ax: 99 },
      { stack: [], ax: 98 },
    ]);
  });

  test('of events that nobody knows are left alone', () => {
    const { recorder, reader, read } = setting(armed(42, 5, 8));
    read([sample({ ...BY, id: 43, ip: 1n })]);
    expect(recorder.hits).toEqual([]);
    expect(reader.samples).toBe(0);
  });

  test('of a second event on one thread are dropped', () => {
    const { recorder, reader, duplicates, read } = setting(armed(42, 5, 8), armed(50, 5, 9));
    duplicates.activate();
    read([42, 50, 42, 50].map((id) => sample({ ...BY, tid: 9, id, ip: 1n })));
    expect(recorder.hits).toHaveLength(2);
    expect({ samples: reader.samples, dropped: duplicates.dropped }).toEqual({ samples: 4, dropped: 2 });
  });
});

describe('records of threads', () => {
  const thread = { pid: 7, tid: 9, parentPid: 7, parentTid: 8 };

  test('tell births and ends', () => {
    const { recorder, ended, read } = setting();
    read([task('fork', thread, { ...BY, time: 555 }), task('exit', thread, { ...BY, tid: 9, time: 666 })]);
    expect(recorder.started).toEqual([{ ...thread, time: 555n }]);
    expect(recorder.ended).toMatchObject([{ pid: 7, tid: 9 }]);
    expect(ended).toEqual([9]);
  });

  test.each([['a'], ['seven 7'], ['a name of 15 ch']])('tell the name %j, whatever its padding', (name) => {
    const { recorder, read } = setting();
    read([comm(name, false, BY), comm(name, true, { ...BY, time: 2_000_000 })]);
    expect(recorder.renames).toEqual([
      { pid: 7, tid: 8, comm: name, exec: false, time: 1000n },
      { pid: 7, tid: 8, comm: name, exec: true, time: 2_000_000n },
    ]);
  });

  test('that two trackers of one thread wrote, back to back on one CPU, are told once', () => {
    const { recorder, read } = setting();
    const twice = (make: (by: Common) => MadeRecord): MadeRecord[] => [make(BY), make({ ...BY, time: BY.time + 400, id: 43 })];
    read([...twice((by) => task('fork', thread, by)), ...twice((by) => comm('x', true, by)), ...twice((by) => task('exit', thread, by))]);
    expect([recorder.started.length, recorder.renames.length, recorder.ended.length]).toEqual([1, 1, 1]);
  });

  test('that are alike but of another CPU, thread or time are told', () => {
    const { recorder, read } = setting();
    const later = { ...BY, time: BY.time + 10_000_000 };
    read([comm('x', false, BY), comm('x', false, later), comm('x', false, { ...later, tid: 9 })]);
    read([comm('x', false, { ...later, tid: 9 })], 1);
    read([task('fork', thread, later), task('fork', { ...thread, tid: 10 }, later)]);
    expect(recorder.renames).toHaveLength(4);
    expect(recorder.started.map(({ tid }) => tid)).toEqual([9, 10]);
  });
});

describe('losses', () => {
  test('are told with their count and time', () => {
    const { recorder, read } = setting();
    read([lost(12_345, BY)]);
    expect(recorder.losses).toEqual([{ kind: 'lost', count: 12_345, time: 1000n }]);
  });

  test('by throttling are told where a breakpoint was throttled', () => {
    const { recorder, read } = setting(armed(42, 5, 8));
    read([throttle('throttle', 42, BY), throttle('unthrottle', 42, BY), throttle('throttle', 99, BY)]);
    expect(recorder.losses).toEqual([{ kind: 'throttled', count: 1, time: 1000n }]);
  });
});
