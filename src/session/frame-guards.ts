// The instruction breakpoints at a function's start and its ends: whose call began and ended when, in the order in which it happened.
import { as, type VirtualAddress } from '../base/brand.js';
import type { RawHit } from '../engines/contract.js';
import { linearOfU64, type RequestId } from '../facility/index.js';
import { registerValue } from '../instructions/index.js';
import type { WatchInfo } from '../model/hit.js';
import type { GuardParts } from './follow-guards.js';
import type { FrameVariable } from './frame-variable.js';
import { GuardPipeline } from './guard-pipeline.js';

/** A call began or ended. */
export interface FrameNews {
  readonly kind: 'entry' | 'exit';
  readonly tid: number;
  /** RSP before the call: one for each call that is under way in a thread. */
  readonly frame: bigint;
  /** ns of CLOCK_MONOTONIC. */
  readonly time: number;
}

class FrameGuard extends GuardPipeline {
  readonly #noted: (raw: RawHit, time: number) => void;

  constructor(info: WatchInfo, noted: (raw: RawHit, time: number) => void) {
    super(info);
    this.#noted = noted;
  }

  protected noted(raw: RawHit, time: number): void {
    this.#noted(raw, time);
  }
}

export class FrameGuards {
  readonly #parts: GuardParts;
  readonly #guarded: { readonly request: RequestId; readonly guard: FrameGuard }[] = [];
  #news: FrameNews[] = [];

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** Arms them all. Throws the engine's refusal, explained; {@link release} then gives back what was armed. */
  set({ entry, exits }: Pick<FrameVariable, 'entry' | 'exits'>): void {
    this.#begin(entry, 'entry');
    for (const exit of exits) this.#begin(exit, 'exit');
  }

  #begin(address: bigint, kind: FrameNews['kind']): void {
    const { slots, collector, pid, explain, handling } = this.#parts;
    const type = { kind: 'bytes', size: 1, name: '' } as const;
    const info: WatchInfo = { expression: kind, access: 'execute', address: as<VirtualAddress>(address), size: 1, type };
    const placement = slots.request({
      pieces: [{ address: linearOfU64(address), length: 1 }],
      ...{ access: 'execute', stackDepth: 0, handling: handling(address, 1), priority: null },
    });
    if (placement.kind === 'refused') throw explain(placement.error, info);
    const guard = new FrameGuard(info, (raw, time) => {
      if (raw.pid !== pid) return;
      const frame = registerValue(raw.registers, raw.registersAt, 'sp') + 8n;
      this.#news.push({ kind, tid: raw.tid, frame, time });
    });
    guard.open(placement.installed?.since ?? Number.NEGATIVE_INFINITY);
    collector.add(guard, placement.request);
    this.#guarded.push({ request: placement.request, guard });
  }

  get isEmpty(): boolean {
    return this.#news.length === 0;
  }

  /** What has come since the last call. */
  take(): readonly FrameNews[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** None are armed any more; the last news may still come. */
  release(): void {
    for (const { request, guard } of this.#guarded.splice(0)) {
      this.#parts.slots.withdraw(request);
      this.#parts.collector.close(guard, request, () => undefined);
    }
  }
}
