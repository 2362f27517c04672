// What programs do with hits before anybody sees them, engine only: values from registers or memory, conditions, counts, and their books.
import { expect, test } from 'vitest';
import type { Condition } from '../../src/conditions/index.js';
import { BpfEngine } from '../../src/engines/bpf/engine.js';
import type { EngineSession, RawHit } from '../../src/engines/contract.js';
import { disarmDirectly, orderOf } from '../../src/engines/direct.js';
import type { Handling } from '../../src/engines/handling.js';
import type { StoreForm } from '../../src/instructions/index.js';
import { Recorder } from '../conformance/recorder.js';
import { collectWhile } from '../conformance/watched-run.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget, type Target } from '../helpers/target.js';

const NEEDS = ['bpf', 'privileged', 'perf', 'gcc'] as const;
const WRITES = 20_000;
const INT64 = { kind: 'integer', shift: 0, bits: 64, signed: true } as const;
const NEW = { kind: 'value', which: 'new', offset: 0, field: INT64, unsigned: false } as const;
const OLD = { ...NEW, which: 'old' } as const;

/** new % 1000 == 0 */
const EVERY_THOUSANDTH: Condition = {
  kind: 'integers',
  comparison: '==',
  left: { kind: 'arithmetic', operator: '%', unsigned: false, left: NEW, right: { kind: 'number', value: 1000n, unsigned: false } },
  right: { kind: 'number', value: 0n, unsigned: false },
};

interface Value {
  readonly after: bigint | null;
  readonly before: bigint | null;
  readonly exact: boolean;
}

class Values extends Recorder {
  readonly values: Value[] = [];

  override hit(raw: RawHit): void {
    this.values.push({ after: wordOf(raw.after), before: wordOf(raw.before), exact: raw.exact });
  }
}

function wordOf(bytes: Uint8Array | null): bigint | null {
  return bytes === null ? null : new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true);
}

function counterOf(target: Target): Handling {
  const { address } = target.shown('counter');
  return { range: { address, length: 8 }, value: { offset: 0, size: 8 }, start: null, condition: null, keep: 'each' };
}

/** Watches `counter` of `hot` to its end. */
async function watchHot(
  handled: (target: Target) => Handling | null,
  prepare: (session: EngineSession, target: Target) => void = () => undefined,
  access: 'write' | 'readwrite' = 'write',
) {
  await using target = await startTarget('hot', { args: ['--writes', String(WRITES)] });
  await using session = new BpfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
  prepare(session, target);
  const handling = handled(target);
  const piece = { cookie: 1, address: target.shown('counter').address, length: 8, access };
  const order = { ...orderOf(session, piece, 0), handling: handling === null ? 0 : session.prepare(handling) };
  expect(session.apply([{ type: 'arm', effect: 1, piece: order }])).toMatchObject([{ type: 'done' }]);
  const seen = new Values();
  target.go();
  await collectWhile(session, seen, () => target.running);
  const whileArmed = session.counts();
  disarmDirectly(session, [1]);
  session.collect(seen, true);
  return { values: seen.values, books: session.reconcile(), whileArmed, counts: session.counts(), pid: target.pid };
}

const numbers = (from: number, to: number, step = 1): bigint[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => BigInt(from + i * step));

describeWith(NEEDS, 'the value in the trap', () => {
  test('is read from memory as long as nobody knows the instruction', async () => {
    const { values, books } = await watchHot(() => null);
    expect(values.map(({ after }) => after)).toEqual(numbers(0, WRITES));
    expect(values.some(({ exact }) => exact)).toBe(false);
    expect(books).toEqual({ counted: WRITES, delivered: WRITES, duplicates: 0, missing: 0 });
  });

  test('comes from the register that a plain store has left, once it is known as one, and is the same', async () => {
    const asked = new Set<string>();
    const { values } = await watchHot(
      () => null,
      (session, target) =>
        session.useStores((ipLo, ipHi) => {
          asked.add(`${ipHi}:${ipLo}`);
          return bumpOf(target);
        }),
    );
    expect(asked.size).toBe(1);
    expect(values.map(({ after }) => after)).toEqual(numbers(0, WRITES));
    expect(values.filter(({ exact }) => exact).length).toBeGreaterThan(WRITES / 2);
  });

  test.each([
    ['stores at another address', { dispLo: 16 }],
    ['stores fewer bytes', { size: 4 }],
  ])('is read where an instruction %s than the watched', async (_, wrong) => {
    const { values } = await watchHot(
      () => null,
      (session, target) =>
        session.useStores(() => {
          const form = bumpOf(target);
          return { ...form, ...wrong, dispLo: 'dispLo' in wrong ? form.dispLo + 16 : form.dispLo };
        }),
    );
    expect(values.map(({ after }) => after)).toEqual(numbers(0, WRITES));
    expect(values.some(({ exact }) => exact)).toBe(false);
  });

  test('is forgotten when code has changed: what was told before does not hold', async () => {
    const { values } = await watchHot(
      () => null,
      (session, target) => {
        session.useStores(() => ({ ...bumpOf(target), register: 0 }));
        session.useStores(() => null);
      },
    );
    expect(values.map(({ after }) => after)).toEqual(numbers(0, WRITES));
  });

  test('is left alone where reading it would be a hit', async () => {
    const { values, books } = await watchHot(
      () => null,
      () => undefined,
      'readwrite',
    );
    // The program shows the last value at its end.
    expect(values.length).toBe(WRITES + 1);
    expect(values.every(({ after }) => after === null)).toBe(true);
    expect(books).toMatchObject({ counted: WRITES + 1, missing: 0 });
  });

  test('is read for a condition all the same, and our own reads are no hits', async () => {
    const { values, books } = await watchHot(
      (target) => ({ ...counterOf(target), condition: EVERY_THOUSANDTH }),
      () => undefined,
      'readwrite',
    );
    expect(values.map(({ after }) => after)).toEqual(numbers(0, WRITES, 1000));
    expect(books).toMatchObject({ counted: WRITES + 1, delivered: WRITES + 1, missing: 0 });
  });
});

/** mov %rdi, counter(%rip): register 5 in the layout. */
function bumpOf(target: Target): StoreForm {
  const { address } = target.shown('counter');
  const disp = { dispLo: Number(address & 0xffff_ffffn), dispHi: Number(address >> 32n) };
  return { size: 8, register: 5, immediateLo: 0, immediateHi: 0, base: -1, index: -1, scale: 1, ...disp };
}

describeWith(NEEDS, 'a condition', () => {
  test('lets only those hits out for which it holds, each with the value before; the books know of the others', async () => {
    const { values, books } = await watchHot((target) => ({ ...counterOf(target), condition: EVERY_THOUSANDTH }));
    expect(values.map(({ after }) => after)).toEqual(numbers(0, WRITES, 1000));
    expect(values.map(({ before }) => before)).toEqual([null, ...numbers(999, WRITES - 1, 1000)]);
    expect(books).toEqual({ counted: WRITES, delivered: WRITES, duplicates: 0, missing: 0 });
  });

  test('knows the value from before the first hit, where that was told', async () => {
    const start = new Uint8Array(8).fill(0xff, 0, 1);
    const changed: Condition = { kind: 'integers', comparison: '!=', left: NEW, right: OLD };
    const { values } = await watchHot((target) => ({ ...counterOf(target), start, condition: changed }));
    expect(values[0]).toMatchObject({ after: 0n, before: 255n });
    expect(values.length).toBe(WRITES);
  });

  test('is refused where the value is too wide to compute with', async () => {
    await using target = await startTarget('hot');
    await using session = new BpfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
    const { address } = target.shown('counter');
    const wide = { range: { address, length: 16 }, value: { offset: 0, size: 16 }, start: null, keep: 'each' } as const;
    expect(() => session.prepare({ ...wide, condition: EVERY_THOUSANDTH })).toThrow(/every hit as it is/);
    expect(session.prepare({ ...wide, condition: null })).toBe(session.prepare({ ...wide, condition: null }));
  });
});

describeWith(NEEDS, 'counts', () => {
  test('are kept by thread and place, with the first and the last value; no hit leaves the kernel', async () => {
    const { values, books, counts, whileArmed, pid } = await watchHot((target) => ({ ...counterOf(target), keep: 'counts' }));
    expect(values).toEqual([]);
    expect(counts).toMatchObject([{ cookie: 1, pid, tid: pid, kernel: false, stack: null, count: WRITES, comm: 'hot' }]);
    expect(counts.map(({ first, last }) => [wordOf(first), wordOf(last)])).toEqual([[0n, BigInt(WRITES - 1)]]);
    // Reading them while they grow, and after all is disarmed, is the same.
    expect(whileArmed).toEqual(counts);
    expect(books).toEqual({ counted: WRITES, delivered: WRITES, duplicates: 0, missing: 0 });
  });

  test('are those of hits for which the condition holds', async () => {
    const { counts, books } = await watchHot((target) => ({ ...counterOf(target), keep: 'counts', condition: EVERY_THOUSANDTH }));
    expect(counts).toMatchObject([{ count: WRITES / 1000 }]);
    expect(wordOf(counts[0]?.last ?? null)).toBe(BigInt(WRITES - 1000));
    expect(books.missing).toBe(0);
  });
});

describeWith(NEEDS, 'a piece that counts beside one that reports', () => {
  test('each do what is theirs, and what both report comes in order of time', async () => {
    const counts = 50;
    await using target = await startTarget('threads-fork-read', { args: ['--count', String(counts), '--reads', '20'] });
    await using session = new BpfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
    const { address, size: length } = target.shown('shared');
    const handling = session.prepare({
      ...{ range: { address, length }, value: { offset: 0, size: length }, start: null, condition: null, keep: 'counts' },
    });
    const counting = { ...orderOf(session, { cookie: 1, address, length, access: 'write' }, 0), handling };
    const reporting = orderOf(session, { cookie: 2, address, length, access: 'write' }, 0);
    expect(session.apply([counting, reporting].map((piece) => ({ type: 'arm', effect: piece.cookie, piece })))).toMatchObject([
      { type: 'done' },
      { type: 'done' },
    ]);
    const seen = new Recorder();
    target.go();
    await collectWhile(session, seen, () => target.running);
    disarmDirectly(session, [1, 2]);
    session.collect(seen, true);
    const byKernel = seen.hits.filter(({ kernel }) => kernel);
    // The kernel's are reported by both, user code's by the second alone.
    expect(byKernel.filter(({ cookie }) => cookie === 1).length).toBe(byKernel.filter(({ cookie }) => cookie === 2).length);
    expect(seen.hits.filter(({ cookie, kernel }) => cookie === 1 && !kernel)).toEqual([]);
    expect(session.counts().reduce((sum, { count }) => sum + count, 0)).toBe(3 * counts);
    expect(seen.hits.filter(({ kernel }) => !kernel)).toHaveLength(3 * counts);
    const times = seen.hits.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(byKernel.length).toBeGreaterThan(0);
    expect(session.reconcile().missing).toBe(0);
  });
});

describeWith(NEEDS, 'a ring that overflows', () => {
  test('counts what it had no room for, and says so', async () => {
    const writes = 150_000;
    await using target = await startTarget('hot', { args: ['--writes', String(writes)] });
    await using session = new BpfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
    const piece = { cookie: 1, address: target.shown('counter').address, length: 8, access: 'write' as const };
    session.apply([{ type: 'arm', effect: 1, piece: orderOf(session, piece, 0) }]);
    target.go();
    await target.finished;
    const seen = new Values();
    disarmDirectly(session, [1]);
    session.collect(seen, true);
    const told = seen.losses.reduce((sum, { count }) => sum + count, 0);
    expect(told).toBeGreaterThan(0);
    expect(seen.values.map(({ after }) => after)).toEqual(numbers(0, writes - told));
    expect(session.reconcile()).toEqual({ counted: writes, delivered: writes - told, duplicates: 0, missing: told });
  });
});

describeWith(NEEDS, 'N-13: inherited events', () => {
  test('run their program too, on one event for all CPUs: threads and a child born after it was opened are told by their own numbers', async () => {
    await using target = await startTarget('threads-fork-read', { args: ['--tids', '--count', '50', '--reads', '2'] });
    // The thread that begins the program is the only one that gets an event of its own.
    await using session = new BpfEngine().open({ pid: target.pid, tid: target.pid, inherit: 'children' });
    const { address, size } = target.shown('shared');
    const piece = { cookie: 1, address, length: size, access: 'write' as const };
    expect(session.apply([{ type: 'arm', effect: 1, piece: orderOf(session, piece, 0) }])).toMatchObject([{ armed: { threads: 1 } }]);
    const seen = new Recorder();
    target.go();
    await collectWhile(session, seen, () => target.running);
    disarmDirectly(session, [1]);
    session.collect(seen, true);
    const { stdout } = await target.finished;
    const tids = new Map([...stdout.matchAll(/^tid (\w+) (\d+)$/gm)].map(([, name = '', tid]) => [name, Number(tid)]));
    const counts = seen.count(({ tid }) => tid);
    expect([tids.get('late_writer'), tids.get('child_writer')].map((tid) => counts.get(tid ?? 0))).toEqual([50, 50]);
    expect(seen.hits.find(({ tid }) => tid === tids.get('child_writer'))?.pid).toBe(tids.get('child_writer'));
    const { counted, delivered } = session.reconcile();
    expect(counted).toBe(delivered);
  });
});
