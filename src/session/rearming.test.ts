import { describe, expect, test } from 'vitest';
import { HwbkptError } from '../base/errors.js';
import { isUnknownName, Rearming } from './rearming.js';

class MadeError extends HwbkptError {
  readonly code: string;

  constructor(code: string) {
    super(`made ${code}`);
    this.code = code;
  }
}

const SECOND = 1_000_000_000;

/** A process whose new program knows `names`, and what happens to the watches on names. */
class MadeProcess {
  readonly names = new Set<string>();
  loaded = false;
  opens = true;
  failure: unknown = new MadeError('unknown-symbol');
  readonly log: string[] = [];
  readonly rearming = new Rearming<string>({
    reopen: () => {
      if (!this.opens) throw new Error('it has ended');
    },
    refresh: () => this.loaded,
    arm: (name) => {
      if (!this.names.has(name)) throw this.failure;
      this.log.push(`armed ${name}`);
    },
    giveUp: (name, reason, missed) => this.log.push(`${missed ? 'missed' : 'ended'} ${name}: ${reason}`),
  });
}

describe('after an exec', () => {
  test('names that the new program knows are armed at once', () => {
    const made = new MadeProcess();
    made.names.add('a').add('b');
    made.rearming.begin(['a', 'b'], 'next', 0);
    expect(made.log).toEqual(['armed a', 'armed b']);
    expect(made.rearming.isUnderWay).toBe(false);
  });

  test('a name that comes with a library is armed when that is loaded', () => {
    const made = new MadeProcess();
    made.rearming.begin(['lib'], 'next', 0);
    made.names.add('lib');
    made.rearming.retry(1);
    expect(made.log).toEqual([]);
    expect(made.rearming.isUnderWay).toBe(true);
    made.loaded = true;
    made.rearming.retry(2);
    expect(made.log).toEqual(['armed lib']);
    made.rearming.retry(2 * SECOND);
    expect(made.log).toHaveLength(1);
  });

  test('a name that nothing knows after a second ends its watch', () => {
    const made = new MadeProcess();
    made.rearming.begin(['gone'], 'next', 0);
    made.rearming.retry(SECOND);
    expect(made.log).toEqual([]);
    made.rearming.retry(SECOND + 1);
    expect(made.log).toEqual(['ended gone: the process runs another program now (next): made unknown-symbol']);
    expect(made.rearming.isUnderWay).toBe(false);
  });

  test('what cannot be armed for another reason has been missed', () => {
    const made = new MadeProcess();
    made.failure = new MadeError('no-slot');
    made.rearming.begin(['a'], 'next', 0);
    expect(made.log).toEqual(['missed a: the process runs another program now (next): made no-slot']);
  });

  test('a program that cannot be opened ends all', () => {
    const made = new MadeProcess();
    made.opens = false;
    made.rearming.begin(['a', 'b'], 'next', 0);
    expect(made.log).toEqual(['a', 'b'].map((name) => `missed ${name}: the process runs another program now (next): it has ended`));
  });

  test('the end of all ends what still looked', () => {
    const made = new MadeProcess();
    made.rearming.begin(['a'], 'next', 0);
    made.rearming.end();
    expect(made.log).toEqual(['missed a: the process runs another program now (next): made unknown-symbol']);
    made.rearming.retry(SECOND);
    expect(made.log).toHaveLength(1);
  });

  test('a watch that was closed is not looked for', () => {
    const made = new MadeProcess();
    made.rearming.begin(['a'], 'next', 0);
    made.rearming.drop('a');
    made.rearming.end();
    expect(made.log).toEqual([]);
  });

  test('another exec takes those along that still look', () => {
    const made = new MadeProcess();
    made.rearming.begin(['a'], 'first', 0);
    made.names.add('a').add('b');
    made.rearming.begin(['b'], 'second', 1);
    expect(made.log).toEqual(['armed a', 'armed b']);
  });
});

test('only unknown names are worth another look', () => {
  expect(
    ['unknown-symbol', 'unknown-module', 'no-symbols', 'no-slot', 'optimised-out'].map((code) => isUnknownName(new MadeError(code))),
  ).toEqual([true, true, true, false, false]);
  expect(isUnknownName(new Error('unknown-symbol'))).toBe(false);
});
