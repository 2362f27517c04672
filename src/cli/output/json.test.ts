import fc from 'fast-check';
import { expect, test } from 'vitest';
import { i64, madeHit, madePlace, madeWatch } from '../../../test/cli/made-hit.js';
import type { HitRecord } from '../../session/index.js';
import { HitJsonPrinter } from './json.js';
import { hitMessage } from './messages.js';

test('a hit has the fields, types and order that are promised', () => {
  expect(new HitJsonPrinter().line(madeHit())).toBe(
    '{"type":"hit","watch":"counter","time_ns":"5000000123","pid":4711,"tid":4712,"comm":"hot","cpu":1,"access":"write","address":"0x555500004040",' +
      '"size":8,"ip":"0x555500001234","function":"bump","file":"/src/hot.c","line":12,"old":"41","new":"42","value_source":"registers","kernel":false,' +
      '"repeat":1,"stack":null,"instruction":null,"instruction_address":null,"cgroup":null}',
  );
});

/** Hits of a few watches and places, so that the printer's memory of them is used. */
const watches = [
  madeWatch(),
  madeWatch({ expression: 'a "quoted"\\name', access: 'readwrite', size: 4, type: { kind: 'float', size: 4, name: 'float' } }),
  madeWatch({ expression: 'flag', size: 1, type: { kind: 'bool', size: 1, name: '_Bool' } }),
  madeWatch({ expression: 'letter', size: 1, type: { kind: 'character', size: 1, name: 'char', signed: true } }),
  madeWatch({ expression: 'code', access: 'execute', size: 1, type: { kind: 'bytes', size: 1, name: '' } }),
  madeWatch({ expression: 'bytes', size: 3, type: { kind: 'bytes', size: 3, name: 'struct s' } }),
];
const instructions = [null, { address: 0x401136n, text: 'mov qword ptr [rdi], "1"' }, { address: null, text: 'ret' }];
const places = [madePlace(), madePlace({ function: null, file: null, line: null }), madePlace({ function: 'op<"a">', module: '[kernel]' })];

const hits = fc
  .record({
    watch: fc.constantFrom(...watches),
    place: fc.constantFrom(...places),
    instruction: fc.constantFrom(...instructions),
    ip: fc.oneof(fc.constantFrom(0x401139n, 0x40113an), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })),
    time: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    comm: fc.oneof(fc.string({ unit: 'binary', maxLength: 15 }), fc.constant(null)),
    kernel: fc.boolean(),
    repeat: fc.integer({ min: 1, max: 100 }),
    valueSource: fc.constantFrom('registers' as const, 'memory' as const, null),
    stack: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, fc.constant(places)),
    bytes: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    known: fc.boolean(),
  })
  .map(({ bytes, known, ...fields }) => {
    const value = known ? bytes.slice(0, fields.watch.size) : null;
    return madeHit({ ...fields, oldBytes: value, newBytes: value });
  });

test('is the JSON of the message, character by character', () => {
  fc.assert(
    fc.property(fc.array(hits, { maxLength: 8 }), (list) => {
      const printer = new HitJsonPrinter();
      for (const hit of list) expect(printer.line(hit)).toBe(JSON.stringify(hitMessage(hit)));
    }),
    { seed: 20070222, numRuns: 50 },
  );
});

test('64-bit values and addresses are strings, smaller ones numbers, what is not known null', () => {
  const print = (hit: HitRecord): unknown => JSON.parse(new HitJsonPrinter().line(hit));
  expect(print(madeHit({ newBytes: i64(-(2n ** 63n)) }))).toMatchObject({ old: '41', new: '-9223372036854775808' });
  const int = madeWatch({ size: 4, type: { kind: 'signed', size: 4, name: 'int' } });
  expect(print(madeHit({ watch: int, oldBytes: null, newBytes: new Uint8Array([0xff, 0xff, 0xff, 0xff]) }))).toMatchObject({
    old: null,
    new: -1,
  });
});

test('names that keep changing do not fill the memory, and are all printed', () => {
  const printer = new HitJsonPrinter();
  for (let i = 0; i < 2500; i++) expect(printer.line(madeHit({ comm: `w${i}` }))).toContain(`"comm":"w${i}"`);
});
