import { describe, expect, test } from 'vitest';
import { FakeSession } from '../../test/session/fake-control.js';
import { as, type VirtualAddress } from '../base/brand.js';
import type { Condition } from '../conditions/index.js';
import type { Capabilities } from '../engines/contract.js';
import type { Handling } from '../engines/handling.js';
import type { WatchInfo } from '../model/hit.js';
import { planCover } from '../registers/index.js';
import { conditionOf } from './hit-filter.js';
import { planHits } from './hit-plan.js';

const NOTES: Partial<Capabilities> = { stopsTarget: false, name: 'perf' };

/** `$rax == 1` */
const RAX: Condition = {
  ...{ kind: 'integers', comparison: '==', left: { kind: 'register', register: 'rax', unsigned: true } },
  right: { kind: 'number', value: 1n, unsigned: false },
};

class Noting extends FakeSession {
  readonly asked: Handling[] = [];

  override prepare(handling: Handling): number {
    this.asked.push(handling);
    return super.prepare(handling);
  }
}

function plan(
  handles: Capabilities['handles'],
  wish: { condition?: string | Condition; size?: number; stops?: boolean; access?: WatchInfo['access'] },
  more: Partial<Capabilities> = {},
): { readonly how: ReturnType<typeof planHits>; readonly asked: readonly Handling[] } {
  const { size = 8, stops = false, access = 'write' } = wish;
  const info: WatchInfo = {
    ...{ expression: 'x', address: as<VirtualAddress>(0x40_4000n), size, access },
    type: size === 8 ? { kind: 'signed', size, name: 'long' } : { kind: 'bytes', size, name: '' },
  };
  const asked = wish.condition ?? null;
  const condition = typeof asked === 'string' ? conditionOf(info, { condition: asked }) : asked;
  const cover = planCover({ address: info.address, length: size, slots: 4, access });
  const session = new Noting({ handles, ...more });
  const how = planHits(session, { info, cover, condition, keep: 'each', stops, stackDepth: 0, start: () => null });
  return { how, asked: session.asked };
}

describe('a watch that stops', () => {
  test('has the engine stop, and test its condition', () => {
    const { how, asked } = plan(['stops'], { stops: true, condition: 'tid == 7' });
    expect(how).toMatchObject({ handling: 1, filtered: true, filter: null });
    expect(asked).toMatchObject([{ keep: 'stops', condition: { kind: 'integers' } }]);
  });

  test('of several pieces has its condition tested here', () => {
    const { how, asked } = plan(['stops'], { stops: true, condition: 'tid == 7', size: 24 });
    expect(how.filter).not.toBeNull();
    expect(asked).toMatchObject([{ keep: 'stops', condition: null, range: { length: 24 } }]);
  });

  test('on reads too has it tested by an engine that reads from outside', () => {
    const access = 'readwrite';
    expect(plan(['stops'], { stops: true, condition: 'tid == 7', access }).how.filter).toBeNull();
    expect(plan(['each'], { condition: 'tid == 7', access }, NOTES).how.filter).not.toBeNull();
  });

  test('is refused by an engine that cannot', () => {
    expect(() => plan(['each'], { stops: true }, NOTES)).toThrow('cannot stop at such a hit');
  });
});

test('one that stops nothing, and wants nothing, is reported as it is', () => {
  expect(plan(['each', 'stops'], {})).toMatchObject({ how: { handling: 0, filter: null }, asked: [] });
});

test('registers are looked at in the engine, or not at all', () => {
  expect(plan(['each'], { condition: RAX }).how.filter).toBeNull();
  expect(() => plan(['each'], { condition: RAX, size: 24 })).toThrow('cannot look at other memory or at registers');
  expect(() => plan([], { condition: RAX }, NOTES)).toThrow('engine perf cannot look');
});
