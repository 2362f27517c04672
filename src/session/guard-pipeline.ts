// A pipeline whose hits nobody sees: they tell when something happens that a watch follows.
import type { RawHit } from '../engines/contract.js';
import type { WatchInfo } from '../model/hit.js';
import type { Pipeline } from './pipeline.js';

export abstract class GuardPipeline implements Pipeline {
  readonly info: WatchInfo;
  #openedAt = Number.NEGATIVE_INFINITY;
  #closedAt = Number.POSITIVE_INFINITY;

  constructor(info: WatchInfo) {
    this.info = info;
  }

  /** Its pieces were disarmed; what still comes is from before. */
  protected get isClosed(): boolean {
    return this.#closedAt !== Number.POSITIVE_INFINITY;
  }

  open(time: number): void {
    this.#openedAt = time;
  }

  close(time: number): void {
    this.#closedAt = time;
  }

  report(raw: RawHit): void {
    const time = raw.timeHi * 0x1_0000_0000 + raw.timeLo;
    if (time >= this.#openedAt && time <= this.#closedAt) this.noted(raw, time);
  }

  /** A hit while its pieces were armed, at `time` (ns of CLOCK_MONOTONIC). */
  protected abstract noted(raw: RawHit, time: number): void;

  reportShared(raw: RawHit): void {
    this.report(raw);
  }

  // Values, processes and threads are nothing to it.
  start(): void {}
  fork(): void {}
  forget(): void {}
  threadEnded(): void {}
  blind(): void {}
  endRound(): void {}
  finish(): void {}
}
