// The owner's side under 100,000 made inputs: each frame is answered, nothing is thrown, and it goes on.
import { describe, expect, test } from 'vitest';
import { numbersBelow } from '../../../test/helpers/random-numbers.js';
import { fakeTarget, PID } from '../../../test/session/fake-control.js';
import { type Answer, encodeFrame, FrameReader, parseAnswer, type Request, requestText, type Wishes } from '../../protocols/share/index.js';
import { Conversation, type ShareHost } from './conversation.js';

const SEED = 20070222;
const INPUTS = 100_000;

const hello: Request = {
  ...{ type: 'hello', id: 1, version: 1, name: 'fuzz', role: 'controls', pid: PID, start: '7', engine: 'auto', inherit: null },
};
const wishes: Wishes = {
  ...{ access: 'write', as: null, stackDepth: 0, instruction: false, condition: null, changesOnly: false, priority: 20 },
  ...{ keep: 'each', follow: false, everyCall: false, stop: true, pid: null, unmapped: false },
};

/** Valid at first: most mutants of these are about threads, watches and memory that are there. */
const REQUESTS: readonly Request[] = [
  { type: 'watch', id: 2, expression: 'x', wishes },
  { type: 'watch', id: 2, expression: '0x404000:16', wishes: { ...wishes, condition: 'new > 3', priority: null } },
  { type: 'close', id: 3, watch: 1 },
  { type: 'tally', id: 4, watch: 1 },
  { type: 'slots', id: 5 },
  { type: 'threads', id: 6 },
  { type: 'policy', id: 7, signals: [10], clones: false, forks: false, execs: false, wholeProcess: true },
  { type: 'stop', id: 8, tids: null },
  { type: 'resume', id: 9, tids: [PID], signal: 0 },
  { type: 'step', id: 10, tid: PID, signal: 0, by: 'breakpoint' },
  { type: 'registers', id: 11, tid: PID },
  { type: 'setRegisters', id: 12, tid: PID, words: Array.from({ length: 27 }, () => 1n) },
  { type: 'extendedState', id: 13, tid: PID },
  { type: 'setExtendedState', id: 14, tid: PID, state: new Uint8Array(16) },
  { type: 'signalInfo', id: 15, tid: PID },
  { type: 'setSignalInfo', id: 19, tid: PID, info: new Uint8Array(128) },
  { type: 'readMemory', id: 16, pid: PID, address: 0x40_4000n, length: 8 },
  { type: 'writeMemory', id: 17, pid: PID, address: 0x40_4000n, bytes: Uint8Array.of(1) },
  { type: 'detach', id: 18, pid: 101 },
  hello,
];

const ODD: readonly unknown[] = [null, -1, 0, 1.5, 2 ** 32 - 1, '', 'x', '18446744073709551615', 'ff', [], {}, true, [PID], 'readwrite'];

/** `tree` with one value in it changed. */
function mutated(tree: unknown, below: (end: number) => number): unknown {
  if (typeof tree !== 'object' || tree === null) return ODD[below(ODD.length)];
  const entries = Object.entries(tree);
  const at = below(Math.max(1, entries.length));
  const changed = entries.map(([key, value], index) => [key, index === at ? mutated(value, below) : value] as const);
  return Array.isArray(tree) ? changed.map(([, value]) => value) : Object.fromEntries(changed);
}

class Talk {
  readonly answers: Answer[] = [];
  isOver = false;
  readonly conversation: Conversation;
  readonly #reader = new FrameReader();

  constructor(host: ShareHost) {
    this.conversation = new Conversation(Promise.resolve(host), {
      send: (frame) => {
        for (const text of this.#reader.push(frame)) {
          const parsed = parseAnswer(text);
          if (!parsed.ok) throw new Error(`the owner said ${text}: ${parsed.problem}`);
          if (parsed.value.type !== 'news') this.answers.push(parsed.value);
        }
      },
      waiting: 0,
      end: () => {
        this.isOver = true;
      },
    });
    this.say(requestText(hello));
  }

  say(text: string): void {
    this.conversation.receive(encodeFrame(text));
  }
}

/** One that hello was answered to: what comes before that is refused. */
async function greeted(host: ShareHost): Promise<Talk> {
  const talk = new Talk(host);
  while (talk.answers.length === 0) await turn();
  return talk;
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a conversation', () => {
  test(`answers each of ${INPUTS} requests that are wrong or right, and goes on`, async () => {
    const { session, shared } = fakeTarget({ share: { disposes: false } });
    const host: ShareHost = { pid: PID, start: '7', name: 'test', inherit: 'children', join: (who) => shared.join(who) };
    const below = numbersBelow(SEED);
    let talk = await greeted(host);
    let [answered, asked, done] = [0, 0, 0];
    for (let at = 0; at < INPUTS; at++) {
      // Watches are few: each takes the made target a while.
      const text = requestText(REQUESTS[below(16) === 0 ? below(REQUESTS.length) : 2 + below(REQUESTS.length - 2)] ?? hello);
      talk.say(below(4) === 0 ? text : JSON.stringify(mutated(JSON.parse(text), below)));
      if (at % 50 === 0 && session.threads.get(PID)?.stop === null) session.stores(PID, 0x40_4000n, BigInt(at));
      if (at % 20 === 0) await turn();
      if (at % 500 !== 499) continue;
      for (let wait = 0; wait < 1000 && talk.answers.length < 501; wait++) await turn();
      asked += 501;
      answered += talk.answers.length;
      done += talk.answers.filter(({ type }) => type === 'done').length;
      talk.conversation.hungUp();
      talk = await greeted(host);
    }
    expect(answered).toBe(asked);
    expect(done).toBeGreaterThan(INPUTS / 10);
    talk.say(requestText({ type: 'slots', id: 99 }));
    for (let wait = 0; wait < 100 && talk.answers.length < 2; wait++) await turn();
    expect(talk.answers.at(-1)).toMatchObject({ type: 'done', id: 99 });
  }, 120_000);

  test('ends where what comes is no frame, and lets the client go', async () => {
    const { shared } = fakeTarget();
    const host: ShareHost = { pid: PID, start: '7', name: 'test', inherit: 'children', join: (who) => shared.join(who) };
    const talk = new Talk(host);
    await turn();
    expect(shared.clients).toHaveLength(1);
    talk.conversation.receive(new Uint8Array(64).fill(255));
    expect(talk.isOver).toBe(true);
    expect(talk.answers.at(-1)).toMatchObject({ type: 'failed', refusal: { code: 'broken-conversation' } });
    await turn();
    expect(shared.clients).toEqual([]);
  });

  test('says hello first', async () => {
    const { shared } = fakeTarget();
    const talk = new Talk({ pid: PID, start: '8', name: 'test', inherit: 'children', join: (who) => shared.join(who) });
    talk.say('{"type":"slots","id":7}');
    await turn();
    expect(talk.answers).toMatchObject(
      [
        { type: 'failed', id: 1, refusal: { code: 'not-shared' } },
        { type: 'failed', id: 7 },
      ].sort((a, b) => b.id - a.id),
    );
  });
});
