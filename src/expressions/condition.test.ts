import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluator, type HitFacts, type WatchedValue } from '../conditions/index.js';
import { parseCondition } from './condition.js';
import { ConditionError } from './condition-error.js';
import { type BinaryOperator, PRECEDENCE } from './condition-syntax.js';

const INT = integer('int', 32, true);
const U8 = integer('uint8_t', 8, false);
const U64 = integer('unsigned long', 64, false);
const FLOAT: WatchedValue = { kind: 'float', name: 'float', size: 4 };
const STRUCT: WatchedValue = { kind: 'bytes', name: 'struct point', size: 12 };
const COLOR: WatchedValue = {
  ...INT,
  name: 'color',
  members: new Map([
    ['RED', 0n],
    ['GREEN', 5n],
    ['BLUE', -1n],
  ]),
};
const FLAG: WatchedValue = { ...U8, name: 'bool', truth: true };
const HIT: HitFacts = { tid: 7, pid: 6, cpu: 1, kernel: false, comm: 'worker', oldBytes: null, newBytes: null };

function integer(name: string, bits: number, signed: boolean): Extract<WatchedValue, { kind: 'integer' }> {
  return { kind: 'integer', name, field: { kind: 'integer', shift: 0, bits, signed }, size: bits / 8, truth: false, members: new Map() };
}

function bytes(value: bigint): Uint8Array {
  return new Uint8Array(new BigInt64Array([BigInt.asIntN(64, value)]).buffer);
}

/** Whether `text` holds where the value went from `old` to `now`. */
function holds(text: string, value: WatchedValue, now: bigint, old = 0n): boolean {
  return evaluator(parseCondition(text, value))({ ...HIT, oldBytes: bytes(old), newBytes: bytes(now) }) === 'yes';
}

/** The error of a condition: what it says, and what it points at. */
function errorOf(text: string, value: WatchedValue): { message: string; at: string; hint: string; near: readonly string[] } {
  try {
    parseCondition(text, value);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    expect(error.code).toBe('bad-condition');
    const [line = '', caret = ''] = error.marked.split('\n');
    expect(caret.trim()).toBe('^');
    expect(line[caret.length - 1] ?? '').toBe(text[error.position] ?? '');
    expect(error.hint?.startsWith(error.marked)).toBe(true);
    return {
      message: error.message,
      at: line.slice(caret.length - 1),
      hint: error.hint?.slice(error.marked.length).trim() ?? '',
      near: error.near,
    };
  }
  throw new Error(`${text} is taken`);
}

describe('conditions', () => {
  test.each([
    ['new > 10', 11n, true],
    ['new > 10', 10n, false],
    ['new % 1000 == 0', 3000n, true],
    ['new % 1000 == 0', -3001n, false],
    ['new == -1', -1n, true],
    ['new == +5', 5n, true],
    ['new == 0x1f || new == 0b101', 5n, true],
    ["new == 'A'", 65n, true],
    [String.raw`new == '\n'`, 10n, true],
    [String.raw`new == '\x41'`, 65n, true],
    ['new', 3n, true],
    ['!new', 3n, false],
    ['(new & 1) == 0', 6n, true],
    ['new & 4', 4n, true],
    ['~new == 0', -1n, true],
    ['-new > 4', -5n, true],
    ['new / 0b10 == -2', -5n, true],
    ['new % tid == -5', -5n, true],
    ['new - old == 1', 1n, true],
    ['new != old', 0n, false],
    ['tid == 7 && pid == 6 && cpu == 1', 0n, true],
    ['kernel', 0n, false],
    ['!kernel && kernel == false', 0n, true],
    ['comm == "worker"', 0n, true],
    ["comm == 'worker'", 0n, true],
    ['"worker" != comm', 0n, false],
    ['true', 0n, true],
    ['false || !true', 0n, false],
    ['new > 10 || new < 5 && new > 2', 3n, true],
    ['1 + 2 * 3 == 7 && 1 << 2 + 1 == 8', 0n, true],
    ['10 - 3 - 2 == 5', 0n, true],
    ['(1 | 6 ^ 5 & 4) == 3', 0n, true],
  ])('%s of %d: %s', (text, now, expected) => {
    expect(holds(text, INT, now)).toBe(expected);
  });

  test('a bool is true where it is not 0, however it is asked', () => {
    for (const text of ['new', 'new == true', 'true == new', 'new != false', 'new != old', '!(new == false)'])
      expect(holds(text, FLAG, 2n)).toBe(true);
    expect(holds('new == true', INT, 2n)).toBe(false);
  });

  test('members of the enumeration are numbers', () => {
    expect(holds('new == GREEN', COLOR, 5n)).toBe(true);
    expect(holds('new == color::BLUE || new == ::color::RED', COLOR, -1n)).toBe(true);
    expect(holds('new > RED + 4', COLOR, 5n)).toBe(true);
  });

  test('unsigned numbers of 64 bits stay above zero', () => {
    expect(holds('new > 9223372036854775807', U64, -1n)).toBe(true);
    expect(holds('new == 0xffffffffffffffff', U64, -1n)).toBe(true);
    expect(holds('new / 2 > 0 && new >> 63 == 1', U64, -1n)).toBe(true);
    expect(holds('new - old > 10', U64, 1n, 2n)).toBe(true);
    expect(holds('new - old < 0', integer('unsigned', 32, false), 1n, 2n)).toBe(true);
  });

  test('floats are compared with numbers of their own size', () => {
    const now = (text: string, of: number): boolean =>
      evaluator(parseCondition(text, FLOAT))({ ...HIT, newBytes: new Uint8Array(new Float32Array([of]).buffer) }) === 'yes';
    expect(now('new == 0.1', 0.1)).toBe(true);
    expect(now('new > -1e3 && new < 2', 1.5)).toBe(true);
    expect(now('new == inf', Number.POSITIVE_INFINITY)).toBe(true);
    expect(now('new == -inf', Number.NEGATIVE_INFINITY)).toBe(true);
    expect(now('new != new', Number.NaN)).toBe(true);
    expect(now('.5 < new', 0.75)).toBe(true);
  });

  test('values without a number only change', () => {
    expect(parseCondition('new != old', STRUCT)).toEqual({ kind: 'bytes', comparison: '!=', size: 12 });
    expect(parseCondition('old == new', STRUCT)).toEqual({ kind: 'bytes', comparison: '==', size: 12 });
  });
});

describe('precedence', () => {
  const operators = Object.keys(PRECEDENCE).filter((operator) => PRECEDENCE[operator as BinaryOperator] >= 8) as BinaryOperator[];
  const term = fc.tuple(fc.constantFrom(...operators), fc.integer({ min: 1, max: 60 }));

  test('arithmetic is what JavaScript, which has it from C, makes of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.array(term, { minLength: 1, maxLength: 6 }), (first, rest) => {
        const text = rest.reduce((sum, [operator, value]) => `${sum} ${operator} ${value}`, String(first));
        // Neither shifts out of range nor divides by zero: both are ours to define.
        const bigints = text.replace(/\d+/g, '$&n');
        let expected: bigint;
        try {
          expected = BigInt.asIntN(64, new Function(`return ${bigints}`)() as bigint);
        } catch {
          return;
        }
        const exact = rest.every(([operator]) => operator !== '<<' && operator !== '>>' && operator !== '*');
        if (exact) expect(evaluator(parseCondition(`(${text}) == ${expected}`, INT))(HIT)).toBe('yes');
      }),
      { seed: 20070222, numRuns: 500 },
    );
  });
});

describe('mistakes are pointed at', () => {
  test.each([
    ['', INT, 'there is nothing', ''],
    ['new ==', INT, 'something is missing', ''],
    ['new = 5', INT, 'assignment', '= 5'],
    ['new === 5', INT, 'assignment', '= 5'],
    ['1 < new < 5', INT, 'cannot be compared', '< 5'],
    ['new & 1 == 0', INT, '"&" takes whole numbers', '== 0'],
    ['(new > 5) == true', INT, 'cannot be compared', '== true'],
    ['new > 5 and old', INT, '"and" is no operator', 'and old'],
    ['new > 5 old', INT, 'an operator is missing', 'old'],
    ['(new > 5', INT, 'never closed', '(new > 5'],
    ['new > 5)', INT, 'closes nothing', ')'],
    ['&& new', INT, 'a value is missing', '&& new'],
    ['new == 12ab', INT, 'is no number', '12ab'],
    ['new == 010', INT, 'octal', '010'],
    ['new == 0x1ffffffffffffffff', INT, '64 bits', '0x1ffffffffffffffff'],
    ['new > -9223372036854775809', INT, '64 bits', '-9223372036854775809'],
    ['new == "a', INT, 'never closed', '"a'],
    [String.raw`new == '\q'`, INT, 'escape', String.raw`\q'`],
    ['new ? 1 : 0', INT, '? :', '? 1 : 0'],
    ['new # 1', INT, 'does not belong', '# 1'],
    ['nwe > 1', INT, 'means nothing', 'nwe > 1'],
    ['new == GREN', COLOR, 'means nothing', 'GREN'],
    ['new == 300', U8, 'goes from 0 to 255', '300'],
    ['0xffffffff != new', INT, 'never that', '0xffffffff != new'],
    ['new > 1.5', INT, 'floating-point', '1.5'],
    ['new / 0 == 1', INT, 'divides by zero', '0 == 1'],
    ['new << 64 == 1', INT, 'shift by 64', '64 == 1'],
    ['new + 1 > 2', FLOAT, 'takes whole numbers', 'new + 1 > 2'],
    ['-new > 2', FLOAT, 'takes whole numbers', 'new > 2'],
    ['new == tid', FLOAT, 'cannot be compared', 'tid'],
    ['new', FLOAT, 'neither true nor false', 'new'],
    ['new > 1e39', FLOAT, 'largest float', '1e39'],
    ['new == nan', FLOAT, 'NaN', 'nan'],
    ['new == inf', INT, 'means nothing', 'inf'],
    ['new == 5', STRUCT, 'only be compared with what it was', 'new == 5'],
    ['new < old', STRUCT, '== and !=', '< old'],
    ['comm', INT, 'neither true nor false', 'comm'],
    ['comm == worker', INT, 'means nothing', 'worker'],
    ['comm == 5', INT, 'no number', '5'],
    ['comm < "b"', INT, '== and !=', '< "b"'],
    ['comm == "0123456789abcdef"', INT, '15 bytes', '"0123456789abcdef"'],
    ['comm == "äöüäöüäö"', INT, 'this has 16', '"äöüäöüäö"'],
    ['new == "ab"', INT, 'a text', '"ab"'],
    ['new > 5', { kind: 'none' }, 'execution', 'new > 5'],
  ] as const)('%s', (text, value, message, at) => {
    const error = errorOf(text, value);
    expect(error.message).toContain(message);
    expect(error.at).toBe(at);
  });

  test('with what may have been meant', () => {
    expect(errorOf('new == GREN', COLOR).near).toEqual(['GREEN']);
    expect(errorOf('nwe > 1', INT).near).toContain('new');
    expect(errorOf('comm == "0123456789abcdef"', INT).hint).toContain('"0123456789abcde"');
    expect(errorOf('0xffffffff == new', INT).hint).toContain('-1');
    expect(errorOf('1 < new < 5', INT).hint).toContain('1 < new && new < 5');
    expect(errorOf('new mod 5', INT).hint).toContain('%');
  });

  test('too long or too deep is refused, and not a broken stack', () => {
    expect(errorOf(`${'new + '.repeat(500)}new`, INT).message).toContain('too long');
    expect(errorOf(`${'('.repeat(5000)}new`, INT).message).toContain('nested');
    expect(errorOf(`${'!'.repeat(5000)}new`, INT).message).toContain('nested');
    expect(holds(`${'new + '.repeat(499)}new == 499`.replace('new + ', ''), INT, 1n)).toBe(true);
  });

  test('any text is a condition or a ConditionError', () => {
    const words = fc.constantFrom(
      'new',
      'old',
      '==',
      '<',
      '&&',
      '||',
      '!',
      '(',
      ')',
      '1',
      '0x',
      "'a'",
      '"b"',
      'comm',
      '-',
      '1.5',
      'GREEN',
      '%',
      '0',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(words, fc.string()), { maxLength: 12 }),
        fc.constantFrom(INT, U64, FLOAT, STRUCT, COLOR, FLAG),
        (parts, value) => {
          try {
            evaluator(parseCondition(parts.join(' '), value))({ ...HIT, newBytes: new Uint8Array(16), oldBytes: new Uint8Array(16) });
          } catch (error) {
            expect(error).toBeInstanceOf(ConditionError);
          }
        },
      ),
      { seed: 20070222, numRuns: 3000 },
    );
  });
});
