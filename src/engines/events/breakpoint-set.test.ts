// Effects against made events: what is opened, moved, paused and closed, and what is told of it.
import { describe, expect, test } from 'vitest';
import type { ArmOrder, HardwareEffect } from '../../facility/index.js';
import { ERRNO, LinuxError } from '../../linux/errno.js';
import type { EventTarget, PerfEvent } from '../../linux/perf-event.js';
import type { EngineEvent } from '../contract.js';
import type { BatchArmer } from './batch.js';
import type { BreakpointMaker } from './breakpoint-maker.js';
import { BreakpointSet } from './breakpoint-set.js';

const TARGET = { pid: 7, tid: null, inherit: 'threads' } as const;
const PLACES: readonly EventTarget[] = [0, 1].map((cpu) => ({ tid: 7, cpu }));

function piece(cookie: number, address = 0x1000): ArmOrder {
  const whom = { scope: { kind: 'process', pid: 7 }, inherit: 'threads', tids: [] } as const;
  return { cookie, address, length: 8, access: 'write', ...whom, inKernel: true, stackDepth: 0, handling: 0 };
}

/** What happened, one word each: `open 1/0` is piece 1 on CPU 0. */
class Made {
  readonly log: string[] = [];
  readonly set: BreakpointSet;
  /** Names in the log that fail when they happen. */
  readonly failing = new Set<string>();
  #ids = 0;

  constructor(hooks: boolean) {
    const say = (what: string) => (cookies: readonly number[]) => void this.log.push(`${what} ${cookies.join(' ')}`);
    const maker: BreakpointMaker = {
      attaches: false,
      attributes: ({ address }, disabled) => Uint8Array.of(address >> 12, disabled ? 1 : 0),
      open: (order, target) => this.#open(order, target),
      ...(hooks ? { closed: say('closed'), undone: say('undone'), moved: ({ cookie }) => this.#do(`moved ${cookie}`) } : {}),
    };
    const armer: BatchArmer = {
      arm: (pieces, batch) => {
        for (const order of pieces) for (const place of PLACES) batch.open(order, place);
        return { threads: 1, cpus: PLACES.length, notCovered: [] };
      },
    };
    this.set = new BreakpointSet({ target: TARGET, slots: 4, maker, armer });
  }

  #do(what: string): void {
    this.log.push(what);
    if (this.failing.has(what)) throw new LinuxError('ioctl', ERRNO.EINVAL, what);
  }

  #open({ cookie }: ArmOrder, { cpu }: EventTarget): PerfEvent {
    const name = `${cookie}/${cpu}`;
    this.#do(`open ${name}`);
    const id = ++this.#ids;
    const event = {
      id: () => id,
      count: () => 10,
      enable: () => this.#do(`enable ${name}`),
      disable: () => this.#do(`disable ${name}`),
      modify: (block: Uint8Array) => this.#do(`modify ${name} to ${block.join(' ')}`),
      [Symbol.dispose]: () => this.#do(`close ${name}`),
    };
    return event as unknown as PerfEvent;
  }

  arm(...cookies: readonly number[]): EngineEvent[] {
    return this.set.apply(cookies.map((cookie): HardwareEffect => ({ type: 'arm', effect: cookie, piece: piece(cookie) })));
  }

  move(cookie: number, address: number): EngineEvent[] {
    return this.set.apply([{ type: 'move', effect: 9, piece: piece(cookie, address) }]);
  }

  /** The log since the last call. */
  took(): string[] {
    return this.log.splice(0);
  }
}

describe('an arm', () => {
  test('is done for all pieces together', () => {
    const made = new Made(true);
    const armed = { threads: 1, cpus: 2, notCovered: [] };
    expect(made.arm(1, 2)).toEqual([1, 2].map((effect) => ({ type: 'done', effect, armed })));
    expect(made.took()).toEqual(['open 1/0', 'open 1/1', 'open 2/0', 'open 2/1']);
    expect([made.set.order(1), made.set.events.pieces]).toEqual([piece(1), 2]);
  });

  test('that fails closes what it has opened, and says for which pieces', () => {
    const made = new Made(true);
    made.failing.add('open 2/1');
    expect(made.arm(1, 2)).toMatchObject([1, 2].map((effect) => ({ type: 'failed', effect, code: 'EINVAL' })));
    expect(made.took().slice(4)).toEqual(['close 1/0', 'close 1/1', 'close 2/0', 'undone 1 2', 'closed 1 2']);
    expect([made.set.order(1), made.set.events.pieces]).toEqual([undefined, 0]);
  });
});

describe('a disarm', () => {
  test('stops all events of a piece before it reads and closes any', () => {
    const made = new Made(true);
    made.arm(1, 2);
    made.took();
    expect(made.set.apply([{ type: 'disarm', effect: 5, cookie: 1 }])).toEqual([{ type: 'done', effect: 5, armed: null }]);
    expect(made.took()).toEqual(['disable 1/0', 'disable 1/1', 'close 1/0', 'close 1/1', 'closed 1']);
    expect([made.set.events.counted, made.set.events.pieces]).toEqual([20, 1]);
  });

  test('of everything comes with the end', () => {
    const made = new Made(false);
    made.arm(1, 2);
    made.set[Symbol.dispose]();
    expect(made.set.events.pieces).toBe(0);
    expect(made.took().filter((what) => what.startsWith('close'))).toHaveLength(4);
  });
});

describe('a move', () => {
  test('changes all events, then tells', () => {
    const made = new Made(true);
    made.arm(1);
    made.took();
    expect(made.move(1, 0x2000)).toEqual([{ type: 'done', effect: 9, armed: null }]);
    expect(made.took()).toEqual(['modify 1/0 to 2 0', 'modify 1/1 to 2 0', 'moved 1']);
    expect(made.set.order(1)).toEqual(piece(1, 0x2000));
  });

  test.each([
    ['modify 1/1 to 2 0', ['modify 1/0 to 2 0', 'modify 1/1 to 2 0', 'modify 1/0 to 1 0']],
    ['moved 1', ['modify 1/0 to 2 0', 'modify 1/1 to 2 0', 'moved 1', 'modify 1/0 to 1 0', 'modify 1/1 to 1 0']],
  ])('that fails at "%s" leaves the piece where it was', (failing, log) => {
    const made = new Made(true);
    made.arm(1);
    made.took();
    made.failing.add(failing);
    expect(made.move(1, 0x2000)).toMatchObject([{ type: 'failed', effect: 9, code: 'EINVAL' }]);
    expect(made.took()).toEqual(log);
    expect(made.set.order(1)).toEqual(piece(1));
  });

  test('leaves a paused piece paused', () => {
    const made = new Made(false);
    made.arm(1);
    made.set.pause([1], true);
    made.took();
    made.move(1, 0x2000);
    made.set.pause([1], false);
    made.move(1, 0x3000);
    expect(made.took()).toEqual([
      ...['modify 1/0 to 2 1', 'modify 1/1 to 2 1'],
      ...['enable 1/0', 'enable 1/1'],
      ...['modify 1/0 to 3 0', 'modify 1/1 to 3 0'],
    ]);
  });
});

test('nothing is known of slots where none has ever been lacking', () => {
  const made = new Made(false);
  made.arm(1);
  expect(made.set.capacity()).toBeNull();
});
