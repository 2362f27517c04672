// A made process and clients of it, that listen.
import type { SharedTarget } from '../../src/session/debug/shared-target.js';
import { type FakeOptions, type FakeSession, fakeTarget } from './fake-control.js';
import { Listener } from './listener.js';

/** For what must come. */
export const PATIENCE = { timeout: 20_000 };
/** Something to watch. */
export const X = 0x40_4000n;

/** A made process, and a client of each name that controls it. */
export function made(names: readonly string[], options: FakeOptions = {}): { session: FakeSession; shared: SharedTarget; all: Listener[] } {
  const { session, shared } = fakeTarget(options);
  return { session, shared, all: names.map((name) => new Listener(shared.join({ name, role: 'controls' }))) };
}
