// Arms pieces in a process: on every thread, those being born too, or on the one thread that is watched.
import { present } from '../../base/assert.js';
import type { ArmOrder } from '../../facility/index.js';
import { inRealTime } from '../../linux/scheduling.js';
import type { NotCovered } from '../../model/coverage.js';
import type { Armed } from '../contract.js';
import { ArmError } from '../errors.js';
import { Arming, type ArmingParts } from './arming.js';
import type { Batch, BatchArmer } from './batch.js';
import { presentCpus } from './cpus.js';
import type { DuplicateFilter } from './duplicates.js';
import { placeholderAttributes } from './layout.js';
import { pause, roomFor } from './open-event.js';
import { checkDescriptors } from './resources.js';
import { armAllThreads, armExistingThreads, type Coverage, PATIENCE } from './threads.js';
import { type Doubts, UnfinishedError } from './unfinished.js';

/** What it works with. */
export interface ProcessArmerParts extends ArmingParts {
  /** Milliseconds until a process that makes threads all the time is armed as far as it goes. */
  readonly patience?: number | undefined;
  /** Told when there can be duplicates from now on. */
  readonly duplicates: Pick<DuplicateFilter, 'activate'>;
}

/** Pause (ms) before all is begun again. */
const BREATH = 1;
/** An event for all CPUs. */
const ANY_CPU = -1;

export class ProcessArmer implements BatchArmer {
  readonly #parts: ProcessArmerParts;

  constructor(parts: ProcessArmerParts) {
    this.#parts = parts;
  }

  arm(pieces: readonly ArmOrder[], batch: Batch): Armed {
    const deadline = Date.now() + this.#patience;
    let marks = batch.attaches && this.#hasRoomFor(pieces.length + 1);
    for (;;) {
      const doubts = { marks, resigned: Date.now() > deadline };
      try {
        return this.#attempt(pieces, { batch, doubts });
      } catch (error) {
        if (!(error instanceof UnfinishedError)) throw error;
        marks &&= !error.unmarked;
        batch.undo();
        // All others, whom real time has kept waiting, come first.
        pause(BREATH);
      }
    }
  }

  /** Whether the first thread, at the first place, has room for so many breakpoints that others inherit. */
  #hasRoomFor(breakpoints: number): boolean {
    const { process, places, slots } = this.#parts;
    const { pid, tid, inherit } = process.target;
    if (inherit === 'none' || breakpoints > slots) return false;
    const placeholder = placeholderAttributes({ address: 0, length: 8, access: 'write' });
    const room = roomFor(placeholder, { tid: tid ?? pid, cpu: present(places[0], 'a place') }, breakpoints);
    return room === null || room === breakpoints;
  }

  get #patience(): number {
    return this.#parts.patience ?? PATIENCE;
  }

  #attempt(pieces: readonly ArmOrder[], how: { readonly batch: Batch; readonly doubts: Doubts }): Armed {
    const { process, duplicates } = this.#parts;
    using arming = new Arming(this.#parts, pieces, how);
    this.#checkDescriptors(arming.threads(), { pieces: pieces.length, markers: how.doubts.marks ? 1 : 0 });
    const coverage = inRealTime(() => this.#armThreads(arming));
    how.batch.closeMarkers();
    if (how.batch.opened.length === 0) throw new ArmError('no-process', process.target.pid, new Error('it has ended'));
    if (arming.completedSome) duplicates.activate();
    const notCovered = [...missedThreads(coverage), ...this.#missedCpus()];
    return { threads: coverage.covered, cpus: process.rings.cpus.length, notCovered };
  }

  /** Those that were offline when the session began: should they come online, threads that run there are not seen. */
  #missedCpus(): NotCovered[] {
    const { places } = this.#parts;
    if (places.includes(ANY_CPU)) return [];
    const missed = presentCpus().filter((cpu) => !places.includes(cpu));
    return missed.map((cpu): NotCovered => `cpu:${cpu}`);
  }

  #armThreads(arming: Arming): Coverage {
    const { pid, inherit } = this.#parts.process.target;
    if (inherit === 'none') return armExistingThreads(arming);
    return armAllThreads(arming, { pid, children: inherit === 'children' }, this.#patience);
  }

  #checkDescriptors(threads: readonly number[], { pieces, markers }: { readonly pieces: number; readonly markers: number }): void {
    const { process, places } = this.#parts;
    const untracked = threads.filter((tid) => !process.trackers.has(tid)).length;
    const trackers = untracked * process.rings.cpus.length;
    checkDescriptors({
      threads: threads.length,
      places: places.length,
      pieces,
      others: trackers + markers * places.length * threads.length,
    });
  }
}

function missedThreads({ missed, settled }: Coverage): NotCovered[] {
  const codes: NotCovered[] = missed.map((tid): NotCovered => `thread:${tid}`);
  if (!settled && missed.length === 0) codes.push('new-threads');
  return codes;
}
