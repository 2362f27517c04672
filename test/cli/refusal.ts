// What a refused command line looks like: a message that names the thing, what to do, a status, and nothing else.
import { expect } from 'vitest';
import { type HwbkptRun, type RunOptions, runHwbkpt } from '../helpers/run-hwbkpt.js';

/** What is expected of a refusal. */
export interface Expected {
  /** 125, or 2 for wrong usage. */
  readonly status: 2 | 125;
  /** The first line, after `hwbkpt: `. */
  readonly message: RegExp;
  /** What stands below it. */
  readonly hint: RegExp;
}

/** Runs a command line that cannot work, holds it against `expected`, and returns the run. Fails where it leaves a process behind. */
export async function expectRefusal(args: readonly string[], expected: Expected, options: RunOptions = {}): Promise<HwbkptRun> {
  const run = await runHwbkpt(args, options);
  const [first = '', ...rest] = run.stderr.split('\n').slice(0, -1);
  expect(first).toMatch(/^hwbkpt: /);
  expect(first.slice('hwbkpt: '.length)).toMatch(expected.message);
  expect(rest.join('\n')).toMatch(expected.hint);
  // Every further line is part of the hint, and none is of a stack trace.
  for (const line of rest) expect(line).toMatch(/^ {2,}(?!at )\S/);
  expect(run.stdout).toBe('');
  expect({ status: run.status, signal: run.signal }).toEqual({ status: expected.status, signal: null });
  return run;
}
