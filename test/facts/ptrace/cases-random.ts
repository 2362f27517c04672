// Random scripts against the rules: every answer, every register after every write, and what is armed in the end.
import fc from 'fast-check';
import { expect } from 'vitest';
import { expectCheckpoint, expectHit, fact } from './expectations.js';
import { addressOf, RANDOM_SCRIPTS, runScript, SCRIPT_AT, type ScriptAnswer, type ScriptStep } from './random-scripts.js';
import { RuleBook } from './rules.js';
import type { PtraceSubject, Stop } from './subject.js';

const SEED = 20070222;
const SCRIPTS = 300;

/** together. */
export const RANDOM_CASES = [
  fact(`R-506 to R-521 ${SCRIPTS} random scripts of writes, with other clients taking slots, are answered by the rules`, (subject) => {
    fc.assert(
      fc.property(RANDOM_SCRIPTS, (script) => {
        const rules = new RuleBook();
        const answers = answersByTheRules(rules, subject, script);
        const run = runScript(subject, script);
        expect(run.answers).toEqual(answers);
        const watched = subject.dataAddress + BigInt(SCRIPT_AT);
        expectOutcome(run.store, rules.hits(watched, 8n, 'write'));
        expectOutcome(run.load, rules.hits(watched, 8n, 'read'));
      }),
      { seed: SEED, numRuns: SCRIPTS },
    );
  }),
];

function expectOutcome(stop: Stop, slots: readonly number[]): void {
  if (slots.length === 0) expectCheckpoint(stop);
  else expectHit(stop, 1, ...slots);
}

function answersByTheRules(rules: RuleBook, subject: PtraceSubject, script: readonly ScriptStep[]): ScriptAnswer[] {
  let rivals = 0;
  return script.map((step) => {
    let error: string | null = null;
    if (step.step === 'address') error = rules.write(step.register, addressOf(subject, step.offset));
    else if (step.step === 'raw') error = rules.write(step.register, step.value);
    else if (step.step === 'take-slot') {
      error = rules.takeSlot();
      if (error === null) rivals += 1;
    } else if (rivals > 0) {
      rules.releaseSlot();
      rivals -= 1;
    }
    return { error: error as ScriptAnswer['error'], registers: [0, 1, 2, 3, 4, 5, 6, 7].map((register) => rules.read(register)) };
  });
}
