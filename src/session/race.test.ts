import { describe, expect, test } from 'vitest';
import { areApart, RACE_WINDOW, Race, STAMPED_IN_TRAP, STAMPED_WHEN_SERVED, stampsOf } from './race.js';

const one = { cpu: 0, tid: 1 };
const other = { cpu: 1, tid: 2 };

describe('makers', () => {
  test('are apart on two CPUs, unless one thread has moved', () => {
    expect([areApart(one, other), areApart(one, { cpu: 0, tid: 2 }), areApart(one, { cpu: 1, tid: 1 })]).toEqual([true, false, false]);
  });

  test('of idle CPUs are apart, though all are called thread 0', () => {
    expect(areApart({ cpu: 0, tid: 0 }, { cpu: 1, tid: 0 })).toBe(true);
  });
});

describe('a hit is contested', () => {
  test('just within the window after another CPU', () => {
    const race = new Race();
    expect([race.arrive(0, one), race.arrive(RACE_WINDOW - 1, other)]).toEqual([false, true]);
    const later = new Race();
    expect([later.arrive(0, one), later.arrive(RACE_WINDOW, other)]).toEqual([false, false]);
  });

  test('as long as the other CPU was there within the window, whatever hits are between', () => {
    const race = new Race();
    race.arrive(0, one);
    expect([race.arrive(10, other), race.arrive(20, other), race.arrive(RACE_WINDOW, other)]).toEqual([true, true, false]);
  });

  test('where hits are missing, and as long after', () => {
    const race = new Race();
    race.blind(1000);
    expect([race.arrive(1000 + RACE_WINDOW, one), race.arrive(1001 + RACE_WINDOW, one)]).toEqual([true, false]);
  });

  test('and the last one is remembered', () => {
    const race = new Race();
    race.arrive(7, other);
    expect(race.last).toEqual({ time: 7, tid: 2 });
  });
});

test('hits that a tracer stamps when it gets round to them have no order on one CPU either, and for longer', () => {
  const { window } = STAMPED_WHEN_SERVED;
  expect(areApart({ cpu: 0, tid: 1 }, { cpu: 0, tid: 2 }, STAMPED_WHEN_SERVED)).toBe(true);
  expect(areApart({ cpu: 0, tid: 1 }, { cpu: 1, tid: 1 }, STAMPED_WHEN_SERVED)).toBe(false);
  const race = new Race(STAMPED_WHEN_SERVED);
  expect(race.arrive(0, { cpu: 0, tid: 1 })).toBe(false);
  expect(race.arrive(window - 1, { cpu: 0, tid: 2 })).toBe(true);
  expect(race.arrive(2 * window, { cpu: 0, tid: 1 })).toBe(false);
});

test('what is read when a tracer gets round to the thread may be what another has stored since', () => {
  const stamps = stampsOf({ stopsTarget: true });
  expect(stamps.window).toBe(RACE_WINDOW);
  const race = new Race(stamps);
  race.arrive(0, { cpu: 0, tid: 1 });
  expect(race.mayBeRead(stamps.readDelay - 1, { cpu: 0, tid: 2 })).toBe(true);
  expect(race.mayBeRead(stamps.readDelay, { cpu: 0, tid: 2 })).toBe(false);
  expect(race.mayBeRead(1, { cpu: 0, tid: 1 })).toBe(false);
  expect(stampsOf({ stopsTarget: false })).toBe(STAMPED_IN_TRAP);
  expect(stampsOf({ stopsTarget: true, stampsLate: true })).toBe(STAMPED_WHEN_SERVED);
});
