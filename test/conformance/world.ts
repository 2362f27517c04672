// What a case needs of the world around an engine: programs that can be started, watched and run to their end, on this system or simulated.
import type { Capabilities, EngineSession } from '../../src/engines/contract.js';
import type { Inherit } from '../../src/model/access.js';
import type { ShownAddress } from '../helpers/target.js';
import type { ProgramSpec } from './programs.js';
import type { RecordedHit } from './recorder.js';

/** How a program ended, and what it said. */
export interface EndedProgram {
  readonly status: number | null;
  /** Numbers by the names that it gave them: "NAME NUMBER" and "tid NAME NUMBER". */
  readonly printed: ReadonlyMap<string, number>;
}

/** A program that waits to be let go. Hold it with `await using`. */
export interface ProgramUnderTest extends AsyncDisposable {
  readonly pid: number;
  /** How much it writes: what a case counts with. */
  readonly writes: number;
  /** How many different numbers it writes, from 0 up, over and over; as far as a case looks at them. */
  readonly values: number;
  /** Where variable `name` lies. Throws for one that it does not show. */
  shown(name: string): ShownAddress;
  /** Threads it has now; the one that was made last comes last. */
  threadIds(): readonly number[];
  go(): void;
  readonly running: boolean;
  /** Resolves when it has ended. */
  readonly finished: Promise<EndedProgram>;
  /** Prepares to watch all of it, or thread `tid`. Throws ArmError where it has ended. */
  open(options: { readonly tid?: number; readonly inherit?: Inherit }): EngineSession;
}

/** An engine, and programs for it. */
export interface ConformanceWorld {
  readonly capabilities: Capabilities;
  start(program: ProgramSpec): Promise<ProgramUnderTest>;
  /** The number that a store has left in a register. */
  stored(hit: RecordedHit): number;
}
