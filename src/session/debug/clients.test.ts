// Random histories of two clients of one made process: whatever they do, a thread stands exactly while one of them holds it, and when they have
// left, all threads run and nothing is armed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FakeSession, fakeTarget, PID } from '../../../test/session/fake-control.js';
import type { Client } from './client.js';
import { STOP_ONLY_AT_HITS } from './index.js';

const X = 0x40_4000n;
const CHILD = 102;
const TIDS = [PID, 101, CHILD];

type Act = (session: FakeSession, client: Client) => unknown;

/** What may happen to a thread, or be asked by a client; what is refused is refused. */
const ACTS: Readonly<Record<string, (tid: number) => Act>> = {
  stores: (tid) => (session) => session.threads.get(tid)?.stop === null && session.stores(tid, X, 1n),
  signal: (tid) => (session) => session.threads.get(tid)?.stop === null && session.stands(tid, { kind: 'signal', signal: 10 }),
  'step is done': (tid) => (session) => session.threads.get(tid)?.stop === null && session.stands(tid, { kind: 'step' }),
  'thread ends': (tid) => (session) => tid !== PID && session.threads.has(tid) && session.ends(tid),
  exec: () => (session) => session.threads.has(PID) && session.executes(),
  watch: () => (_, client) => client.watch('x', { stop: true }),
  log: () => (_, client) => client.watch('y'),
  stop: (tid) => (_, client) => client.stop([tid]),
  'stop all': () => (_, client) => client.stop('all'),
  resume: (tid) => (_, client) => client.resume([tid]),
  'resume all': () => (_, client) => client.resume('all', 10),
  step: (tid) => (_, client) => client.step(tid),
  detach: (tid) => (_, client) => client.detach(tid === CHILD ? CHILD : PID),
  'ask for signals': () => (_, client) => client.setPolicy({ ...STOP_ONLY_AT_HITS, signals: new Set([10]) }),
  'ask for all': () => (_, client) => client.setPolicy({ ...STOP_ONLY_AT_HITS, wholeProcess: true, execs: true }),
};

const EVENT = fc.record({ act: fc.constantFrom(...Object.keys(ACTS)), tid: fc.constantFrom(...TIDS), who: fc.nat({ max: 1 }) });

/** Everything that has happened is told. */
async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function heldBy(clients: readonly Client[]): Promise<number[]> {
  const threads = (await Promise.all(clients.map((client) => client.threads()))).flat();
  return [...new Set(threads.filter(({ stop }) => stop !== null).map(({ tid }) => tid))].sort();
}

test('whatever two clients do, a thread stands exactly while one of them holds it', async () => {
  let stood = 0;
  const property = fc.asyncProperty(fc.array(EVENT, { minLength: 5, maxLength: 25 }), async (events) => {
    const { session, shared } = fakeTarget();
    for (const tid of TIDS.slice(1)) session.starts(tid, tid === CHILD ? CHILD : PID);
    const clients = ['first', 'second'].map((name) => shared.join({ name, role: 'controls' })) as [Client, Client];
    for (const { act, tid, who } of events) {
      await Promise.resolve(ACTS[act]?.(tid)(session, clients[who === 0 ? 0 : 1])).catch(() => undefined);
      await settle();
      const standing = [...session.threads.values()].filter(({ stop }) => stop !== null).map((thread) => thread.tid);
      expect(await heldBy(clients)).toEqual(standing.sort());
      stood += standing.length;
    }
    await clients[0][Symbol.asyncDispose]();
    await settle();
    const { threads } = session;
    const standing = [...threads.values()].filter(({ stop }) => stop !== null).map(({ tid }) => tid);
    expect(await heldBy([clients[1]])).toEqual(standing.sort());
    await clients[1][Symbol.asyncDispose]();
    expect([...threads.values()].every(({ stop }) => stop === null)).toBe(true);
    expect(session.armed).toEqual([]);
    expect(session.isDisposed).toBe(true);
  });
  await fc.assert(property, { seed: 20070222, numRuns: 40 });
  expect(stood).toBeGreaterThan(100);
}, 60_000);
