import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StopCause, ThreadStop } from '../../engines/control.js';
import { type Go, Holds, type Told } from './holds.js';

const NOBODY: ReadonlySet<number> = new Set();
const BREAKPOINT = { signal: 0, by: 'breakpoint' } as const;

function stop(tid: number, cause: StopCause = { kind: 'hit', cookies: [1] }): ThreadStop {
  return { pid: 1, tid, cause, time: 0n };
}

function line({ holder, stop: { tid, cause }, isOwn }: Told): string {
  return `${holder}: ${tid} ${cause.kind}${isOwn ? ' (own)' : ''}`;
}

describe('a thread that stops', () => {
  test('goes on at once when nobody asked for it', () => {
    expect(new Holds().stands(stop(5), [], NOBODY)).toEqual({ told: [], go: { kind: 'resume', tid: 5, signal: 0 } });
  });

  test('is told to those who asked, and to those who waited for it as an interruption', () => {
    const holds = new Holds();
    expect(holds.want(2, 5)).toBe('ask');
    const { told, go } = holds.stands(stop(5), [1], NOBODY);
    expect(told.map(line)).toEqual(['1: 5 hit (own)', '2: 5 interrupted']);
    expect(go).toBeNull();
    expect(holds.resume(1, 5, 0)).toBeNull();
    expect(holds.resume(2, 5, 0)).toEqual({ kind: 'resume', tid: 5, signal: 0 });
  });

  test('was wanted by who does not want it any more', () => {
    const holds = new Holds();
    holds.want(1, 5);
    expect(holds.of(1)).toEqual([5]);
    holds.resume(1, 5, 0);
    expect(holds.stands(stop(5, { kind: 'interrupted' }), [], NOBODY).go).not.toBeNull();
  });

  test('stands for another who comes later, without being asked to', () => {
    const holds = new Holds();
    holds.stands(stop(5), [1], NOBODY);
    expect(holds.want(2, 5)).toMatchObject({ holder: 2, isOwn: false, stop: { cause: { kind: 'interrupted' } } });
    expect(holds.want(2, 5)).toBeNull();
  });

  test('is not let go of by who does not hold it', () => {
    const holds = new Holds();
    holds.stands(stop(5), [1], NOBODY);
    expect(holds.resume(2, 5, 9)).toBeNull();
    expect(holds.step(2, 5, BREAKPOINT)).toBeNull();
    expect(holds.resume(1, 5, 0)).toEqual({ kind: 'resume', tid: 5, signal: 0 });
    expect(holds.resume(1, 5, 0)).toBeNull();
  });
});

describe('the signal', () => {
  const SIGNAL = stop(5, { kind: 'signal', signal: 10 });

  test('is what the one who was told of it says', () => {
    const holds = new Holds();
    holds.stands(SIGNAL, [1], NOBODY);
    expect(holds.resume(1, 5, 0)).toMatchObject({ signal: 0 });
    holds.stands(SIGNAL, [1], NOBODY);
    expect(holds.resume(1, 5, 12)).toMatchObject({ signal: 12 });
  });

  test('is not suppressed by one who only wanted the thread to stand', () => {
    const holds = new Holds();
    holds.want(2, 5);
    holds.stands(SIGNAL, [], NOBODY);
    expect(holds.resume(2, 5, 0)).toMatchObject({ signal: 10 });
  });

  test('is kept by one who delivers it, whatever the last one says', () => {
    const holds = new Holds();
    holds.want(2, 5);
    holds.stands(SIGNAL, [1], NOBODY);
    holds.resume(1, 5, 10);
    expect(holds.resume(2, 5, 0)).toMatchObject({ signal: 10 });
  });

  test('is delivered when those who were told of it have left', () => {
    const holds = new Holds();
    holds.want(2, 5);
    holds.stands(SIGNAL, [1], NOBODY);
    expect(holds.leave(1)).toEqual([]);
    expect(holds.resume(2, 5, 0)).toMatchObject({ signal: 10 });
  });

  test('said by one who then holds the thread again is not said any more', () => {
    const holds = new Holds();
    holds.want(2, 5);
    holds.stands(SIGNAL, [1], NOBODY);
    holds.resume(2, 5, 15);
    holds.want(2, 5);
    holds.resume(1, 5, 0);
    expect(holds.resume(2, 5, 0)).toMatchObject({ signal: 0 });
  });
});

describe('a step', () => {
  function stepping(): Holds {
    const holds = new Holds();
    holds.want(1, 5);
    holds.want(2, 5);
    holds.stands(stop(5, { kind: 'interrupted' }), [], NOBODY);
    expect(holds.step(1, 5, { signal: 7, by: 'trap-flag' })).toBeNull();
    expect(holds.resume(2, 5, 0)).toEqual({ kind: 'step', tid: 5, request: { signal: 7, by: 'trap-flag' } });
    return holds;
  }

  test('is done when the last one lets go, and told to who asked for it', () => {
    const { told, go } = stepping().stands(stop(5, { kind: 'step' }), [], NOBODY);
    expect(told.map(line)).toEqual(['1: 5 step (own)']);
    expect(go).toBeNull();
  });

  test('is over when its instruction hits another’s watch', () => {
    expect(stepping().stands(stop(5), [2], NOBODY).told.map(line)).toEqual(['2: 5 hit (own)', '1: 5 step']);
  });

  test('is still to be done after a signal for another, with that one’s signal', () => {
    const holds = stepping();
    expect(holds.stands(stop(5, { kind: 'signal', signal: 10 }), [2], NOBODY).told.map(line)).toEqual(['2: 5 signal (own)']);
    expect(holds.resume(2, 5, 10)).toEqual({ kind: 'step', tid: 5, request: { signal: 10, by: 'trap-flag' } });
  });

  test('is still to be done after a stop that is nobody’s', () => {
    expect(stepping().stands(stop(5, { kind: 'interrupted' }), [], NOBODY).go).toMatchObject({ kind: 'step' });
  });

  test('is over with a stop of its own client’s', () => {
    const holds = stepping();
    expect(holds.stands(stop(5, { kind: 'signal', signal: 10 }), [1], NOBODY).told.map(line)).toEqual(['1: 5 signal (own)']);
    expect(holds.resume(1, 5, 0)).toMatchObject({ kind: 'resume' });
  });

  test('takes the trap flag only where all who step agree to that', () => {
    const holds = new Holds();
    holds.stands(stop(5), [1, 2], NOBODY);
    holds.step(1, 5, { signal: 0, by: 'trap-flag' });
    expect(holds.step(2, 5, BREAKPOINT)).toMatchObject({ request: { by: 'breakpoint' } });
  });

  test('that fails leaves the thread to who asked for it, who is told unless told otherwise', () => {
    const holds = new Holds();
    holds.stands(stop(5), [1, 2], NOBODY);
    holds.step(1, 5, BREAKPOINT);
    const go = holds.step(2, 5, BREAKPOINT) as Go;
    expect(holds.failed(go, 2).map(line)).toEqual(['1: 5 interrupted']);
    holds.resume(1, 5, 0);
    expect(holds.resume(2, 5, 0)).toEqual({ kind: 'resume', tid: 5, signal: 0 });
  });

  test('of one who has left is not done', () => {
    const holds = stepping();
    expect(holds.leave(1)).toEqual([]);
    expect(holds.stands(stop(5, { kind: 'step' }), [], NOBODY).go).toMatchObject({ kind: 'resume' });
  });
});

describe('who stops whole processes', () => {
  const ALL = new Set([1]);

  test('holds what stands with it, and what stood for others before', () => {
    const holds = new Holds();
    holds.stands(stop(4), [2], ALL);
    expect(holds.stands(stop(5), [1], ALL).told.map(line)).toEqual(['1: 5 hit (own)', '1: 4 interrupted']);
    expect(holds.stands(stop(6, { kind: 'interrupted' }), [], ALL).told.map(line)).toEqual(['1: 6 interrupted']);
    expect(holds.of(1)).toEqual([4, 5, 6]);
  });

  test('does not hold what stops after it has let a thread go', () => {
    const holds = new Holds();
    holds.stands(stop(5), [1], ALL);
    holds.resume(1, 5, 0);
    expect(holds.stands(stop(6, { kind: 'interrupted' }), [], ALL).go).not.toBeNull();
  });

  test('does not hold what stops for another', () => {
    expect(new Holds().stands(stop(5), [2], ALL).told.map(line)).toEqual(['2: 5 hit (own)']);
  });
});

describe('an exec', () => {
  test('leaves only the first thread', () => {
    const holds = new Holds();
    holds.stands(stop(1), [1], NOBODY);
    holds.stands(stop(5), [1], NOBODY);
    expect(holds.executed(1)).toEqual([5]);
  });
});

const HOLDER = fc.integer({ min: 1, max: 3 });
const TID = fc.integer({ min: 1, max: 3 });
const CAUSE: fc.Arbitrary<StopCause> = fc.constantFrom(
  { kind: 'hit', cookies: [1] },
  { kind: 'step' },
  { kind: 'interrupted' },
  { kind: 'signal', signal: 10 },
  { kind: 'exec' },
);
const ACTION = fc.oneof(
  fc.record({ do: fc.constant('stands' as const), tid: TID, cause: CAUSE, asked: fc.uniqueArray(HOLDER), all: fc.uniqueArray(HOLDER) }),
  fc.record({ do: fc.constantFrom('want' as const, 'resume' as const, 'step' as const, 'step fails' as const), tid: TID, holder: HOLDER }),
  fc.record({ do: fc.constantFrom('leave' as const), holder: HOLDER }),
  fc.record({ do: fc.constantFrom('ended' as const), tid: TID }),
);

/** What must be true of holds, told from outside: who was told of a stop and has not let go. */
class Model {
  readonly holds = new Holds();
  readonly holders = new Map<number, Set<number>>();
  /** `tid holder`: who waits for a running thread. */
  readonly waiting = new Set<string>();

  told(all: readonly Told[]): void {
    for (const {
      holder,
      stop: { tid },
    } of all)
      this.holders.get(tid)?.add(holder);
  }

  /** A thread goes exactly when it stood and nobody holds it. */
  goes(go: Go | null): void {
    if (go === null) return;
    expect(this.holders.get(go.tid)?.size).toBe(0);
    this.holders.delete(go.tid);
  }

  act(action: typeof ACTION extends fc.Arbitrary<infer A> ? A : never): void {
    const { holds, holders } = this;
    switch (action.do) {
      case 'stands': {
        if (holders.has(action.tid)) return;
        holders.set(action.tid, new Set());
        const { told, go } = holds.stands(stop(action.tid, action.cause), action.asked, new Set(action.all));
        this.told(told);
        const waited = [1, 2, 3].filter((holder) => this.waiting.delete(`${action.tid} ${holder}`));
        expect(told.map(({ holder }) => holder)).toEqual(expect.arrayContaining([...waited, ...action.asked]));
        this.goes(go);
        break;
      }
      case 'want': {
        const wanted = holds.want(action.holder, action.tid);
        expect(wanted === 'ask').toBe(!holders.has(action.tid));
        if (wanted === 'ask') this.waiting.add(`${action.tid} ${action.holder}`);
        this.told(wanted === null || wanted === 'ask' ? [] : [wanted]);
        break;
      }
      case 'resume':
        this.waiting.delete(`${action.tid} ${action.holder}`);
        holders.get(action.tid)?.delete(action.holder);
        this.goes(holds.resume(action.holder, action.tid, 0));
        break;
      case 'step':
        holders.get(action.tid)?.delete(action.holder);
        this.goes(holds.step(action.holder, action.tid, BREAKPOINT));
        break;
      case 'step fails': {
        holders.get(action.tid)?.delete(action.holder);
        const go = holds.step(action.holder, action.tid, BREAKPOINT);
        this.goes(go);
        if (go === null) return;
        holders.set(action.tid, new Set([action.holder]));
        this.told(holds.failed(go, action.holder));
        break;
      }
      case 'leave':
        for (const all of holders.values()) all.delete(action.holder);
        for (const tid of [1, 2, 3]) this.waiting.delete(`${tid} ${action.holder}`);
        for (const go of holds.leave(action.holder)) this.goes(go);
        break;
      case 'ended':
        holders.delete(action.tid);
        for (const holder of [1, 2, 3]) this.waiting.delete(`${action.tid} ${holder}`);
        holds.ended(action.tid);
        break;
    }
  }

  check(): void {
    for (const holder of [1, 2, 3])
      for (const tid of [1, 2, 3]) {
        // An expect each would take most of the time.
        const holds = this.holds.stopOf(holder, tid) !== null;
        if (holds !== (this.holders.get(tid)?.has(holder) ?? false)) expect.fail(`${holder} holds ${tid}: ${holds}`);
      }
    for (const [tid, held] of this.holders) if (held.size === 0) expect.fail(`${tid} stands, and nobody holds it`);
  }
}

test('whatever happens, a thread stands while somebody holds it, and goes when nobody does', () => {
  fc.assert(
    fc.property(fc.array(ACTION, { maxLength: 60 }), (actions) => {
      const model = new Model();
      for (const action of actions) {
        model.act(action);
        model.check();
      }
    }),
    { seed: 20070222, numRuns: 2000 },
  );
}, 60_000);
