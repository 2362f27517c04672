// Steps against a host that only takes notes: what is armed, when it is taken out, how the thread goes on.
import { beforeAll, describe, expect, test } from 'vitest';
import { loadNextAddress, type NextAddressFinder, USER_WORD } from '../../instructions/index.js';
import { ControlError } from '../errors.js';
import type { SteppedThread } from './step-plan.js';
import { type StepHost, Stepping } from './stepping.js';

const IP = 0x40_1000n;
const NO_SIGNALS = { blocked: 0n, ignored: 0n, caught: 0n };
const SIGUSR1 = 10;
const CATCHES_USR1 = { ...NO_SIGNALS, caught: 1n << 9n };
let finder: NextAddressFinder;

beforeAll(async () => {
  finder = await loadNextAddress();
});

class Notes implements StepHost {
  readonly lines: string[] = [];
  readonly hits = new Map<bigint, number>();
  slots = 4;

  armExecute(tid: number, address: bigint) {
    if (this.slots === 0) throw new ControlError('no-slot', tid, 'all taken');
    this.slots--;
    this.lines.push(`arm ${tid} ${address.toString(16)}`);
    return {
      count: () => this.hits.get(address) ?? 0,
      [Symbol.dispose]: () => {
        this.slots++;
        this.lines.push(`disarm ${tid} ${address.toString(16)}`);
      },
    };
  }

  setRegisters(tid: number, registers: BigUint64Array): void {
    this.lines.push(`flags ${tid} ${registers[USER_WORD.eflags]?.toString(16)}`);
  }

  resume(tid: number, signal: number): void {
    this.lines.push(`resume ${tid} ${signal}`);
  }

  singleStep(tid: number, signal: number): void {
    this.lines.push(`single-step ${tid} ${signal}`);
  }

  sendAndResume(tid: number, signal: number): void {
    this.lines.push(`send ${tid} ${signal}`);
  }
}

function thread(code: readonly number[], changes: Partial<SteppedThread> = {}): SteppedThread {
  const registers = new BigUint64Array(27);
  Object.assign(registers, { [USER_WORD.rip]: IP, [USER_WORD.cs]: 0x33n, [USER_WORD.originalRax]: 2n ** 64n - 1n });
  return {
    tid: 7,
    registers,
    isInSystemCall: false,
    restartable: null,
    canDeliver: true,
    signals: NO_SIGNALS,
    readMemory: () => Uint8Array.from(code),
    ...changes,
  };
}

function make() {
  const notes = new Notes();
  return { notes, stepping: new Stepping(finder, notes) };
}

describe('by a breakpoint', () => {
  test('is over when it counts, not before', () => {
    const { notes, stepping } = make();
    stepping.begin(thread([0x90]), { signal: 0, by: 'breakpoint' });
    expect(stepping.stopped(7, 23, false)).toBe('not-yet');
    notes.hits.set(IP + 1n, 1);
    expect(stepping.stopped(7, 23, false)).toBe('done');
    expect(notes.lines).toEqual(['arm 7 401001', 'resume 7 0', 'disarm 7 401001']);
    expect(stepping.has(7)).toBe(false);
  });

  test('over a jump to itself sets the resume flag', () => {
    const { notes, stepping } = make();
    stepping.begin(thread([0xeb, 0xfe]), { signal: 0, by: 'breakpoint' });
    expect(notes.lines).toEqual(['arm 7 401000', 'flags 7 10000', 'resume 7 0']);
  });

  test('without a slot changes nothing, also where the second of two is lacking', () => {
    const { notes, stepping } = make();
    notes.slots = 1;
    const xbegin = thread([0xc7, 0xf8, 0x10, 0, 0, 0]);
    expect(() => stepping.begin(xbegin, { signal: 0, by: 'breakpoint' })).toThrow(expect.objectContaining({ failure: 'no-slot' }));
    expect(notes.lines).toEqual(['arm 7 401016', 'disarm 7 401016']);
    expect(stepping.has(7)).toBe(false);
  });

  test('is cancelled by whatever else stops the thread', () => {
    const { notes, stepping } = make();
    stepping.begin(thread([0x90]), { signal: 0, by: 'breakpoint' });
    stepping.cancel(7);
    expect(notes.lines.at(-1)).toBe('disarm 7 401001');
    expect(stepping.stopped(7, 23, false)).toBe('not-yet');
  });

  test('several threads step at once', () => {
    const { notes, stepping } = make();
    stepping.begin(thread([0x90]), { signal: 0, by: 'breakpoint' });
    stepping.begin(thread([0x66, 0x90], { tid: 8 }), { signal: 0, by: 'breakpoint' });
    notes.hits.set(IP + 2n, 1);
    expect([stepping.stopped(7, 23, false), stepping.stopped(8, 23, false)]).toEqual(['not-yet', 'done']);
    stepping[Symbol.dispose]();
    expect(notes.slots).toBe(4);
  });
});

describe('with a signal', () => {
  test('that has a handler, the kernel leads the thread there', () => {
    const { notes, stepping } = make();
    stepping.begin(thread([0x90], { signals: CATCHES_USR1 }), { signal: SIGUSR1, by: 'breakpoint' });
    expect(notes.lines).toEqual([`single-step 7 ${SIGUSR1}`]);
    expect(stepping.stopped(7, SIGUSR1, false)).toBe('not-yet');
    expect(stepping.stopped(7, 5, true)).toBe('done');
  });

  test.each([
    ['has none', NO_SIGNALS],
    ['is blocked', { ...CATCHES_USR1, blocked: 1n << 9n }],
  ])('that %s, never by the trap flag', (_, signals) => {
    const { notes, stepping } = make();
    stepping.begin(thread([0x90], { signals }), { signal: SIGUSR1, by: 'breakpoint' });
    expect(notes.lines).toEqual(['arm 7 401001', `resume 7 ${SIGUSR1}`]);
  });

  test('at a stop that cannot deliver one, it is sent first', () => {
    const { notes, stepping } = make();
    const request = { signal: SIGUSR1, by: 'breakpoint' } as const;
    stepping.begin(thread([0x90], { signals: CATCHES_USR1, canDeliver: false }), request);
    expect(stepping.stopped(7, 23, false)).toBe('not-yet');
    expect(stepping.stopped(7, SIGUSR1, false)).toEqual({ replan: request });
    stepping.begin(thread([0x90], { signals: CATCHES_USR1 }), request);
    expect(notes.lines).toEqual([`send 7 ${SIGUSR1}`, `single-step 7 ${SIGUSR1}`]);
  });
});

test('the trap flag only when it is asked for', () => {
  const { notes, stepping } = make();
  stepping.begin(thread([0x06]), { signal: 0, by: 'trap-flag' });
  expect(notes.lines).toEqual(['single-step 7 0']);
  expect(() => stepping.begin(thread([0x06]), { signal: 0, by: 'breakpoint' })).toThrow(/no instruction can be decoded at 0x401000/);
});

test('the end of a thread needs no breakpoint', () => {
  const { notes, stepping } = make();
  const exiting = thread([0x0f, 0x05]);
  exiting.registers[USER_WORD.rax] = 60n;
  stepping.begin(exiting, { signal: 0, by: 'breakpoint' });
  expect(notes.lines).toEqual(['resume 7 0']);
});
