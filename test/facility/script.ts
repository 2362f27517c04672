// Random lives of a facility: what its users, threads, strangers and hardware do, as data that fast-check can shrink.
import fc from 'fast-check';
import type { Code, PieceSpec, RequestSpec, Scope } from '../../src/facility/request.js';
import { World } from './world.js';

/** One thing that happens; numbers choose among what is there. */
export type Act =
  | { readonly act: 'request'; readonly spec: Omit<RequestSpec, 'id'> }
  | { readonly act: 'change'; readonly which: number; readonly pieces: readonly PieceSpec[]; readonly access: 'write' | 'readwrite' }
  | { readonly act: 'withdraw'; readonly which: number }
  | { readonly act: 'strangers'; readonly scope: Scope; readonly count: number; readonly told: boolean }
  | { readonly act: 'birth'; readonly which: number; readonly how: 'thread' | 'child' }
  | { readonly act: 'exit'; readonly which: number }
  | { readonly act: 'exec'; readonly pid: number }
  | { readonly act: 'answer'; readonly which: number; readonly code: Code | null }
  | { readonly act: 'settle' };

const threadScope = fc.constantFrom<Scope>(
  { kind: 'thread', pid: 1, tid: 11 },
  { kind: 'thread', pid: 1, tid: 12 },
  { kind: 'thread', pid: 2, tid: 21 },
);
const scope = fc.oneof(
  { weight: 3, arbitrary: threadScope },
  { weight: 2, arbitrary: fc.constant<Scope>({ kind: 'kernel' }) },
  { weight: 1, arbitrary: fc.constantFrom<Scope>({ kind: 'process', pid: 1 }, { kind: 'process', pid: 2 }) },
);
const priority = fc.constantFrom(0, 20, 20, 20, 50, 50, 90, 255);

/** Few addresses, so that requests meet. */
const pieces = fc
  .uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3, size: '-1' })
  .map((addresses) => addresses.map((at): PieceSpec => ({ address: 8 * at, length: at % 3 === 0 ? 4 : 8 })));
const access = fc.constantFrom('write' as const, 'write' as const, 'readwrite' as const);

const spec: fc.Arbitrary<Omit<RequestSpec, 'id'>> = fc.record({
  ...{ pieces, access, scope, priority },
  inherit: fc.constantFrom('none', 'threads', 'children'),
  callbacks: fc.boolean(),
  answer: fc.constant('passed'),
  inKernel: fc.constant(true),
});

const which = fc.nat(20);
const code = fc.option(fc.constantFrom<Code>('ENOSPC', 'ESRCH', 'EINVAL', 'EPERM'), { freq: 6 });

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constant('request' as const), spec }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('change' as const), which, pieces, access }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('withdraw' as const), which }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('strangers' as const), scope, count: fc.nat(4), told: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('birth' as const), which, how: fc.constantFrom('thread' as const, 'child' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('exit' as const), which }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('exec' as const), pid: fc.constantFrom(1, 2) }) },
  { weight: 10, arbitrary: fc.record({ act: fc.constant('answer' as const), which, code }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('settle' as const) }) },
);

/** A life of some dozens of acts. */
export const script: fc.Arbitrary<readonly Act[]> = fc.array(act, { minLength: 5, maxLength: 60, size: 'max' });

/** Plays it, then lets all effects be done. */
export function play(acts: readonly Act[]): World {
  const world = new World();
  const player = new Player(world);
  for (const one of acts) player.play(one);
  player.settle();
  return world;
}

class Player {
  readonly #world: World;
  #nextId = 1;
  #nextTid = 100;
  /** Of its own: an exec or a refusal may take a request away without being asked. */
  readonly #withdrawn = new Set<number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Threads that have ended, whether the facility has taken that in or not. */
  readonly #ended = new Set<number>();

  #threads(): number[] {
    return [...this.#world.pidOf.keys()].filter((tid) => !this.#ended.has(tid));
  }

  #isThere(scope: Scope): boolean {
    return scope.kind !== 'thread' || this.#threads().includes(scope.tid);
  }

  play(act: Act): void {
    const world = this.#world;
    switch (act.act) {
      case 'request':
        if (this.#isThere(act.spec.scope)) world.take({ type: 'request', request: { ...act.spec, id: this.#nextId++ } });
        return;
      case 'change':
        this.#onRequest(act.which, (id) => world.take({ type: 'change', id, pieces: act.pieces, access: act.access }));
        return;
      case 'withdraw':
        this.#onRequest(act.which, (id) => {
          this.#withdrawn.add(id);
          world.take({ type: 'withdraw', id });
        });
        return;
      case 'strangers':
        if (this.#isThere(act.scope)) world.setStrangers(act.scope, act.count, act.told);
        return;
      case 'birth':
        this.#birth(act.which, act.how);
        return;
      case 'exit': {
        const tid = chosen(this.#threads(), act.which);
        if (tid === undefined) return;
        this.#ended.add(tid);
        world.take({ type: 'exit', tid });
        return;
      }
      case 'exec':
        world.take({ type: 'exec', pid: act.pid });
        return;
      case 'answer':
        world.answer(act.which, act.code);
        return;
      case 'settle':
        this.settle();
    }
  }

  #onRequest(which: number, then: (id: number) => void): void {
    const ids = this.#world.state.requests.map(({ id }) => id).filter((id) => !this.#withdrawn.has(id));
    const id = chosen(ids, which);
    if (id !== undefined) then(id);
  }

  #birth(which: number, how: 'thread' | 'child'): void {
    const world = this.#world;
    const parent = chosen(this.#threads(), which);
    if (parent === undefined) return;
    const tid = this.#nextTid++;
    world.take({ type: 'threadStarted', tid, pid: how === 'child' ? tid : (world.pidOf.get(parent) ?? 1), parent, how });
  }

  /** Everything that is under way is done. */
  settle(): void {
    for (let left = 1000; !this.#world.isQuiet; left--) {
      if (left === 0) throw new Error('the facility does not come to rest');
      this.#world.answer(0, null);
    }
  }
}

function chosen<T>(list: readonly T[], which: number): T | undefined {
  return list[which % Math.max(1, list.length)];
}
