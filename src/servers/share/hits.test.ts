// Hits as rows and back: what a reader gets is what the writer was given, whatever comes in between.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as, type VirtualAddress } from '../../base/brand.js';
import { valueToText } from '../../model/format-value.js';
import type { Hit, WatchInfo } from '../../model/hit.js';
import type { ScalarType, ValueType } from '../../model/value.js';
import { type Definition, MOST_ENTRIES } from '../../protocols/share/index.js';
import { HitReader } from './hit-reader.js';
import { HitWriter } from './hit-writer.js';
import { valueTypeOf, wireTypeOf } from './value-types.js';

const LONG: ScalarType = { kind: 'signed', size: 8, name: 'long' };

function infoOf(expression: string, type: ValueType = LONG): WatchInfo {
  return { expression, address: as<VirtualAddress>(0x40_4040n), size: type.size, access: 'write', type };
}

const PLACES = [0, 1, 2].map((at) => ({ function: `f${at}`, file: null, line: at, module: 'prog', offset: null }));
const INFOS = [infoOf('one'), infoOf('two')];

/** What a reader must be told of a hit. */
type Shown = Pick<
  Hit,
  'time' | 'pid' | 'tid' | 'comm' | 'cpu' | 'ip' | 'place' | 'instruction' | 'oldBytes' | 'newBytes' | 'valueSource' | 'kernel'
> &
  Pick<Hit, 'repeat' | 'stack' | 'watch'>;

function shown(hit: Hit): Shown {
  const { watch, time, pid, tid, comm, cpu, ip, place, instruction, oldBytes, newBytes, valueSource, kernel, repeat, stack } = hit;
  const type = watch.type.name;
  return {
    ...{ time, pid, tid, comm, cpu, ip, place, instruction, oldBytes, newBytes, valueSource, kernel, repeat, stack },
    watch: { ...watch, type: { ...LONG, name: type } },
  };
}

const bytes = fc.option(fc.uint8Array({ minLength: 8, maxLength: 8 }));
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const made: fc.Arbitrary<Hit> = fc.record({
  kind: fc.constant('hit' as const),
  watch: fc.constantFrom(...INFOS),
  time: u64,
  pid: fc.constantFrom(1, 2),
  tid: fc.integer({ min: 1, max: 4 }),
  comm: fc.constantFrom('a', 'b', null),
  cpu: fc.integer({ min: 0, max: 1 }),
  ip: u64.map((ip) => as<VirtualAddress>(ip)),
  place: fc.constantFrom(...PLACES),
  instruction: fc.constantFrom(null, { address: null, text: 'mov' }, { address: 5n, text: 'add' }),
  oldBytes: bytes,
  newBytes: bytes,
  oldValue: fc.constant(null),
  newValue: fc.constant(null),
  valueSource: fc.constantFrom(null, 'trap' as const, 'racy' as const),
  kernel: fc.boolean(),
  repeat: fc.integer({ min: 1, max: 3 }),
  sameValue: fc.constant(false),
  stack: fc.option(fc.array(fc.constantFrom(...PLACES), { maxLength: 4 })),
  cgroup: fc.constant(null),
});

/** A writer whose definitions go to a reader at once. */
function pair(): { readonly writer: HitWriter; readonly reader: HitReader; readonly definitions: Definition[] } {
  const reader = new HitReader();
  const definitions: Definition[] = [];
  const writer = new HitWriter((definition) => {
    definitions.push(definition);
    reader.define(definition);
  });
  return { writer, reader, definitions };
}

describe('hits', () => {
  test('come out as they went in, each of its watch', () => {
    const property = fc.property(fc.array(made, { maxLength: 40 }), (hits) => {
      const { writer, reader } = pair();
      for (const hit of hits) {
        const id = INFOS.indexOf(hit.watch);
        const got = reader.hit(writer.row(id, hit));
        expect(got.watch).toBe(id);
        expect(shown(got.hit)).toEqual(shown(hit));
      }
    });
    fc.assert(property, { seed: 20070222 });
  });

  test('of one place need nothing but their row', () => {
    const { writer, definitions } = pair();
    const [hit] = fc.sample(made, { numRuns: 1, seed: 1 });
    if (hit === undefined) throw new Error('no hit was made');
    writer.row(1, hit);
    const before = definitions.length;
    writer.row(1, { ...hit, time: 9n });
    expect(definitions.length).toBe(before);
  });

  test('of more places than a table holds begin it anew, and refer to nothing old', () => {
    const { writer, reader, definitions } = pair();
    const [hit] = fc.sample(made, { numRuns: 1, seed: 1 });
    if (hit === undefined) throw new Error('no hit was made');
    const first = { ...hit, place: { ...PLACES[0], function: 'first' } } as Hit;
    for (let at = 0; at < MOST_ENTRIES + 10; at++) {
      const other = { ...hit, place: { function: `g${at}`, file: null, line: null, module: null, offset: null } };
      const got = reader.hit(writer.row(1, other)).hit;
      if (at % 1000 === 0 || at >= MOST_ENTRIES) expect(got.place.function).toBe(`g${at}`);
      if (at % 30_000 === 0) expect(reader.hit(writer.row(1, first)).hit.place.function).toBe('first');
    }
    expect(definitions.filter(({ table, from }) => table === 'places' && from === 0).length).toBeGreaterThan(1);
  });
});

describe('types', () => {
  const parts: readonly ValueType[] = [
    { kind: 'float', size: 4, name: 'float' },
    { kind: 'character', size: 1, name: 'char', signed: true },
    { kind: 'enum', size: 4, name: 'enum e', signed: true, members: new Map([[-1n, 'MINUS']]) },
    { kind: 'bits', size: 1, name: 'flag', signed: false, shift: 2, width: 1, members: new Map(), truth: true },
    { kind: 'bits', size: 1, name: 'small', signed: true, shift: 0, width: 2, members: new Map([[1n, 'ONE']]) },
    { kind: 'array', size: 8, name: 'long[1]', element: LONG, count: 1 },
    { kind: 'struct', size: 8, name: 'struct s', members: [{ name: 'a', offset: 0, type: LONG, base: true }] },
    {
      ...{ kind: 'variants', size: 8, name: 'E', discriminant: { offset: 0, size: 1 } },
      cases: [{ name: 'A', value: 1n, offset: 0, type: LONG }],
    },
  ];

  test.each(parts.map((type) => [type.kind, type] as const))('%s is the same at the other end', (_, type) => {
    expect(valueTypeOf(wireTypeOf(type), () => null)).toEqual(type);
  });

  test('pointers are named at the other end as here', () => {
    const symbol = (address: bigint): string | null => (address === 0x10n ? 'table' : null);
    const type: ValueType = { kind: 'pointer', size: 8, name: 'void *', symbol };
    const { writer, reader } = pair();
    const [hit] = fc.sample(made, { numRuns: 1, seed: 1 });
    if (hit === undefined) throw new Error('no hit was made');
    const values = { oldBytes: Uint8Array.of(0x10, 0, 0, 0, 0, 0, 0, 0), newBytes: Uint8Array.of(0x20, 0, 0, 0, 0, 0, 0, 0) };
    const got = reader.hit(writer.row(1, { ...hit, ...values, watch: infoOf('p', type) })).hit;
    expect(valueToText(got.oldBytes, got.watch.type)).toBe('0x10 <table>');
    expect(valueToText(got.newBytes, got.watch.type)).toBe('0x20');
  });
});

describe('a reader', () => {
  test('refuses what refers to nothing', () => {
    const { reader } = pair();
    expect(() => reader.hit({ origin: 0, timeLo: 0, timeHi: 0, old: null, new: null, stack: null })).toThrow('there is no origin 0');
    expect(() => reader.define({ table: 'comms', from: 3, entries: ['x'] })).toThrow('comes before its time');
  });
});
