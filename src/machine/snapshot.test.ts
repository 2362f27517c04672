import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fullState } from '../../test/machine/full-state.js';
import type { Rules } from '../facility/rules.js';
import { KERNELS } from './kernels/index.js';
import { Machine } from './machine.js';
import { INSTRUCTION_BYTES, type Instruction } from './program.js';
import { hashState, pack, sameState } from './snapshot.js';
import { copyState, type MachineState } from './state.js';
import { Tracer } from './tracer.js';

const SEED = 20070222;

/** Fields in which two states may differ and be packed alike, by their paths, and why. Places in lists are written as []. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'half.nextCharged': 'a number that is yet to be given',
  'half.broker.nextAge': 'a number that is yet to be given',
  'half.broker.nextCookie': 'a number that is yet to be given',
  'half.broker.nextEffect': 'a number that is yet to be given',
  'half.broker.version': 'only says that something has changed',
  'half.broker.requests.[].age': 'their order says it',
  'half.broker.requests.[].rank': 'follows from priority, flags and pieces',
  'half.broker.requests.[].place': 'follows from its places',
  'threads.[].tid': 'its place in the list says it',
  'threads.[].call.name': 'the instruction before the thread says it',
  'half.brokerDigest': 'follows from the broker',
  'half.brokerIsShared': 'says nothing of the machine',
};

/** Lists of requests that are told of in `requests`: which they are is packed, where it does not follow. */
const BY_REFERENCE = /\.(?:ranked|kernelChosen|chosen|unsettled)\.\[\]\./;

/** One field: its path, and what it holds. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
}

function patternOf(path: readonly string[]): string {
  return path.map((name) => (/^\d+$/.test(name) ? '[]' : name)).join('.');
}

/** Another value that the field can have. */
function otherThan(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return value + 1;
    case 'bigint':
      return value + 1n;
    case 'boolean':
      return !value;
    default:
      return OTHER_WORDS[String(value)] ?? value;
  }
}

const OTHER_WORDS: Readonly<Record<string, string>> = {
  ...{ ready: 'stopped', stopped: 'ready', exited: 'stopped', yield: 'work' },
  ...{ signal: 'attach', clone: 'fork', fork: 'vfork', exec: 'clone', SIGTRAP: 'SIGIO', SIGIO: 'SIGUSR1', SIGUSR1: 'SIGIO' },
  ...{ TRAP_HWBKPT: 'TRAP_TRACE', TRAP_PERF: 'TRAP_TRACE', EBUSY: 'EIO' },
  ...{ write: 'readwrite', perf: 'ptrace', none: 'threads', threads: 'children', thread: 'process', passed: 'consumed' },
  ...{ armed: 'moving', arm: 'move', withdraw: 'exit' },
};

/** A full state with this field changed. */
function changedAt(path: readonly string[]): MachineState {
  const state = structuredClone(fullState());
  let at: unknown = state;
  for (const name of path.slice(0, -1)) at = (at as Record<string, unknown>)[name];
  const last = path.at(-1) ?? '';
  (at as Record<string, unknown>)[last] = otherThan((at as Record<string, unknown>)[last]);
  return state;
}

describe('a state in which nothing is empty', () => {
  const all = leavesOf(fullState());
  const leaves = all.filter(({ value }) => value !== null);

  test('has indeed nothing that is empty everywhere', () => {
    const patterns = leaves.map(({ path }) => patternOf(path));
    const nulls = all.filter(({ value }) => value === null).map(({ path }) => patternOf(path));
    expect(nulls.filter((empty) => !patterns.some((pattern) => pattern === empty || pattern.startsWith(`${empty}.`)))).toEqual([]);
  });

  test('is packed with all of its fields, but for those that say nothing more', () => {
    const seen = new Set(leaves.filter(({ path }) => !sameState(changedAt(path), fullState())).map(({ path }) => patternOf(path)));
    const unseen = new Set(leaves.map(({ path }) => patternOf(path)).filter((pattern) => !seen.has(pattern)));
    const rest = [...unseen].filter((pattern) => !BY_REFERENCE.test(pattern));
    expect(rest.sort()).toEqual(Object.keys(LEFT_OUT).sort());
  });

  test('is copied with all of its fields', () => {
    for (const { path } of leaves) {
      const state = changedAt(path);
      expect([patternOf(path), copyState(state)]).toEqual([patternOf(path), state]);
    }
  });
});

const BASE = 0x40_1000;
const A = 0x60_0000;
const WATCH = { address: A, length: 4, access: 'write' } as const;
const PROGRAM: readonly Instruction[] = [
  { op: 'syscall', call: { name: 'sigaction', signal: 'SIGTRAP', action: 'handler', handler: BASE + 10 * INSTRUCTION_BYTES } },
  { op: 'store', at: A, length: 8, value: 1 },
  { op: 'syscall', call: { name: 'fork', child: BASE } },
  { op: 'loop', to: BASE, times: 3 },
  { op: 'syscall', call: { name: 'work', actions: [{ act: 'write', at: A, length: 4, value: 7, bytewise: true }] } },
  { op: 'call', to: BASE + 7 * INSTRUCTION_BYTES },
  { op: 'syscall', call: { name: 'exec', to: BASE } },
  { op: 'popf', tf: true },
  { op: 'add', at: A, length: 4, value: 1, locked: false },
  { op: 'ret' },
  { op: 'syscall', call: { name: 'sigreturn' } },
];

/** What may be done to a machine: a step of a CPU, a switch to one of its threads, something that the tracer of the first does. */
type Move = readonly [what: 'step' | 'switch' | 'continue' | 'single-step' | 'set' | 'unset', which: number];

const MOVES = fc.array(
  fc.tuple(fc.constantFrom<Move[0]>('step', 'step', 'step', 'switch', 'continue', 'single-step', 'set', 'unset'), fc.nat({ max: 3 })),
  { maxLength: 60 },
);

function play(machine: Machine, moves: readonly Move[]): void {
  const tracer = new Tracer(machine, 100);
  for (const [what, which] of moves) {
    if (what === 'step') machine.step(which % 2);
    if (what === 'continue') tracer.continue(0, which === 0 ? 'SIGTRAP' : null);
    if (what === 'single-step') tracer.step(0);
    if (what === 'set') tracer.setSlot(0, which, WATCH);
    if (what === 'unset') tracer.setSlot(0, which, null);
    if (what !== 'switch') continue;
    const thread = machine.state.threads[which];
    if (thread?.status === 'ready') machine.switch(which % 2, which);
  }
}

function newMachine(rules: Rules): Machine {
  const memory = { regions: [{ name: 'a', address: A, length: 8, value: 0 }] };
  const programs = [{ name: 'main', base: BASE, code: PROGRAM }];
  const machine = new Machine({ rules, cpus: 2, programs, memory, kernelMemory: { regions: [] } });
  machine.addProcess(BASE);
  machine.addProcess(BASE);
  new Tracer(machine, 100).attach(0);
  return machine;
}

describe.each(Object.values(KERNELS))('states under $kernel', (rules) => {
  test('a copy and its original do not know each other, and do the same by the same moves', () => {
    fc.assert(
      fc.property(MOVES, MOVES, (first, then) => {
        const machine = newMachine(rules);
        play(machine, first);
        const before = pack(machine.state);
        const twin = machine.copy();
        expect(sameState(twin.state, machine.state)).toBe(true);
        play(twin, then);
        expect(pack(machine.state)).toEqual(before);
        play(machine, then);
        expect(pack(machine.state)).toEqual(pack(twin.state));
        expect(hashState(machine.state)).toBe(hashState(twin.state));
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
});
