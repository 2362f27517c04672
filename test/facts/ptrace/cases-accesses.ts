// Which accesses trigger a data breakpoint: the processor manual's table, byte for byte, and instruction for instruction.
import { expectCheckpoint, expectHit, fact, perform } from './expectations.js';
import type { AccessLength, Operation } from './operation.js';
import type { PtraceSubject } from './subject.js';
import { arm, dataSlot, type SlotBytes, type SlotIndex, type SlotType } from './words.js';

/** The manual's addresses within the data: A0000, B0000 and C0000 far enough apart. */
const PAGES = { A: 0x000, B: 0x400, C: 0x800 } as const;

/** One row of SDM table 17-1. `read`, `write`: the slots whose condition holds; null where the table has no such row. */
interface Row {
  readonly page: keyof typeof PAGES;
  readonly offset: number;
  readonly length: AccessLength;
  readonly read: readonly SlotIndex[] | null;
  readonly write: readonly SlotIndex[] | null;
}

/** R-012. DR0: A0001, readwrite, 1 byte; DR1: A0002, write, 1; DR2: B0002, readwrite, 2; DR3: C0000, write, 4. */
const TABLE_17_1: readonly Row[] = [
  { page: 'A', offset: 1, length: 1, read: [0], write: [0] },
  { page: 'A', offset: 1, length: 2, read: [0], write: [0, 1] },
  { page: 'A', offset: 2, length: 1, read: [], write: [1] },
  { page: 'A', offset: 2, length: 2, read: null, write: [1] },
  { page: 'B', offset: 1, length: 4, read: [2], write: [2] },
  { page: 'B', offset: 2, length: 1, read: [2], write: [2] },
  { page: 'B', offset: 2, length: 2, read: [2], write: [2] },
  { page: 'C', offset: 0, length: 4, read: null, write: [3] },
  { page: 'C', offset: 1, length: 2, read: null, write: [3] },
  { page: 'C', offset: 3, length: 1, read: null, write: [3] },
  { page: 'A', offset: 0, length: 1, read: [], write: [] },
  { page: 'A', offset: 3, length: 4, read: [], write: [] },
  { page: 'B', offset: 0, length: 2, read: [], write: [] },
  { page: 'C', offset: 0, length: 2, read: [], write: null },
  { page: 'C', offset: 4, length: 4, read: [], write: [] },
];

function armTable(subject: PtraceSubject): void {
  arm(
    subject,
    dataSlot(subject, PAGES.A + 1, { slot: 0, type: 'readwrite', bytes: 1 }),
    dataSlot(subject, PAGES.A + 2, { slot: 1, type: 'write', bytes: 1 }),
    dataSlot(subject, PAGES.B + 2, { slot: 2, type: 'readwrite', bytes: 2 }),
    dataSlot(subject, PAGES.C, { slot: 3, type: 'write', bytes: 4 }),
  );
}

function tableCase({ page, offset, length }: Row, access: 'read' | 'write', slots: readonly SlotIndex[]) {
  const verdict = slots.length === 0 ? 'does not trap' : `traps in ${slots.map((slot) => `DR${slot}`).join(' and ')}`;
  return fact(`R-012 table 17-1: a ${access} of ${length} at ${page}000${offset} ${verdict}`, (subject) => {
    armTable(subject);
    const at = PAGES[page] + offset;
    expectOutcome(subject, access === 'read' ? { op: 'load', at, length } : { op: 'store', at, length, value: 1 }, slots);
  });
}

function expectOutcome(subject: PtraceSubject, operation: Operation, slots: readonly SlotIndex[]): void {
  const stop = perform(subject, operation);
  if (slots.length === 0) expectCheckpoint(stop);
  else {
    expectHit(stop, 1, ...slots);
    expectCheckpoint(subject.resume());
  }
}

/** Every access of `length` around 8 watched bytes at 64, hit or not. */
function neighbours(bytes: SlotBytes, length: AccessLength) {
  return fact(`R-010 a store of ${length} at each byte around ${bytes} watched ones: any common byte counts`, (subject) => {
    arm(subject, dataSlot(subject, 64, { slot: 0, type: 'write', bytes }));
    for (let at = 64 - length - 1; at <= 64 + bytes + 1; at++) {
      const common = at < 64 + bytes && at + length > 64;
      expectOutcome(subject, { op: 'store', at, length, value: 1 }, common ? [0] : []);
    }
  });
}

/** Which kinds of slot an instruction triggers: those that see writes, those that see both only, or none. */
type Triggers = 'write' | 'readwrite' | 'none';

const INSTRUCTIONS: readonly (readonly [name: string, operation: Operation, triggers: Triggers])[] = [
  ['a load', { op: 'load', at: 64, length: 8 }, 'readwrite'],
  ['a store', { op: 'store', at: 64, length: 8, value: 1 }, 'write'],
  ['a store of the value that is there', { op: 'store', at: 64, length: 8, value: 0 }, 'write'],
  ['a store that straddles the start', { op: 'store', at: 60, length: 8, value: 1 }, 'write'],
  ['a store just below', { op: 'store', at: 56, length: 8, value: 1 }, 'none'],
  ['a store just above', { op: 'store', at: 72, length: 8, value: 1 }, 'none'],
  ['a store of 16 bytes', { op: 'store', at: 56, length: 16, value: 0 }, 'write'],
  ['a load of 16 bytes', { op: 'load', at: 56, length: 16 }, 'readwrite'],
  ['MOVNTI', { op: 'store-non-temporal', at: 64 }, 'write'],
  ['ADD to memory', { op: 'add', at: 64, locked: false }, 'write'],
  ['LOCK ADD to memory', { op: 'add', at: 64, locked: true }, 'write'],
  ['XCHG', { op: 'exchange', at: 64 }, 'write'],
  ['CMPXCHG that succeeds', { op: 'compare-exchange', at: 64, expected: 0, locked: false }, 'write'],
  ['CMPXCHG that fails', { op: 'compare-exchange', at: 64, expected: 5, locked: false }, 'write'],
  ['LOCK CMPXCHG that succeeds', { op: 'compare-exchange', at: 64, expected: 0, locked: true }, 'write'],
  ['LOCK CMPXCHG that fails', { op: 'compare-exchange', at: 64, expected: 5, locked: true }, 'write'],
  ['CMP with memory', { op: 'compare', at: 64 }, 'readwrite'],
  ['CLFLUSH', { op: 'flush-line', at: 64 }, 'readwrite'],
  ['PREFETCH', { op: 'no-access', name: 'prefetch', at: 64 }, 'none'],
  ['PREFETCHW', { op: 'no-access', name: 'prefetch-for-write', at: 64 }, 'none'],
  ['LEA', { op: 'no-access', name: 'lea', at: 64 }, 'none'],
  ['a masked store whose mask is zero', { op: 'no-access', name: 'masked-store', at: 64 }, 'none'],
];

function instructionCase([name, operation, triggers]: (typeof INSTRUCTIONS)[number], type: Exclude<SlotType, 'execute'>) {
  const hits = triggers === 'write' || triggers === type;
  const avx = operation.op === 'no-access' && operation.name === 'masked-store';
  return fact(
    `R-042 ${name} ${hits ? 'triggers' : 'does not trigger'} a ${type} slot`,
    (subject) => {
      arm(subject, dataSlot(subject, 64, { slot: 0, type, bytes: 8 }));
      expectOutcome(subject, operation, hits ? [0] : []);
    },
    avx ? { needs: 'avx' } : {},
  );
}

/** R-010, R-012, R-042. */
export const ACCESS_CASES = [
  ...TABLE_17_1.flatMap((row) => [
    ...(row.read === null ? [] : [tableCase(row, 'read', row.read)]),
    ...(row.write === null ? [] : [tableCase(row, 'write', row.write)]),
  ]),
  ...([1, 2, 4, 8] as const).flatMap((bytes) => ([1, 2, 4, 8, 16] as const).map((length) => neighbours(bytes, length))),
  ...INSTRUCTIONS.flatMap((row) => [instructionCase(row, 'write'), instructionCase(row, 'readwrite')]),
];
