import { expect, test } from 'vitest';
import { STOP_ONLY_AT_HITS, type StopCause, type StopPolicy } from '../../engines/control.js';
import { asksFor, unionOf } from './policies.js';

function policy(parts: Partial<StopPolicy>): StopPolicy {
  return { ...STOP_ONLY_AT_HITS, ...parts };
}

function asks(parts: Partial<StopPolicy>, cause: StopCause, tid = 2): boolean {
  return asksFor(policy(parts), { pid: 1, tid, cause, time: 0n });
}

test('the union stops for what any of them asks for', () => {
  expect(unionOf([])).toEqual(STOP_ONLY_AT_HITS);
  const all = unionOf([policy({ signals: new Set([2, 10]), forks: true }), policy({ signals: new Set([10, 11]), execs: true })]);
  expect(all).toEqual(policy({ signals: new Set([2, 10, 11]), forks: true, execs: true }));
  expect(unionOf([policy({ wholeProcess: true }), policy({ clones: true })])).toEqual(policy({ wholeProcess: true, clones: true }));
});

test('a stop is the business of who asks for its cause', () => {
  expect(asks({ signals: new Set([10]) }, { kind: 'signal', signal: 10 })).toBe(true);
  expect(asks({ signals: new Set([10]) }, { kind: 'signal', signal: 11 })).toBe(false);
  expect(asks({ signals: new Set([19]) }, { kind: 'group-stop', signal: 19 })).toBe(true);
  expect(asks({ clones: true }, { kind: 'clone', child: 3 })).toBe(true);
  expect(asks({ clones: true }, { kind: 'fork', child: 3 })).toBe(false);
  expect(asks({ forks: true }, { kind: 'vfork', child: 3 })).toBe(true);
  expect(asks({ execs: true }, { kind: 'exec' })).toBe(true);
});

test('a first thread is born with its process, others with a clone', () => {
  expect(asks({ clones: true }, { kind: 'born' }, 2)).toBe(true);
  expect(asks({ clones: true }, { kind: 'born' }, 1)).toBe(false);
  expect(asks({ forks: true }, { kind: 'born' }, 1)).toBe(true);
});

test('hits, steps and interruptions are asked for otherwise', () => {
  const everything = { signals: new Set([2]), clones: true, forks: true, execs: true, wholeProcess: true };
  expect(asks(everything, { kind: 'hit', cookies: [1] })).toBe(false);
  expect(asks(everything, { kind: 'step' })).toBe(false);
  expect(asks(everything, { kind: 'interrupted' })).toBe(false);
});
