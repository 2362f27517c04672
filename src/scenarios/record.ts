// What is kept of a run: its steps, what was found, and which expects hold.
import type { Rules } from '../facility/rules.js';
import type { MachineEvent } from '../machine/events.js';
import type { Users } from './ask-user.js';
import type { Names } from './names.js';
import type { Scenario } from './scenario.js';

/** Something that was done, and all that came of it. */
export interface RunStep {
  /** Of the scenario. */
  readonly line: number;
  /** The script's line, or the instruction. */
  readonly text: string;
  /** What a request answered. */
  readonly answer: string | null;
  /** The CPU and thread that did an instruction; null for a line of the script. */
  readonly by: { readonly cpu: number; readonly tid: number } | null;
  readonly events: readonly MachineEvent[];
  /** Virtual registers that are other than before. */
  readonly virtual: readonly VirtualChange[];
}

export interface VirtualChange {
  readonly tid: number;
  readonly register: number;
  readonly value: bigint;
}

/** An expect, or what a request was to answer. */
export interface Verdict {
  readonly line: number;
  readonly text: string;
  readonly met: boolean;
  readonly found: string;
}

/** What an expect or request is about, and what this kernel has to say, whether or not anything is expected of it. */
export interface Observation {
  readonly line: number;
  readonly subject: string;
  readonly found: string;
}

/** A scenario that has been run. */
export interface Run {
  readonly scenario: Scenario;
  readonly rules: Rules;
  readonly names: Names;
  readonly users: Users;
  readonly cpus: number;
  readonly steps: readonly RunStep[];
  readonly observations: readonly Observation[];
  /** Only those that say something about this kernel. */
  readonly verdicts: readonly Verdict[];
  readonly met: boolean;
}

/** `expect on linux: T dr6 shows 0` -> `T dr6 shows`: what several expects about the same thing have in common. */
export function subjectOf(text: string): string {
  const fact = text.replace(/^expect\s+(on [^:]*:\s*)?(not\s+)?/, '');
  return (
    /^.*?(?=\s=)|^.*?\s(?:shows|armed|is|has|at)(?=\s)|^.*?(?=\s(?:once|twice|never|\d+ times)$)/.exec(fact)?.[0].replace(/ has$/, ' is') ??
    fact
  );
}
