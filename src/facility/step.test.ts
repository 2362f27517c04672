import { describe, expect, test } from 'vitest';
import { Bench, kernel, thread } from '../../test/facility/bench.js';
import { FacilityError } from './errors.js';

describe('kernel and threads share four slots by priority (R-342)', () => {
  test('R-343, R-329: a loser is told before it is disarmed, a winner after it is armed', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3, 4]) bench.request(thread(id, 7, { priority: 20 }));
    bench.log.length = 0;
    bench.request(kernel(9, { priority: 90 }));
    expect(bench.log).toEqual(['4 uninstalled evicted', 'disarm 4', 'arm 5', '9 installed asked']);
  });

  test('R-342: on a tie the thread wins', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3, 4]) bench.request(thread(id, 7, { priority: 50 }));
    bench.request(kernel(9, { priority: 50 }));
    expect(bench.installed()).toEqual([1, 2, 3, 4]);
    expect(bench.log).not.toContain('9 installed asked');
  });

  test('R-340: among equals the oldest wins, and a waiting one comes in when there is room', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3, 4, 5, 6]) bench.request(thread(id, 7, {}));
    expect(bench.installed()).toEqual([1, 2, 3, 4]);
    bench.withdraw(2);
    expect(bench.installed()).toEqual([1, 3, 4, 5]);
    expect(bench.log.slice(-4)).toEqual(['2 uninstalled withdrawn', 'disarm 2', 'arm 5', '5 installed room']);
  });

  test('R-330: threads do not compete with one another, but the kernel competes with the one that has most', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3, 4]) bench.request(thread(id, 7, { priority: 50 }));
    bench.request(thread(5, 8, { priority: 50 }));
    bench.request(kernel(9, { priority: 20 }));
    expect(bench.installed()).toEqual([1, 2, 3, 4, 5]);
    bench.exit(7);
    expect(bench.installed()).toEqual([5, 9]);
  });

  test('R-104: without callbacks it is refused at once, and once installed it is never evicted', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3, 4]) bench.request(kernel(id, { priority: 50 }));
    bench.request(thread(5, 7, { priority: 50, callbacks: false }));
    expect(bench.installed()).toEqual([1, 2, 3, 5]);
    bench.request(kernel(6, { priority: 255 }));
    bench.request(kernel(7, { priority: 255 }));
    bench.request(kernel(8, { priority: 255 }));
    bench.request(kernel(10, { priority: 255 }));
    expect(bench.installed()).toEqual([5, 6, 7, 8]);
    bench.request(thread(11, 7, { priority: 50, callbacks: false }));
    expect(bench.log.at(-1)).toBe('11 refused ENOSPC by 5,6,7,8');
  });

  test('a wide request is all its pieces or none, and what it cannot use is left to others', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3]) bench.request(kernel(id, { priority: 90 }));
    bench.request(thread(4, 7, { priority: 50, width: 2 }));
    bench.request(kernel(5, { priority: 20 }));
    expect(bench.installed()).toEqual([1, 2, 3, 5]);
    bench.withdraw(1);
    expect(bench.installed()).toEqual([2, 3, 4]);
  });
});

describe('sharing', () => {
  test('requests for the same bytes share one piece, which stays for as long as one of them does', () => {
    const bench = new Bench();
    bench.request(thread(1, 7, { at: 0x1000 }));
    bench.request(thread(2, 7, { at: 0x1000 }));
    expect(bench.log.filter((line) => line.startsWith('arm'))).toEqual(['arm 1']);
    expect(bench.trap(7, [1])).toEqual(['1 triggered asked', '2 triggered asked']);
    bench.withdraw(1);
    expect(bench.armed()).toEqual([1]);
    bench.withdraw(2);
    expect(bench.armed()).toEqual([]);
  });

  test('what is shared needs one slot', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3, 4, 5, 6]) bench.request(thread(id, 7, { at: 0x1000, callbacks: false }));
    for (const id of [11, 12, 13]) bench.request(thread(id, 7, { callbacks: false }));
    expect(bench.installed()).toHaveLength(9);
    expect(bench.armed()).toHaveLength(4);
  });
});

describe('effects that fail', () => {
  test('all or none: what was armed is taken back, the evicted are restored, the asker is refused', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3, 4]) bench.request(thread(id, 7, {}));
    bench.failArm(6, 'ENOSPC');
    bench.log.length = 0;
    bench.request(thread(5, 7, { priority: 90, width: 2, callbacks: false }));
    expect(bench.installed()).toEqual([1, 2, 3, 4]);
    expect(bench.log.filter((line) => !line.includes('arm '))).toEqual([
      '3 uninstalled evicted',
      '4 uninstalled evicted',
      '5 refused ENOSPC by 1,2',
      '3 installed restored',
      '4 installed restored',
    ]);
  });

  test('one with callbacks waits for strangers to go', () => {
    const bench = new Bench();
    bench.failArm(1, 'ENOSPC');
    bench.request(thread(1, 7, {}));
    expect(bench.installed()).toEqual([]);
    bench.step({ type: 'capacity', scope: { kind: 'thread', pid: 1, tid: 7 }, free: 4 });
    expect(bench.log.at(-1)).toBe('1 installed room');
  });

  test('a change that fails leaves the old bytes armed', () => {
    const bench = new Bench();
    bench.request(thread(1, 7, { at: 0x1000, callbacks: false }));
    bench.failMove('EINVAL');
    bench.change(1, 0x2000);
    expect(bench.log.at(-1)).toBe('1 refused EINVAL by ');
    expect(bench.state.armed.map(({ address }) => address)).toEqual([0x1000]);
    bench.change(1, 0x3000);
    expect(bench.state.armed.map(({ address }) => address)).toEqual([0x3000]);
  });

  test('a change to more bytes than there are slots for is refused, and the old ones are armed again', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3, 4]) bench.request(thread(id, 7, { callbacks: false }));
    bench.change(4, 0x9000, 2);
    expect(bench.installed()).toEqual([1, 2, 3, 4]);
    expect(bench.log.slice(-3)).toEqual(['4 uninstalled changed', '4 refused ENOSPC by 1,2,3', '4 installed restored']);
    expect(bench.armed()).toEqual([1, 2, 3, 4]);
  });
});

describe('life', () => {
  test('R-121: nothing is inherited unless asked for', () => {
    const bench = new Bench();
    bench.request(thread(1, 7, {}));
    bench.request(thread(2, 7, { inherit: 'threads' }));
    bench.request(thread(3, 7, { inherit: 'children' }));
    bench.step({ type: 'threadStarted', tid: 8, pid: 1, parent: 7, how: 'thread' });
    bench.step({ type: 'threadStarted', tid: 9, pid: 2, parent: 7, how: 'child' });
    expect(bench.state.requests.map(({ id, tids }) => [id, tids])).toEqual([
      [1, [7]],
      [2, [7, 8]],
      [3, [7, 8, 9]],
    ]);
  });

  test('exec ends what the process had, and disarms nothing by itself', () => {
    const bench = new Bench();
    bench.request(thread(1, 7, {}));
    bench.log.length = 0;
    bench.step({ type: 'exec', pid: 1 });
    expect(bench.log).toEqual(['1 uninstalled exec']);
    expect(bench.armed()).toEqual([]);
  });

  test('events wait while effects are under way', () => {
    const bench = new Bench();
    bench.hold = true;
    bench.request(thread(1, 7, {}));
    bench.withdraw(1);
    bench.request(thread(2, 7, {}));
    expect(bench.log).toEqual(['arm 1']);
    bench.release();
    expect(bench.log).toEqual(['arm 1', '1 installed asked', '1 uninstalled withdrawn', 'disarm 1', 'arm 2', '2 installed asked']);
  });

  test('a callback may not register', () => {
    const bench = new Bench();
    bench.state.inCallback = true;
    expect(() => bench.request(thread(1, 7, {}))).toThrow(FacilityError);
  });
});
