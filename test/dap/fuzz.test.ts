// 100,000 inputs for the adapter: streams that are cut, broken or no protocol at all, and requests with every kind of argument. No input crashes
// it, and every request is answered exactly once.
import { readFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Connection } from '../../src/servers/dap/connection.js';
import { FrameReader, framed } from '../../src/servers/dap/framing.js';
import { newSession } from '../../src/servers/dap/handlers.js';
import type { Session } from '../../src/servers/dap/session.js';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { FakeClient, type Standing } from './fake-client.js';

const SEED = 20070222;
const STREAMS = 50_000;
const REQUESTS = 50_000;
/** Requests made in one go, and then waited for. */
const BATCH = 50;

/** Requests that exist, those that take long less often. */
const COMMANDS = [
  ...['initialize', 'attach', 'launch', 'configurationDone', 'threads', 'pause', 'continue', 'next', 'stepIn', 'stepOut', 'exceptionInfo'],
  ...['stackTrace', 'stackTrace', 'scopes', 'scopes', 'variables', 'variables', 'setVariable', 'setExpression', 'evaluate', 'evaluate'],
  ...['readMemory', 'writeMemory', 'disassemble', 'setBreakpoints', 'setFunctionBreakpoints', 'setInstructionBreakpoints'],
  ...['setExceptionBreakpoints', 'breakpointLocations', 'dataBreakpointInfo', 'setDataBreakpoints', 'modules', 'cancel'],
];
const NAMES = [
  ...['threadId', 'frameId', 'variablesReference', 'name', 'value', 'expression', 'context', 'memoryReference', 'offset', 'count', 'data'],
  ...[
    'instructionCount',
    'instructionOffset',
    'source',
    'path',
    'breakpoints',
    'line',
    'endLine',
    'condition',
    'hitCondition',
    'logMessage',
  ],
  ...[
    'dataId',
    'accessType',
    'bytes',
    'asAddress',
    'filters',
    'start',
    'levels',
    'startFrame',
    'granularity',
    'program',
    'pid',
    'args',
    'env',
  ],
  ...[
    'cwd',
    'inherit',
    'priority',
    'stopOnEntry',
    'instructionReference',
    'linesStartAt1',
    'startModule',
    'moduleCount',
    'logDataBreakpoints',
  ],
];
const TEXTS = [
  ...[
    'hero',
    'hero.hp',
    'counter',
    '*hero.next',
    'hero.trail[1].x',
    '&hero',
    '$rax',
    '$rip',
    'main',
    'walk',
    'hurt',
    'nothing',
    '((((',
    'x->',
  ],
  ...[
    '(struct player *)0x1000',
    '[0]',
    '[3]',
    'sum',
    'numbers',
    '0x0',
    '0x4000',
    '-1',
    '99999999999999999999',
    'instruction',
    'write',
    'read',
  ],
  ...['fatal', 'threads', 'new > 3', 'log if new < 4', '% 2', '>= 3', 'AAAA', '=', '', '{', `${FIXTURES}/looked-at.c`, 'looked-at.c', '/'],
];

const leaf = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...TEXTS) },
  { weight: 6, arbitrary: fc.integer({ min: -2, max: 60 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, false, 1e300, -1e15, 0.5, Number.MAX_SAFE_INTEGER, 4096, 70_000) },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
);
const object = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(fc.constantFrom(...NAMES), value, { minKeys: 0, maxKeys: 6 });
const argument = fc.oneof(
  { weight: 8, arbitrary: leaf },
  { weight: 2, arbitrary: object(leaf) },
  { weight: 2, arbitrary: fc.array(fc.oneof(leaf, object(leaf)), { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
/** What a client would send: the right arguments for its command, more often than chance would have it. */
const likely = fc.record(
  {
    threadId: fc.constantFrom<unknown>('TID', 'TID', 3),
    frameId: fc.integer({ min: 1, max: 80 }),
    variablesReference: fc.integer({ min: 1, max: 80 }),
    expression: fc.constantFrom(...TEXTS),
    name: fc.constantFrom(...TEXTS),
    value: fc.constantFrom('1', '0x20', '-5', 'x'),
    memoryReference: fc.constantFrom('0x0', '0x4000', 'RIP', 'RSP'),
    count: fc.integer({ min: 0, max: 300 }),
    instructionCount: fc.integer({ min: 0, max: 30 }),
    source: fc.constant({ path: `${FIXTURES}/looked-at.c` }),
    line: fc.integer({ min: 0, max: 80 }),
    breakpoints: fc.array(object(leaf), { maxLength: 3 }),
    levels: fc.integer({ min: 0, max: 5 }),
    pid: fc.constantFrom<unknown>('PID', 1),
    program: fc.constantFrom('/bin/true', ''),
  },
  { requiredKeys: [] },
);
const request = fc.record({
  seq: fc.oneof(fc.integer(), argument),
  type: fc.constant('request'),
  command: fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...COMMANDS) },
    { weight: 1, arbitrary: fc.constantFrom('disconnect', 'terminate', 'restart', 'goto', '') },
    { weight: 1, arbitrary: fc.string() },
  ),
  arguments: fc.oneof({ weight: 3, arbitrary: likely }, { weight: 2, arbitrary: object(argument) }, { weight: 1, arbitrary: argument }),
});

describeWith(['gcc'], 'the adapter', () => {
  test(`reads ${STREAMS} streams of anything`, () => {
    let read = 0;
    const piece = fc.oneof(
      { weight: 3, arbitrary: request.map((message) => framed(message)) },
      { weight: 1, arbitrary: fc.string({ maxLength: 40 }).map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.integer({ min: -5, max: 50 }).map((length) => Buffer.from(`Content-Length: ${length}\r\n\r\n`)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)) },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 3 }), fc.nat(400), (pieces, cut) => {
        const reader = new FrameReader({ message: () => read++, garbled: () => read++ });
        const bytes = Buffer.concat(pieces);
        for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) if (!reader.push(part)) break;
      }),
      { seed: SEED, numRuns: STREAMS },
    );
    expect(read).toBeGreaterThan(STREAMS / 2);
  }, 240_000);

  test(`answers ${REQUESTS} requests, each exactly once`, async () => {
    await using target = await startTarget('looked-at');
    const standing = whereItStands(target.pid);
    const client = new FakeClient(target.pid, standing);
    const answers = { count: 0, refused: 0 };
    const made: { session: Session | null } = { session: null };
    const connection = new Connection(
      (peer) => {
        const target = { client, outputEnded: Promise.resolve(), left: async () => undefined };
        const { session, handlers } = newSession(
          peer,
          async () => target,
          () => undefined,
        );
        made.session = session;
        return handlers;
      },
      (message) => {
        if ((message as DebugProtocol.ProtocolMessage).type !== 'response') return;
        answers.count++;
        if (!(message as DebugProtocol.Response).success) answers.refused++;
      },
    );
    const reader = new FrameReader({ message: (value) => connection.handle(value), garbled: () => undefined });
    const words: Readonly<Record<string, unknown>> = { TID: target.pid, PID: target.pid, RIP: `${standing.rip}`, RSP: `${standing.rsp}` };
    let sent = 0;
    const ask = async (requests: readonly object[]): Promise<void> => {
      for (const one of requests) expect(reader.push(framed(one))).toBe(true);
      sent += requests.length;
      for (let turns = 0; answers.count < sent && turns < 1000; turns++) {
        await connection.settled();
        await new Promise((next) => setImmediate(next));
      }
      expect(answers.count).toBe(sent);
    };
    const prelude = [
      { seq: 1, type: 'request', command: 'attach', arguments: { pid: target.pid } },
      { seq: 2, type: 'request', command: 'pause' },
      { seq: 3, type: 'request', command: 'stackTrace', arguments: { threadId: target.pid } },
    ];
    for (const batch of fc.sample(fc.array(request, { minLength: BATCH, maxLength: BATCH }), { seed: SEED, numRuns: REQUESTS / BATCH })) {
      await ask(prelude);
      await ask(
        batch.map(
          (one) =>
            JSON.parse(
              JSON.stringify(one, (_key, value: unknown) =>
                typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : value,
              ),
            ) as object,
        ),
      );
    }
    expect(answers.count).toBe(REQUESTS + (prelude.length * REQUESTS) / BATCH);
    // Not only refusals: a good part of it was understood.
    expect(answers.count - answers.refused).toBeGreaterThan(REQUESTS / 5);
    await made.session?.leave();
  }, 400_000);
});

/** The waiting read(2) of a process, as /proc shows it: where its first thread stands. */
function whereItStands(pid: number): Standing {
  const words = readFileSync(`/proc/${pid}/syscall`, 'utf8').trim().split(' ');
  return { rsp: BigInt(words.at(-2) ?? 0), rip: BigInt(words.at(-1) ?? 0) };
}
