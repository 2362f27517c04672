// Every form executed on the real processor: what is rebuilt from its registers must be what happened to memory.
import { beforeAll, expect, test } from 'vitest';
import { AccessRebuilder, codeFromBytes, loadDecoder } from '../../src/instructions/index.js';
import { describeWith } from '../helpers/requirement.js';
import { ask, functionStartIn, mustKnow, type Question, rangesThatHit, rangesThatMiss, untruths } from './check.js';
import { FORMS, type Form } from './forms.js';
import { type Execution, type HarnessRun, ROUNDS, runHarness } from './harness.js';

const MODES = [
  { oldKnown: true, stackTopKnown: true },
  { oldKnown: true, stackTopKnown: false },
  { oldKnown: false, stackTopKnown: true },
];

describeWith(['gcc'], 'instructions executed on this processor', () => {
  let run: HarnessRun;
  let executions: Map<Form, Execution[]>;
  let withSymbols: AccessRebuilder;
  let withoutSymbols: AccessRebuilder;

  beforeAll(async () => {
    run = runHarness();
    const decoder = await loadDecoder();
    executions = new Map(FORMS.map((form) => [form, run.executions.filter((execution) => execution.form === form)]));
    const code = codeFromBytes(run.codeStart, run.code);
    withSymbols = new AccessRebuilder(decoder, code, functionStartIn(run));
    withoutSymbols = new AccessRebuilder(decoder, code);
  });

  test('at least 60 forms are executed, several times each', () => {
    const executed = [...executions.values()].filter(({ length }) => length > 0);
    expect(executed.length).toBeGreaterThan(60);
    expect(new Set(executed.map(({ length }) => length))).toEqual(new Set([ROUNDS]));
  });

  test.each(FORMS.map((form) => [title(form), form] as const))('%s', (_, form) => {
    const wrong = (executions.get(form) ?? []).flatMap((execution) => [
      ...hits(execution).flatMap((question) => complaints(execution, question)),
      ...falseAlarms(execution),
    ]);
    expect(wrong).toEqual([]);
  });

  test('the check notices a wrong byte', () => {
    const [execution] = executions.get(FORMS[0] as Form) ?? [];
    const question = { offset: 0, size: 1, oldKnown: true, stackTopKnown: false };
    if (execution === undefined) throw new Error('the first form was not executed');
    const rebuilt = ask(withSymbols, run, execution, question);
    expect(untruths(execution, question, rebuilt)).toEqual([]);
    expect(untruths(execution, question, { ...rebuilt, lo: rebuilt.lo ^ 1 })).toHaveLength(1);
    expect(untruths(execution, question, { ...rebuilt, instructionLo: rebuilt.instructionLo + 1 })).toHaveLength(1);
  });

  /** What is wrong or missing in the answers to one question. */
  function complaints(execution: Execution, question: Question): string[] {
    const sure = ask(withSymbols, run, execution, question);
    const unsure = ask(withoutSymbols, run, execution, question);
    const wrong = untruths(execution, question, sure);
    if (sure.kind === 'unknown' && mustKnow(execution.form, question)) wrong.push('is not found out');
    if (!sure.instructionKnown && mustBlame(execution, question)) wrong.push('no instruction is blamed');
    wrong.push(...untruths(execution, question, unsure).map((text) => `without symbols: ${text}`));
    return wrong.map((text) => `${JSON.stringify(question)}: ${text}`);
  }

  /** Claims about ranges that the instruction did not touch, so that it cannot have been what hit them. */
  function falseAlarms(execution: Execution): string[] {
    // A REP instruction may be reported late, so that it is a possible cause of hits behind it.
    if (execution.form.assembly.startsWith('rep')) return [];
    return rangesThatMiss(execution).flatMap(({ offset, size }) => {
      const question = { offset, size, oldKnown: true, stackTopKnown: true };
      const rebuilt = ask(withSymbols, run, execution, question);
      const silent = rebuilt.kind !== 'store' && !rebuilt.foundKnown && !(rebuilt.instructionKnown && execution.form.blamed);
      return silent ? [] : [`explains a hit on ${size} bytes at ${offset}, which it did not touch`];
    });
  }
});

function title({ assembly, registers, access }: Form): string {
  const rest = Object.entries(registers).filter(([name, value]) => typeof value !== 'object' && (name !== 'rcx' || value !== 3n));
  return [assembly, ...rest.map(([name, value]) => `${name}=${value}`), ...(access === 'read' ? ['read'] : [])].join('  ');
}

function hits(execution: Execution): Question[] {
  return rangesThatHit(execution).flatMap((range) => MODES.map((mode) => ({ ...range, ...mode })));
}

function mustBlame({ form }: Execution, question: Question): boolean {
  return form.blamed && (!form.assembly.startsWith('call') || question.stackTopKnown);
}
