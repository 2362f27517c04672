import { describe, expect, test } from 'vitest';
import { mayBeLate, ValueHistory } from './history.js';
import { GUARD, RACE_WINDOW } from './race.js';

const ONE = { lo: 1, hi: 0 };
const bytes = (...values: number[]) => Uint8Array.from(values);

/** Four bytes that hold 1 0 0 0 after a hit at time 0 by thread 1 on CPU 0. */
function known(): ValueHistory {
  const history = new ValueHistory(4, null);
  history.arrive(0, { cpu: 0, tid: 1 });
  history.put(ONE, 0, 4);
  return history;
}

describe('what is known', () => {
  test('is nothing at first, unless the start is known', () => {
    expect(new ValueHistory(4, null).whole).toBeNull();
    expect(new ValueHistory(2, bytes(7, 8)).whole).toEqual(bytes(7, 8));
  });

  test('grows by each byte that is written, and a part is known before the whole', () => {
    const history = new ValueHistory(4, null);
    history.put({ lo: 0x2211, hi: 0 }, 1, 2);
    expect(history.whole).toBeNull();
    expect(history.part(1, 2)).toEqual(bytes(0x11, 0x22));
    expect(history.part(0, 2)).toBeNull();
    history.put({ lo: 0x44_0000_00, hi: 0x33 }, -3, 4);
    history.put({ lo: 0x55, hi: 0 }, 3, 8);
    expect(history.whole).toEqual(bytes(0x44, 0x11, 0x22, 0x55));
  });

  test('of up to 32 bytes', () => {
    const history = new ValueHistory(32, null);
    for (let at = 0; at < 32; at += 8) history.put({ lo: at, hi: at }, at, 8);
    expect(history.whole?.[24]).toBe(24);
    history.forget(31, 1);
    expect(history.whole).toBeNull();
    expect(history.part(0, 31)).toHaveLength(31);
  });

  test('shrinks by what is forgotten only', () => {
    const history = known();
    history.forget(2, 8);
    expect(history.part(0, 2)).toEqual(bytes(1, 0));
    expect(history.part(2, 1)).toBeNull();
    history.forget();
    expect(history.part(0, 1)).toBeNull();
  });

  test('is never changed in place', () => {
    const history = known();
    const before = history.whole;
    history.put({ lo: 9, hi: 0 }, 0, 1);
    expect(before).toEqual(bytes(1, 0, 0, 0));
    expect(history.whole).toEqual(bytes(9, 0, 0, 0));
  });

  test('holds a value where its known bytes agree', () => {
    const history = known();
    expect(history.holds(ONE, 0, 4)).toBe(true);
    expect(history.holds({ lo: 2, hi: 0 }, 0, 4)).toBe(false);
    history.forget(0, 1);
    expect(history.holds({ lo: 2, hi: 0 }, 0, 4)).toBe(true);
    expect(history.holds({ lo: 2, hi: 0 }, -8, 8)).toBe(true);
  });
});

describe('a hit is contested', () => {
  const near = RACE_WINDOW - 1;

  test('when another thread hit on another CPU just before; then nothing is known', () => {
    const history = known();
    expect(history.arrive(near, { cpu: 1, tid: 2 })).toBe(true);
    expect(history.whole).toBeNull();
  });

  test('not when that was longer ago', () => {
    const history = known();
    expect(history.arrive(RACE_WINDOW, { cpu: 1, tid: 2 })).toBe(false);
    expect(history.whole).not.toBeNull();
  });

  test('not by its own thread, which moved to another CPU', () => {
    expect(known().arrive(1, { cpu: 1, tid: 1 })).toBe(false);
  });

  test('not by another thread on its own CPU', () => {
    expect(known().arrive(1, { cpu: 0, tid: 2 })).toBe(false);
  });

  test('also when hits of its own came between', () => {
    const history = known();
    expect(history.arrive(10, { cpu: 1, tid: 2 })).toBe(true);
    expect(history.arrive(20, { cpu: 1, tid: 2 })).toBe(true);
    expect(history.arrive(near, { cpu: 1, tid: 2 })).toBe(true);
    expect(history.arrive(RACE_WINDOW, { cpu: 1, tid: 2 })).toBe(false);
  });

  test('when its stamp is before that of the hit it came after', () => {
    expect(known().arrive(-5, { cpu: 1, tid: 2 })).toBe(true);
  });

  test('while hits are missing, and a window longer', () => {
    const history = known();
    history.blind(1000);
    expect(history.whole).toBeNull();
    expect(history.arrive(1000 + RACE_WINDOW, { cpu: 0, tid: 1 })).toBe(true);
    expect(history.arrive(1001 + RACE_WINDOW, { cpu: 0, tid: 1 })).toBe(false);
  });
});

describe('a probe', () => {
  test('was before a hit that came a race window later, and certainly before one that came a guard later', () => {
    const history = known();
    const probe = { bytes: bytes(5, 0, 0, 0), time: 100 };
    history.probe(probe.bytes, probe.time);
    expect(history.takeProbe(100 + RACE_WINDOW)).toEqual(probe);
    expect(history.isProbed).toBe(false);
    expect(new ValueHistory(8, null).isCertain(probe, 99 + GUARD)).toBe(false);
    expect(new ValueHistory(8, null).isCertain(probe, 100 + GUARD)).toBe(true);
  });

  test('is nothing for a hit that came sooner, which it may have seen', () => {
    const history = known();
    history.probe(bytes(5, 0, 0, 0), 100);
    expect(history.takeProbe(99 + RACE_WINDOW)).toBeNull();
    expect(history.takeProbe(100 + GUARD)).toBeNull();
  });

  test('is the first one made; later ones say nothing that it does not', () => {
    const history = known();
    history.probe(bytes(5, 0, 0, 0), 100);
    history.probe(bytes(6, 0, 0, 0), 200);
    expect(history.takeProbe(200 + GUARD)?.time).toBe(100);
  });

  test('teaches what is not known once all hits a guard after it are known', () => {
    const history = new ValueHistory(4, null);
    history.probe(bytes(5, 6, 7, 8), 100);
    expect(history.settle(99 + GUARD)).toBe('nothing');
    expect(history.settle(100 + GUARD)).toBe('learnt');
    expect(history.whole).toEqual(bytes(5, 6, 7, 8));
    expect(history.settle(1e9)).toBe('nothing');
  });

  test('teaches the other bytes where it agrees with those that are known', () => {
    const history = known();
    history.forget(3, 1);
    history.probe(bytes(1, 0, 0, 9), 100);
    expect(history.settle(100 + GUARD)).toBe('learnt');
    expect(history.whole).toEqual(bytes(1, 0, 0, 9));
  });

  test('that agrees says nothing', () => {
    const history = known();
    history.probe(bytes(1, 0, 0, 0), 100);
    expect(history.settle(100 + GUARD)).toBe('nothing');
    expect(history.isProbed).toBe(false);
  });

  test('that disagrees is told only once no late report can explain it', () => {
    const history = known();
    const probe = { bytes: bytes(5, 0, 0, 0), time: 100 };
    history.probe(probe.bytes, probe.time);
    expect(history.settle(100 + GUARD)).toBe('nothing');
    expect(history.isProbed).toBe(true);
    const late = 100 + 50_000_000;
    expect(mayBeLate(probe, late - 1)).toBe(true);
    expect(mayBeLate(probe, late)).toBe(false);
    expect(history.settle(late - 1)).toBe('nothing');
    expect(history.settle(late)).toEqual({ unseen: probe });
  });

  test('that disagrees is told at once where no report can come any more', () => {
    const history = known();
    history.probe(bytes(5, 0, 0, 0), 100);
    expect(history.settle(99 + GUARD, true)).toBe('nothing');
    expect(history.settle(100 + GUARD, true)).toMatchObject({ unseen: { time: 100 } });
  });

  test('is forgotten by a contested hit, and by missing hits', () => {
    const contested = known();
    contested.probe(bytes(5, 0, 0, 0), 10);
    contested.arrive(20, { cpu: 1, tid: 2 });
    expect(contested.isProbed).toBe(false);
    const blind = known();
    blind.probe(bytes(5, 0, 0, 0), 10);
    blind.blind(20);
    expect(blind.isProbed).toBe(false);
  });

  test('of memory that was replaced is discarded', () => {
    const history = known();
    history.probe(bytes(5, 0, 0, 0), 100);
    history.discardProbeAfter(100);
    expect(history.isProbed).toBe(true);
    history.discardProbeAfter(99);
    expect(history.isProbed).toBe(false);
  });

  test('is explained by a store that makes of the known bytes what it shows', () => {
    const history = known();
    const store = (lo: number, offset: number, size: number) => ({ lo, hi: 0, offset, size });
    const probe = { bytes: bytes(1, 7, 0, 0), time: 0 };
    expect(history.explains(probe, store(7, 1, 1))).toBe(true);
    expect(history.explains(probe, store(0x0701, 0, 2))).toBe(true);
    expect(history.explains(probe, store(8, 1, 1))).toBe(false);
    expect(history.explains(probe, store(7, 2, 1))).toBe(false);
    // Bytes that are not known explain themselves.
    history.forget(2, 2);
    expect(history.explains({ bytes: bytes(1, 7, 5, 5), time: 0 }, store(7, 1, 1))).toBe(true);
  });
});
