// Runs a scenario under its mutants: kernels with one rule changed, under each of which at least one of its expects must fail.
import { KERNELS } from '../machine/kernels/index.js';
import { type RuleChange, runScenario, type Scenario, type Verdict } from '../scenarios/index.js';

/** What became of a scenario under one mutant. */
export interface MutantRun {
  readonly mutant: RuleChange;
  /** Expects that do not hold under it: none where the scenario did not notice. */
  readonly failing: readonly Verdict[];
}

/** Runs every mutant that `scenario` names. */
export function runMutants(scenario: Scenario): MutantRun[] {
  return scenario.mutants.map((mutant) => {
    const { verdicts } = runScenario(scenario, KERNELS[mutant.kernel], mutant);
    return { mutant, failing: verdicts.filter(({ met }) => !met) };
  });
}

/** `trap.dr6 = last on hwbkpt` */
export function mutantText({ field, value, kernel }: RuleChange): string {
  return `${field} = ${value} on ${kernel}`;
}

/** A line for each mutant. */
export function mutantLines(runs: readonly MutantRun[]): string[] {
  if (runs.length === 0) return ['names no mutant'];
  return runs.map(({ mutant, failing: [first, ...more] }) => {
    if (first === undefined) return `NOT NOTICED mutant ${mutantText(mutant)}`;
    const others = more.length === 0 ? '' : `; ${more.length} more`;
    return `ok          mutant ${mutantText(mutant)}: line ${first.line}: ${first.text}; found: ${first.found}${others}`;
  });
}
