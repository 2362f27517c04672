// A scenario as data: what is there, what happens in which order, and what must be seen. docs/scenarios.md has the grammar.
import type { Code } from '../facility/request.js';
import type { KernelName } from '../facility/rules.js';
import type { AddressText, Named } from './address.js';
import type { Fact } from './facts.js';
import type { ActionText, ProgramText } from './program-text.js';
import type { Actor, RequestText, ResultText } from './requests.js';
import type { Spot } from './scenario-error.js';

export interface Scenario {
  readonly title: string;
  /** Mails and requirements: `S0`, `R-105`. */
  readonly sources: readonly string[];
  /** Whose rules the unmarked expects are about; at least one. */
  readonly kernels: readonly KernelName[];
  readonly mutants: readonly RuleChange[];
  /** Rules that are other than the kernels have them, such as ia64's for children. */
  readonly rules: readonly RuleChange[];
  /** 1 to 8. */
  readonly cpus: number;
  readonly memories: readonly MemoryText[];
  readonly programs: readonly ProgramText[];
  readonly threads: readonly ThreadText[];
  readonly actors: readonly Actor[];
  readonly script: readonly Statement[];
}

/** One changed rule: of a mutant, under which at least one expect must fail, or of the whole scenario. */
export interface RuleChange extends Spot {
  /** A field of `Rules`: `trap.dr6`. */
  readonly field: string;
  readonly value: string | number | boolean;
  /** The kernel whose rule is changed. */
  readonly kernel: KernelName;
}

/** Bytes with a name: at the same address in every process, or in the kernel. */
export interface MemoryText extends Named {
  readonly kernel: boolean;
  readonly length: number;
  /** Null: next free place. */
  readonly at: bigint | null;
}

export interface ThreadText extends Named {
  readonly program: Named;
  /** Null: the program's first instruction. */
  readonly start: AddressText | null;
  readonly cpu: number;
  /** Threads that name the same share its memory. */
  readonly process: string;
}

/** A line of the script. `text`: as written, without its comment. */
export type Statement = Spot & { readonly text: string } & StatementKind;

type StatementKind =
  | { readonly kind: 'run'; readonly thread: Named; readonly limit: RunLimit }
  /** `to` null: idle. `between`: what the kernel does when the new addresses are written and the control register is not. */
  | { readonly kind: 'switch'; readonly cpu: number; readonly to: Named | null; readonly between: ActionText | null }
  /** What happened so far no longer counts for expects about events. */
  | { readonly kind: 'mark' }
  /** What the facility wants done waits, or is done now. */
  | { readonly kind: 'effects'; readonly what: 'hold' | 'release' }
  | { readonly kind: 'fail'; readonly errno: Code }
  | { readonly kind: 'request'; readonly actor: Named; readonly request: RequestText; readonly results: readonly MarkedResult[] }
  | { readonly kind: 'expect'; readonly kernels: readonly KernelName[] | null; readonly negated: boolean; readonly fact: Fact };

/** How long a thread runs. */
export type RunLimit =
  /** Until it stops or ends, or runs beyond 10,000 steps, which is an error. */
  { readonly kind: 'rest' } | { readonly kind: 'steps'; readonly count: number } | { readonly kind: 'until'; readonly to: AddressText };

/** A result and the kernel it is for; null: for those of the `kernels` line. */
export interface MarkedResult extends Spot {
  readonly kernel: KernelName | null;
  readonly result: ResultText;
}

/** Kernels that `scenario` says something about, those of its `kernels` line first. */
export function kernelsOf(scenario: Scenario): KernelName[] {
  const named = new Set<KernelName>(scenario.kernels);
  for (const statement of scenario.script) {
    if (statement.kind === 'expect') for (const kernel of statement.kernels ?? []) named.add(kernel);
    if (statement.kind === 'request') for (const { kernel } of statement.results) if (kernel !== null) named.add(kernel);
  }
  return [...named];
}
