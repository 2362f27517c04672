// What watch, who and stat each do with what comes; the rest of a run is the same for all of them (session-run.ts).
import type { SharedHit } from '../servers/share/index.js';
import type { WatchOptions } from '../session/index.js';
import type { CountedRun } from './counted.js';
import type { LineSink } from './output/sink.js';

export interface Presenter {
  /** What it needs: every hit (the default), or counts. */
  readonly keep?: WatchOptions['keep'];
  /** All watches are armed; a launched target has not started. */
  armed?(run: CountedRun, sink: LineSink): void;
  /** One complete hit; those beyond --limit and filtered ones are left out. In order. */
  hit(hit: SharedHit, sink: LineSink): void;
  /** What had come has been presented. */
  roundEnd?(sink: LineSink): void;
  /** Something else is about to be printed where the hits go. */
  interrupt?(): void;
  /** Nothing more comes: print totals. */
  finish?(sink: LineSink): void;
}
