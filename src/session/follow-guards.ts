// The debug registers that hold the pointers on the way to one watch: as many as the way has, and always those that it has now.
import { as, type VirtualAddress } from '../base/brand.js';
import { linearOfU64, type RequestId, SLOTS } from '../facility/index.js';
import type { AccessRebuilder } from '../instructions/index.js';
import type { WatchInfo } from '../model/hit.js';
import { planCover } from '../registers/index.js';
import type { Collector } from './collector.js';
import { FollowGuard, PathNewsBox } from './follow-guard.js';
import type { Look } from './follow-look.js';
import type { Slots } from './slots.js';

type Pointer = Look['pointers'][number];

export interface GuardParts {
  readonly slots: Slots;
  readonly collector: Pick<Collector, 'add' | 'close'>;
  readonly pid: number;
  /** The thread that hits a guard stands until all is armed anew; who shares the target lets it go then (session/debug). */
  readonly stops: boolean;
  /** What the engine is to do with hits of a guard on these bytes, as in RequestSpec. Throws ArmError. */
  handling(address: bigint, length: number): number;
  rebuilder(): AccessRebuilder | null;
  /** The engine's refusal as an error with advice. */
  explain(error: unknown, info: WatchInfo): unknown;
}

interface Guarded {
  readonly request: RequestId;
  readonly guard: FollowGuard;
  readonly slots: number;
}

export class FollowGuards {
  readonly #parts: GuardParts;
  readonly #guarded = new Map<bigint, Guarded>();
  /** What came of the pointers. */
  readonly news = new PathNewsBox();

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** Whether the thread that changes a pointer waits until the watch is armed where that leads. */
  get stops(): boolean {
    return this.#parts.stops;
  }

  /** Debug registers taken. */
  get slots(): number {
    return [...this.#guarded.values()].reduce((sum, { slots }) => sum + slots, 0);
  }

  /** Whether exactly these pointers are guarded. */
  holds(pointers: readonly Pointer[]): boolean {
    return pointers.length === this.#guarded.size && pointers.every(({ address }) => this.#guarded.has(address));
  }

  /** From now on these are guarded, and no others. `time`: as for {@link hold}. Throws the engine's refusal, explained; what was armed until then is armed still. */
  set(pointers: readonly Pointer[], time: number): void {
    for (const [address, guarded] of [...this.#guarded])
      if (!pointers.some((pointer) => pointer.address === address)) this.#end(address, guarded);
    for (const pointer of pointers) if (!this.#guarded.has(pointer.address)) this.#begin(pointer);
    this.hold(pointers, time);
  }

  /** What these hold was found after `time` (ns of CLOCK_MONOTONIC): writing the same again is no news. */
  hold(pointers: readonly Pointer[], time: number): void {
    for (const { address, target } of pointers) this.#guarded.get(address)?.guard.hold(target, time);
  }

  #begin({ address, size, display }: Pointer): void {
    const { slots, collector, pid, rebuilder, explain, handling } = this.#parts;
    const { pieces } = planCover({ address, length: size, slots: SLOTS, access: 'write' });
    const info = infoOf(address, size, display);
    const placement = slots.request({
      pieces: pieces.map((piece) => ({ address: linearOfU64(piece.address), length: piece.length })),
      ...{ access: 'write', stackDepth: 0, handling: handling(address, size), priority: null },
    });
    if (placement.kind === 'refused') throw explain(placement.error, info);
    const guard = new FollowGuard(info, { pid, rebuilder, news: this.news });
    guard.open(placement.installed?.since ?? Number.NEGATIVE_INFINITY);
    collector.add(guard, placement.request);
    this.news.include(guard, true);
    this.#guarded.set(address, { request: placement.request, guard, slots: pieces.length });
  }

  #end(address: bigint, { request, guard }: Guarded): void {
    this.#guarded.delete(address);
    this.#parts.slots.withdraw(request);
    this.#parts.collector.close(guard, request, () => undefined);
    this.news.include(guard, false);
  }

  /** None are guarded any more; the last news may still come. */
  release(): void {
    this.set([], 0);
  }
}

function infoOf(address: bigint, size: number, expression: string): WatchInfo {
  return { expression, access: 'write', address: as<VirtualAddress>(address), size, type: { kind: 'pointer', size, name: 'pointer' } };
}

/** Debug registers that guarding these pointers takes. */
export function slotsOf(pointers: readonly Pointer[]): number {
  return pointers.reduce(
    (sum, { address, size }) => sum + planCover({ address, length: size, slots: SLOTS, access: 'write' }).pieces.length,
    0,
  );
}
