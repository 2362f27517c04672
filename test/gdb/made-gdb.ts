// A gdb after its first packets, connected to a made process.
import { expect, vi } from 'vitest';
import type { SessionOptions } from '../../src/servers/gdb/session.js';
import type { Client } from '../../src/session/debug/index.js';
import { type FakeOptions, type FakeSession, fakeTarget, PID } from '../session/fake-control.js';
import { Talk } from './talk.js';

/** What a gdb of our days says that it can do. */
export const MULTI = 'qSupported:multiprocess+;swbreak+;hwbreak+;fork-events+;vfork-events+;exec-events+;error-message+';
/** The made process in the protocol's digits. */
export const P = PID.toString(16);
/** Something to watch. */
export const X = 0x1000n;

/** All three. */
export interface Made {
  readonly session: FakeSession;
  readonly talk: Talk;
  readonly client: Client;
}

/** Like gdb after its first packets. */
export async function connected(options: Partial<SessionOptions> = {}, fake: FakeOptions = {}): Promise<Made> {
  const { session, shared } = fakeTarget(fake);
  const client = shared.join({ name: 'gdb', role: 'controls' });
  const talk = new Talk(client, options);
  await talk.agree(MULTI, 'QStartNoAckMode');
  session.starts(101);
  await vi.waitFor(async () => expect(await client.threads()).toHaveLength(2));
  return { session, talk, client };
}

/** The same, once it has asked why the target stands. */
export async function standing(options: Partial<SessionOptions> = {}): Promise<Made> {
  const made = await connected(options);
  await made.talk.ask('?');
  return made;
}
