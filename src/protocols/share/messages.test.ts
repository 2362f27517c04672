import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numbersBelow } from '../../../test/helpers/random-numbers.js';
import type { Answer, Happening, News, WireCause } from './answers.js';
import { encodeFrame, FrameReader } from './framing.js';
import { answerText, parseAnswer, parseRequest, parseResult, requestText, resultOf } from './messages.js';
import type { Request, ResultOf, Wishes } from './requests.js';
import type { Definition, Row } from './rows.js';
import type { WireArming, WireInfo, WireType } from './values.js';

const SEED = 20070222;

const wishes: Wishes = {
  ...{ access: 'write', as: null, stackDepth: 4, instruction: true, condition: 'new > 3', changesOnly: false, priority: 20 },
  ...{ keep: 'each', follow: false, everyCall: false, stop: true, pid: null, unmapped: false },
};

const REQUESTS: readonly Request[] = [
  { type: 'hello', id: 0, version: 1, name: 'watch 4711', role: 'watches', pid: 4711, start: '812', engine: 'auto', inherit: 'threads' },
  { type: 'watch', id: 1, expression: 'state.players[2].hp', wishes },
  { type: 'close', id: 2, watch: 7 },
  { type: 'tally', id: 3, watch: 7 },
  { type: 'slots', id: 4 },
  { type: 'threads', id: 5 },
  { type: 'policy', id: 6, signals: [2, 11], clones: true, forks: false, execs: true, wholeProcess: true },
  { type: 'stop', id: 7, tids: null },
  { type: 'resume', id: 8, tids: [4711, 4712], signal: 10 },
  { type: 'step', id: 9, tid: 4711, signal: 0, by: 'breakpoint' },
  { type: 'registers', id: 10, tid: 4711 },
  { type: 'setRegisters', id: 11, tid: 4711, words: [1n, 2n ** 64n - 1n] },
  { type: 'extendedState', id: 12, tid: 4711 },
  { type: 'setExtendedState', id: 13, tid: 4711, state: Uint8Array.of(0, 255, 16) },
  { type: 'signalInfo', id: 14, tid: 4711 },
  { type: 'setSignalInfo', id: 19, tid: 4711, info: new Uint8Array(128).fill(7) },
  { type: 'readMemory', id: 15, pid: 4711, address: 0x40_4040n, length: 8 },
  { type: 'writeMemory', id: 16, pid: 4711, address: 0xffff_ffff_ffff_fff8n, bytes: Uint8Array.of(1, 2) },
  { type: 'kill', id: 17, pid: 4711 },
  { type: 'detach', id: 18, pid: 4712 },
];

const TYPES: readonly WireType[] = [
  { kind: 'signed', size: 4, name: 'int' },
  { kind: 'float', size: 8, name: 'double' },
  { kind: 'character', size: 1, name: 'char', signed: true },
  { kind: 'pointer', size: 8, name: 'void *', named: true },
  { kind: 'enum', size: 4, name: 'enum color', signed: true, members: [[-1n, 'NONE']] },
  { kind: 'bits', size: 4, name: 'unsigned', signed: false, shift: 3, width: 5, members: [], truth: false },
  {
    ...{ kind: 'struct', size: 16, name: 'struct pair' },
    members: [
      { name: 'a', offset: 0, type: { kind: 'text', size: 8, name: 'char[8]' }, base: false },
      {
        ...{ name: 'b', offset: 8, base: true },
        type: { kind: 'array', size: 8, name: 'int[2]', element: { kind: 'bool', size: 4, name: 'x' }, count: 2 },
      },
    ],
  },
  {
    ...{ kind: 'variants', size: 8, name: 'Option<i32>', discriminant: { offset: 0, size: 4 } },
    cases: [{ name: 'Some', value: 1n, offset: 4, type: { kind: 'unsigned', size: 4, name: 'u32' } }],
  },
];

const info = (type: WireType): WireInfo => ({ expression: 'x', address: 0x7fff_0000_1234n, size: type.size, access: 'readwrite', type });

const place = { function: 'bump', file: null, line: 12, module: 'hot', offset: 4 };

const DEFINITIONS: readonly Definition[] = [
  { table: 'infos', from: 0, entries: TYPES.map((type) => ({ watch: 3, info: info(type) })) },
  { table: 'places', from: 1, entries: [place] },
  { table: 'comms', from: 0, entries: ['worker', null] },
  { table: 'instructions', from: 0, entries: [{ address: null, text: 'mov [rax], 1' }] },
  {
    ...{ table: 'origins', from: 0 },
    entries: [
      {
        ...{ info: 1, place: 2, comm: 0, instruction: null, pid: 4711, tid: 4712, cpu: 1, ipLo: 1, ipHi: 0x7fff },
        ...{ source: 3, kernel: true, repeat: 2 },
      },
    ],
  },
  { table: 'names', from: 0, entries: [{ info: 0, address: 0x4040n, name: 'table+8' }] },
];

const ROW: Row = {
  ...{ origin: 3, timeLo: 2 ** 32 - 1, timeHi: 77, old: null, new: Uint8Array.of(1, 2, 3, 4), stack: [1, 2, 3] },
};

const HAPPENINGS: readonly Happening[] = [
  { kind: 'exec', pid: 4711, comm: 'sh', time: 5n },
  { kind: 'fork', pid: 4711, child: 4712, time: 5n },
  { kind: 'unseen-change', info: 0, pid: 4711, time: 5n, expected: null, found: Uint8Array.of(9) },
  { kind: 'lost', count: 5, time: 9n },
  { kind: 'throttled', count: 5, time: 9n },
  { kind: 'watch-ended', info: 0, reason: 'no such name' },
  { kind: 'waiting', info: 0 },
  { kind: 'evicted', info: 0 },
  { kind: 'installed', info: 0, threads: 4 },
  { kind: 'armed-again', info: 0, threads: 4 },
  { kind: 're-aimed', info: 0, time: 6n, blind: null, threads: 1 },
  { kind: 'waiting-for-pointer', info: 0, reason: 'null' },
  { kind: 'waiting-for-library', info: 0, library: 'libz.so' },
  { kind: 'waiting-for-call', info: 0, function: 'f' },
  { kind: 'frame-ended', info: 0, time: 7n },
];

const CAUSES: readonly WireCause[] = [
  { kind: 'hit', hits: [{ watch: 3, row: ROW }] },
  { kind: 'step' },
  { kind: 'signal', signal: 11 },
  { kind: 'group-stop', signal: 19 },
  { kind: 'vfork', child: 4713 },
];

const arming: WireArming = {
  ...{ isArmed: true, threads: 4, cpus: 2, notCovered: ['children', 'thread:4711'], slots: 1, cover: 'exact', pointerSlots: null },
};

const NEWS: readonly News[] = [
  ...DEFINITIONS.map((definition): News => ({ type: 'define', definition })),
  { type: 'watch', watch: 3, info: 0, isArmed: true, arming },
  { type: 'hits', rows: [ROW, { ...ROW, stack: null, old: new Uint8Array() }] },
  { type: 'change', watch: 3, change: 'ended', because: 'exec' },
  ...HAPPENINGS.map((event): News => ({ type: 'happened', event })),
  { type: 'thread', pid: 4711, tid: 4712, change: 'started' },
  ...CAUSES.map((cause): News => ({ type: 'stopped', pid: 4711, tid: 4711, cause, time: 5n })),
  { type: 'processEnded', pid: 4711, how: 'exited', number: -1n },
  { type: 'dropped', count: 9, time: 8n },
  { type: 'closed', because: 'its command has ended' },
];

const ANSWERS: readonly Answer[] = [
  { type: 'done', id: 4, result: [] },
  { type: 'done', id: 4, result: null },
  {
    ...{ type: 'failed', id: 3 },
    refusal: {
      ...{ code: 'range-too-long', message: 'no', hint: null, marked: 'x\n^' },
      shortage: { address: 1n, length: 64, slotsNeeded: 8, slotsFree: 4, fitting: 32 },
    },
  },
  { type: 'news', news: NEWS },
  ...NEWS.map((one): Answer => ({ type: 'news', news: [one] })),
];

describe('messages', () => {
  test.each(REQUESTS.map((request) => [request.type, request] as const))('request %s comes out as it went in', (_, request) => {
    expect(parseRequest(requestText(request))).toEqual({ ok: true, value: request });
  });

  test('answers and news come out as they went in', () => {
    for (const answer of ANSWERS) expect(parseAnswer(answerText(answer))).toEqual({ ok: true, value: answer });
  });

  test('results are read by what was asked', () => {
    const slots: ResultOf<'slots'> = [{ client: 'gdb', expression: 'x', priority: null, address: 1n, length: 8, armed: true }];
    expect(parseResult('slots', JSON.parse(JSON.stringify(resultOf('slots', slots))))).toEqual({ ok: true, value: slots });
    expect(parseResult('registers', ['1', 'x'])).toMatchObject({ ok: false });
  });

  test('what is wrong is named', () => {
    expect(parseRequest('{"type":"close","id":1}')).toEqual({
      ok: false,
      problem: 'not an object of type, id, watch: {"type":"close","id":1}',
    });
    expect(parseRequest('{"type":"close","id":1,"watch":-1}')).toMatchObject({ problem: expect.stringContaining('watch: not a whole') });
    expect(parseRequest('{')).toMatchObject({ ok: false });
    expect(parseRequest('{"type":"constructor","id":1}')).toMatchObject({ ok: false });
  });

  test('a type of endless depth is refused, not followed', () => {
    const deep = `${'{"kind":"array","size":8,"name":"","count":1,"element":'.repeat(2000)}null${'}'.repeat(2000)}`;
    const text = `{"type":"news","news":[{"type":"define","definition":{"table":"infos","from":0,"entries":[{"watch":1,"info":{"expression":"x","address":"1","size":8,"access":"write","type":${deep}}}]}}]}`;
    expect(parseAnswer(text)).toMatchObject({ ok: false });
  });
});

const TREES: readonly string[] = [...REQUESTS.map(requestText), ...ANSWERS.map(answerText)];

const ODD: readonly unknown[] = [
  null,
  -1,
  0,
  1.5,
  2 ** 53,
  1e308,
  '',
  'x',
  '-',
  '18446744073709551616',
  'zz',
  [],
  {},
  true,
  [[]],
  { type: 'hello' },
];

/** `tree` with one node changed, left out or added to. */
function mutated(tree: unknown, below: (end: number) => number): unknown {
  if (typeof tree !== 'object' || tree === null || below(4) === 0) return ODD[below(ODD.length)];
  const entries = Object.entries(tree);
  const at = below(Math.max(1, entries.length));
  const kind = below(8);
  if (kind === 0) entries.splice(at, 1);
  else if (kind === 1) entries.push([`x${at}`, ODD[below(ODD.length)]]);
  const changed = entries.map(([key, value], index) => [key, kind > 1 && index === at ? mutated(value, below) : value] as const);
  return Array.isArray(tree) ? changed.map(([, value]) => value) : Object.fromEntries(changed);
}

describe('100,000 made inputs', () => {
  test('are answered, never thrown at', () => {
    const below = numbersBelow(SEED);
    let [framed, refused, read] = [0, 0, 0];
    for (let run = 0; run < 100_000; run++) {
      const text = TREES[below(TREES.length)] ?? '';
      // Nine in ten keep their frame; of the others a byte of the frame or its head is another.
      const bytes = encodeFrame(run % 10 === 0 ? text : JSON.stringify(mutated(JSON.parse(text), below)));
      if (run % 10 === 0) bytes[below(bytes.length)] = below(256);
      const got = new FrameReader().push(bytes);
      if (got.length === 1) framed++;
      for (const part of got) {
        for (const answer of [parseRequest(part), parseAnswer(part)]) {
          if (answer.ok) read++;
          else refused++;
        }
      }
    }
    expect(framed).toBeGreaterThan(90_000);
    expect(refused).toBeGreaterThan(100_000);
    expect(read).toBeGreaterThan(1000);
  }, 60_000);

  test('what is read of them is written the same again', () => {
    const trees = fc.tuple(fc.nat({ max: TREES.length - 1 }), fc.nat());
    const property = fc.property(trees, ([at, seed]) => {
      const text = JSON.stringify(mutated(JSON.parse(TREES[at] ?? ''), numbersBelow(seed)));
      const request = parseRequest(text);
      if (request.ok) expect(parseRequest(requestText(request.value))).toEqual(request);
      const answer = parseAnswer(text);
      if (answer.ok) expect(parseAnswer(answerText(answer.value))).toEqual(answer);
    });
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });
});
