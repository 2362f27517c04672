// The same forms under a real hardware breakpoint: perf's registers, flags and instruction pointers instead of the program's own.
import { beforeAll, describe, expect, test } from 'vitest';
import { AccessRebuilder, codeFromBytes, loadDecoder } from '../../src/instructions/index.js';
import { describeWith } from '../helpers/requirement.js';
import { ask, functionStartIn, mustKnow, untruths } from './check.js';
import { type Execution, ROUNDS } from './harness.js';
import { Pairing, type PerfRun, type PerfSample, record } from './perf-samples.js';

const QUESTION = { offset: 0, size: 8, oldKnown: true, stackTopKnown: true };

/** Index of RCX's lower half, which counts the elements left of a REP instruction. */
const COUNT = 4;

describeWith(['gcc', 'perf', 'perf-tool', 'command:nm'], 'hits that perf reports', () => {
  describe.each(['w', 'rw'] as const)('on a breakpoint of kind %s', (access) => {
    let seen: PerfRun;
    let pairing: Pairing;
    let rebuilder: AccessRebuilder;

    beforeAll(async () => {
      seen = record(access);
      pairing = new Pairing(seen.run);
      rebuilder = new AccessRebuilder(await loadDecoder(), codeFromBytes(seen.run.codeStart, seen.run.code), functionStartIn(seen.run));
    });

    test('every instruction that touches the range is reported, a failing CMPXCHG too (R-042)', () => {
      const reported = new Set(seen.samples.map(({ ip }) => ip));
      const touches = ({ form }: Execution) =>
        form.offset < 8 && form.offset + form.size > 0 && (access === 'rw' || form.access === 'write');
      const expected = new Set(seen.run.executions.filter(touches).map(({ place }) => place.next));
      const paired = new Set(seen.samples.filter((sample) => pairing.find(sample) !== undefined).map(({ ip }) => ip));
      expect(expected.size).toBeGreaterThan(300);
      // A REP instruction may be reported while it is under way only.
      const missing = [...expected].filter((ip) => !reported.has(ip) && !isRepeated(seen, ip));
      expect(missing).toEqual([]);
      expect(paired.size).toBeGreaterThan(300);
    });

    test('what is rebuilt after a completed instruction is true', () => {
      const wrong = seen.samples.flatMap((sample) => {
        const execution = pairing.find(sample);
        return execution === undefined ? [] : complaints({ ...execution, registers: sample.registers });
      });
      expect(wrong).toEqual([]);
    });

    test('what is rebuilt while a REP instruction is under way is true (R-041)', () => {
      const underWay = seen.samples.filter((sample) => pairing.find(sample) === undefined);
      const rounds = roundsOf(underWay);
      const wrong = underWay.flatMap((sample, index) => claimsUnderWay(sample, rounds[index] ?? 0));
      expect(underWay.length).toBeGreaterThan(ROUNDS);
      expect(wrong).toEqual([]);
    });

    function complaints(execution: Execution): string[] {
      const question = { ...QUESTION, writesOnly: access === 'w' };
      const rebuilt = ask(rebuilder, seen.run, execution, question);
      const wrong = untruths(execution, question, rebuilt);
      const touched = execution.form.offset < 8 && execution.form.offset + execution.form.size > 0;
      if (rebuilt.kind === 'unknown' && touched && mustKnow(execution.form, question)) wrong.push('is not found out');
      return wrong.map((text) => `${execution.form.assembly}: ${text}`);
    }

    /** Later elements may still change other bytes, so only what is said to be stored is held against memory at the end. */
    function claimsUnderWay(sample: PerfSample, round: number): string[] {
      const executions = seen.run.executions.filter(({ place }) => place.instruction === sample.ip);
      const execution = executions[round];
      if (execution === undefined) return [`nothing was executed at ${sample.ip.toString(16)}`];
      const place = { ...execution.place, next: sample.ip };
      const atEnd = { ...execution, place, registers: sample.registers, before: execution.after };
      const question = { ...QUESTION, oldKnown: false, writesOnly: access === 'w' };
      const rebuilt = ask(rebuilder, seen.run, atEnd, question);
      const wrong = untruths(atEnd, question, rebuilt);
      return rebuilt.instructionKnown ? wrong : [...wrong, `${execution.form.assembly}: no instruction is blamed`];
    }
  });
});

/** Which execution of its form each sample belongs to: a new one begins where the count of elements left does not fall. */
function roundsOf(samples: readonly PerfSample[]): number[] {
  let round = 0;
  return samples.map((sample, index) => {
    const last = samples[index - 1];
    if (last === undefined || last.ip !== sample.ip) round = 0;
    else if ((sample.registers[COUNT] ?? 0) >= (last.registers[COUNT] ?? 0)) round++;
    return round;
  });
}

function isRepeated({ run }: PerfRun, next: bigint): boolean {
  return run.executions.some(({ form, place }) => place.next === next && form.assembly.startsWith('rep'));
}
