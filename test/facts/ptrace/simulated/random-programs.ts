// Random programs under random breakpoints, stopped and let go at random: what two subjects must do alike.
import fc from 'fast-check';
import { perform } from '../expectations.js';
import type { Operation } from '../operation.js';
import type { PtraceSubject, Stop } from '../subject.js';
import { type ArmedSlot, arm, type SlotBytes } from '../words.js';

/** How the tracer lets the thread go on: one step or to the next stop, and with the signal that it stopped for or without. */
export interface Go {
  readonly how: 'step' | 'resume';
  readonly passes: boolean;
}

/** One slot: on the data, or on one of the operations. */
type WantedSlot =
  | { readonly on: 'data'; readonly type: 'write' | 'readwrite'; readonly bytes: SlotBytes; readonly unit: number }
  | { readonly on: 'operation'; readonly index: number };

export interface RandomProgram {
  readonly operations: readonly Operation[];
  /** By number of the slot; null: not used. */
  readonly slots: readonly (WantedSlot | null)[];
  /** One after the other, and again from the first. */
  readonly going: readonly Go[];
}

/** A stop without what differs from one subject to another: addresses. */
export type ComparableStop = Readonly<Record<string, unknown>>;

/** Stops of one program are not looked at beyond these. */
const MOST_STOPS = 40;
/** Slots and accesses meet in these bytes. */
const FIELD_AT = 64;
const FIELD_BYTES = 24;
/** Beyond what those accesses reach: what MOV SS finds there must be a selector. */
const SELECTOR_AT = 112;
const HANDLE: Operation = { op: 'system-call', call: { name: 'sigaction', action: 'handler' } };

const at = fc.integer({ min: FIELD_AT, max: FIELD_AT + FIELD_BYTES });
const length = fc.constantFrom(1, 2, 4, 8, 16) as fc.Arbitrary<1 | 2 | 4 | 8 | 16>;
const constant = fc.constant;

const plain: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: constant('store-non-temporal' as const), at }),
  fc.record({ op: constant('exchange' as const), at }),
  constant({ op: 'nop' } as const),
  fc.record({ op: constant('load' as const), at, length: fc.constantFrom(1, 2, 4, 8) as fc.Arbitrary<1 | 2 | 4 | 8> }),
  fc.record({ op: constant('store' as const), at, length, value: fc.nat({ max: 100 }) }),
  fc.record({ op: constant('add' as const), at, locked: fc.boolean() }),
  fc.record({ op: constant('compare' as const), at }),
  fc.record({ op: constant('flush-line' as const), at }),
  fc.record({ op: constant('no-access' as const), name: fc.constantFrom('prefetch' as const, 'lea' as const), at }),
  fc.record({ op: constant('pop-flags' as const), tf: fc.boolean(), rf: fc.boolean() }),
  constant({ op: 'load-ss', at: SELECTOR_AT } as const),
  constant({ op: 'icebp' } as const),
  fc.record({ op: fc.constantFrom('cli' as const, 'fault' as const, 'read-debug-register' as const) }),
  fc.record({ op: constant('int' as const), vector: fc.constantFrom(1 as const, 3 as const, 4 as const) }),
  fc.record({ op: constant('int3' as const), prefixes: fc.nat({ max: 2 }) }),
);

/** What needs registers to hold something at the start: one in a program. System calls with arguments would be many instructions. */
const special: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: constant('repeat-move' as const), from: constant(2048), at: constant(1024), count: fc.nat({ max: 5 }) }),
  fc.record({ op: constant('compare-exchange' as const), at, expected: fc.nat({ max: 1 }), locked: fc.boolean() }),
  constant({ op: 'system-call', call: { name: 'getpid' } } as const),
  constant({ op: 'int', vector: 128 } as const),
);

const slot: fc.Arbitrary<WantedSlot | null> = fc.oneof(
  constant(null),
  fc.record({
    on: constant('data' as const),
    type: fc.constantFrom('write' as const, 'readwrite' as const),
    bytes: fc.constantFrom(1, 2, 4, 8) as fc.Arbitrary<SlotBytes>,
    unit: fc.oneof(fc.nat({ max: FIELD_BYTES - 1 }), constant(SELECTOR_AT - FIELD_AT)),
  }),
  fc.record({ on: constant('operation' as const), index: fc.nat({ max: 8 }) }),
);

export const RANDOM_PROGRAMS: fc.Arbitrary<RandomProgram> = fc
  .record({
    before: fc.array(plain, { maxLength: 3 }),
    special: fc.option(special),
    after: fc.array(plain, { minLength: 1, maxLength: 4 }),
    slots: fc.array(slot, { minLength: 4, maxLength: 4 }),
    going: fc.array(fc.record({ how: fc.constantFrom('step' as const, 'resume' as const), passes: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map(({ before, special: one, after, slots, going }) => ({
    operations: [...before, ...(one === null ? [] : [one]), ...after],
    slots,
    going,
  }));

/** Runs a program on a fresh subject. All stops up to its end, and how often the handler ran. */
export function runProgram(subject: PtraceSubject, { operations, slots, going }: RandomProgram): ComparableStop[] {
  perform(subject, HANDLE);
  const addresses = subject.load(operations);
  arm(subject, ...slots.flatMap((wanted, index) => (wanted === null ? [] : [slotOf(subject, addresses, { wanted, index })])));
  const seen: ComparableStop[] = [];
  let last: Stop | null = null;
  for (let count = 0; count < MOST_STOPS && last?.kind !== 'checkpoint'; count++) {
    const { how, passes } = going[count % going.length] ?? { how: 'resume', passes: false };
    last = goOn(subject, last, { how, passes });
    seen.push(comparable(last, operations));
    if (last.kind === 'killed' || last.kind === 'exited') return seen;
  }
  return [...seen, { runs: subject.handlerRuns() }];
}

function slotOf(
  subject: PtraceSubject,
  addresses: readonly bigint[],
  { wanted, index }: { readonly wanted: WantedSlot; readonly index: number },
): ArmedSlot {
  const number = index as ArmedSlot['slot'];
  if (wanted.on === 'operation') {
    // Not where the program ends: that is not an instruction of the program.
    return { slot: number, type: 'execute', address: addresses[wanted.index % (addresses.length - 1)] ?? 0n };
  }
  const offset = FIELD_AT + Math.floor(wanted.unit / wanted.bytes) * wanted.bytes;
  return { slot: number, type: wanted.type, bytes: wanted.bytes, address: subject.dataAddress + BigInt(offset) };
}

/** Within the handler, whose instructions are the subject's own, it is never stepped. */
function goOn(subject: PtraceSubject, last: Stop | null, { how, passes }: Go): Stop {
  const isTrap = last?.kind === 'signal' && last.signal === 'SIGTRAP';
  if (last?.kind === 'signal' && last.at === null) return subject.resume();
  const signal = isTrap && passes ? 'SIGTRAP' : undefined;
  return how === 'step' ? subject.step(signal) : subject.resume(signal);
}

function comparable(stop: Stop, operations: readonly Operation[]): ComparableStop {
  if (stop.kind !== 'signal') return { ...stop };
  const { address, ip, remaining, code, ...same } = stop;
  // A step into a handler is told without siginfo of a signal: what is there instead is the tracer's pid.
  if (stop.at === null) return same;
  // RF between two iterations of a step is not always what R-035 says: measured, on an AMD EPYC.
  const isRepeat = operations[stop.at]?.op === 'repeat-move';
  return { ...same, code, address: address === ip ? 'ip' : address, ...(isRepeat ? { remaining, rf: null } : {}) };
}
