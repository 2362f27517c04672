import { expect, test } from 'vitest';
import { ArmError } from '../engines/errors.js';
import { VerifierError } from '../engines/host/facts.js';
import { explainArmFailure } from './diagnostics.js';
import { CannotArmError } from './errors.js';

const TOO_LONG = new VerifierError('hits', 'E2BIG', { instructions: 5000, log: '' });

test.each([TOO_LONG, new ArmError('unsupported', process.pid, TOO_LONG)])(
  'a program that the kernel refuses is told with what to do',
  (error) => {
    const explained = explainArmFailure(error);
    expect(explained).toBeInstanceOf(CannotArmError);
    expect(explained).toMatchObject({
      message: "cannot arm: the program of 5000 instructions is longer than this kernel's verifier follows",
      hint: expect.stringContaining('Shorten the condition'),
      cause: error,
    });
  },
);

test('what is no failure of arming passes unchanged', () => {
  const error = new Error('something else');
  expect(explainArmFailure(error)).toBe(error);
});
