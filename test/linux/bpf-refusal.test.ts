// What the running kernel's verifier says against a program is understood.
import { expect, test } from 'vitest';
import { Assembler, BpfProgram, R0, R1, R10, VerifierError } from '../../src/linux/bpf/index.js';
import { type Refusal, refusalOf } from '../../src/linux/bpf/refusal.js';
import { describeWith } from '../helpers/requirement.js';

/** What becomes of a program: why it is refused. */
function refused(code: Uint8Array): Refusal {
  try {
    new BpfProgram({ type: 'perfEvent', name: 'refused', code })[Symbol.dispose]();
  } catch (error) {
    if (error instanceof VerifierError) return refusalOf(error);
    throw error;
  }
  throw new Error('the program was accepted');
}

/** Calls helper `number`, whatever that is. */
function calling(number: number): Uint8Array {
  const code = new Assembler().call('ktime_get_ns').exit(0).assemble();
  new DataView(code.buffer).setInt32(4, number, true);
  return code;
}

/** Twice as many ways through it with every test: more than the verifier follows, if none of them can be told from another. */
function branching(tests: number): Uint8Array {
  const program = new Assembler().call('ktime_get_ns').move(R1, 0);
  for (let bit = 0; bit < tests; bit++) {
    const over = program.label();
    program
      .jumpIf(R0, '&', 1 << (bit % 31), over)
      .compute('add', R1, 1 << (bit % 20))
      .place(over);
  }
  const outside = program.label();
  // What R1 is decides where is written, so no way may be left out.
  program.move(R0, R10).compute('and', R1, 0xf8).negate(R1).compute('add', R0, R1).store(1, { base: R0, offset: -8 }, 1);
  return program.jump(outside).place(outside).exit(0).assemble();
}

/** A million instructions and a few. */
function endless(): Uint8Array {
  const program = new Assembler();
  for (let at = 0; at < 1_000_010; at++) program.move(R0, 0);
  return program.exit(0).assemble();
}

describeWith(['bpf'], 'refusals of the running kernel', () => {
  test('a helper that it does not have', () => {
    expect(refused(calling(99_999))).toMatchObject({ kind: 'no-helper', number: 99_999, since: null });
  });

  test('a helper that is not for programs of this kind: bpf_xdp_adjust_head', () => {
    expect(refused(calling(44))).toMatchObject({ kind: 'no-helper', name: expect.stringContaining('xdp_adjust_head'), number: 44 });
  });

  test('more instructions than may be loaded', () => {
    expect(refused(endless())).toEqual({ kind: 'too-long' });
  });

  test('more ways through it than the verifier follows', () => {
    expect(refused(branching(400))).toEqual({ kind: 'too-long' });
  });

  test('a mistake: the last lines name it', () => {
    const code = new Assembler().store(8, { base: R10, offset: -520 }, 0).exit(0).assemble();
    const refusal = refused(code);
    expect(refusal.kind).toBe('faulty');
    if (refusal.kind === 'faulty') expect(refusal.lines.at(-1)).toMatch(/stack/);
  });
});
