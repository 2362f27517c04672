// Every program that a session can ask for is one that the running kernel takes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Condition } from '../../src/conditions/index.js';
import { Pieces } from '../../src/engines/bpf/pieces.js';
import type { ProgramPlan, ValuePlan } from '../../src/engines/bpf/plan.js';
import { mayComeFromStore } from '../../src/engines/bpf/plan.js';
import { Tables } from '../../src/engines/bpf/tables.js';
import { describeWith } from '../helpers/requirement.js';

const SEED = 20070222;

const value = fc
  .record({
    rangeLength: fc.integer({ min: 1, max: 32 }),
    offset: fc.nat({ max: 31 }),
    size: fc.integer({ min: 1, max: 32 }),
    memory: fc.constantFrom('user' as const, 'kernel' as const),
    readsAreHits: fc.boolean(),
  })
  .map((one): ValuePlan => {
    const offset = one.offset % one.rangeLength;
    return { ...one, offset, size: Math.min(one.size, one.rangeLength - offset) };
  });

/** What a handling's condition may speak of with that value. */
function conditionOn(size: number): fc.Arbitrary<Condition | null> {
  const field = { kind: 'integer', shift: 0, bits: 8 * Math.min(size, 8), signed: false } as const;
  const one = (which: 'old' | 'new') => ({ kind: 'value', which, offset: 0, field, unsigned: true }) as const;
  const changed: Condition = { kind: 'integers', comparison: '!=', left: one('old'), right: one('new') };
  const named: Condition = { kind: 'comm', comparison: '==', text: 'worker' };
  return size > 8 ? fc.constantFrom(null, named) : fc.constantFrom(null, changed, named, { kind: 'all', of: [changed, named] } as const);
}

const plans = fc
  .record({
    value: fc.option(value),
    access: fc.constantFrom('write' as const, 'readwrite' as const),
    keep: fc.constantFrom('each' as const, 'counts' as const),
    byProcess: fc.boolean(),
    frames: fc.constantFrom(0, 1, 16, 127),
    namespace: fc.option(fc.constant({ device: 4, inode: 0xf000_0001 })),
  })
  .chain((plan) => conditionOn(plan.value?.size ?? 32).map((condition) => ({ ...plan, condition })));

type Wanted = typeof plans extends fc.Arbitrary<infer T> ? T : never;

function planOf(tables: Tables, wanted: Wanted, at: Pick<ProgramPlan, 'block' | 'blockOffset'>): ProgramPlan {
  const { access, keep, condition, frames, namespace } = wanted;
  const inProcess = wanted.value?.memory !== 'kernel';
  const plan: ProgramPlan = {
    ...{ access, keep, condition, namespace, value: wanted.value, ...at },
    maps: {
      ...{ ring: tables.ringFor(keep, false).fd, blocks: tables.blocks.fd, stores: tables.stores.fd },
      counts: keep === 'counts' ? tables.counts.fd : null,
      stacks: keep === 'counts' && frames > 0 ? tables.stacks(frames).fd : null,
      lastValues: wanted.byProcess ? tables.lastValues.fd : null,
    },
    kernelFrames: frames,
    userFrames: inProcess ? frames : 0,
    memory: inProcess ? 'user' : 'kernel',
    reportsKernel: inProcess,
    tellsCaller: inProcess,
    tellsOrigin: !inProcess,
  };
  const fromStore = wanted.value !== null && mayComeFromStore(plan, wanted.value);
  return fromStore ? plan : { ...plan, maps: { ...plan.maps, stores: null } };
}

describeWith(['bpf', 'privileged'], 'programs for hits', () => {
  test('are taken by the kernel, whatever they are to read, test and keep', () => {
    using tables = new Tables();
    using pieces = new Pieces(tables.blocks);
    const where = { rangeAddress: 0x1000n, valueAddress: 0x1000n, start: 7n };
    fc.assert(
      fc.property(plans, (wanted) => {
        pieces.load({ cookie: 1, address: 0x1000n }, where, (block, blockOffset) => planOf(tables, wanted, { block, blockOffset }));
        pieces.drop([1]);
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect([...pieces.all()]).toEqual([]);
  }, 60_000);
});
