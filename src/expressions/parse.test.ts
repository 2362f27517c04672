// The grammar: what is read, and where what is wrong is pointed at.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expression, PathStep } from './expression.js';
import { ExpressionError } from './expression-error.js';
import { parseExpression } from './parse.js';

/** The parts of a name that a test says; the others are empty. */
function name(parts: Record<string, unknown>): Record<string, unknown> {
  return {
    kind: 'name',
    position: expect.any(Number),
    module: null,
    file: null,
    scopes: [],
    thread: null,
    path: [],
    length: null,
    ...parts,
  };
}

/** The steps as words, in the order in which they are made. */
const steps = (text: string) => parseExpression(text).path.map(word);

function word(step: PathStep): string | number {
  switch (step.kind) {
    case 'member':
      return step.name;
    case 'arrow':
      return `->${step.name}`;
    case 'index':
      return step.index;
    case 'element':
      return `[${said(step.index)}]`;
    case 'offset':
      return `${step.operator} ${typeof step.by === 'number' ? step.by : said(step.by)}`;
    case 'key':
      return JSON.stringify(step.key);
    case 'slice':
      return `${step.from}..${step.to}`;
    case 'dereference':
      return '*';
    case 'address':
      return '&';
    case 'cast':
      return `(${step.type.text})`;
  }
}

/** A variable within another expression, with its steps. */
function said(expression: Expression): string {
  return [expression.kind === 'name' ? expression.name : expression.kind, ...expression.path.map(word)].join(' ');
}

describe('names', () => {
  test.each<[string, Record<string, unknown>]>([
    ['shared', { name: 'shared' }],
    ['  shared ', { name: 'shared' }],
    ['_x$1', { name: '_x$1' }],
    ['größe', { name: 'größe' }],
    ['game::state', { scopes: ['game'], name: 'state' }],
    ['::state', { name: 'state' }],
    ['a::b::c', { scopes: ['a', 'b'], name: 'c' }],
    ['file.c::count', { file: 'file.c', name: 'count' }],
    ['src/my-file++.cc::ns::count', { file: 'src/my-file++.cc', scopes: ['ns'], name: 'count' }],
    ['tick::calls', { scopes: ['tick'], name: 'calls' }],
    ["'a b.c'::count", { file: 'a b.c', name: 'count' }],
    ["'github.com/x/y-z.Count'", { name: 'github.com/x/y-z.Count' }],
    ['libfoo.so!state', { module: 'libfoo.so', name: 'state' }],
    ['libstdc++.so.6.0.30!std::cout', { module: 'libstdc++.so.6.0.30', scopes: ['std'], name: 'cout' }],
    ['lib-a+b.so.1!x.c::y', { module: 'lib-a+b.so.1', file: 'x.c', name: 'y' }],
    ["'[vdso]'!x", { module: '[vdso]', name: 'x' }],
    ['stdout@@GLIBC_2', { name: 'stdout@@GLIBC_2' }],
    ['counter@4711', { name: 'counter', thread: 4711 }],
    ["'counter@4711'", { name: 'counter@4711' }],
    ['runqueues@cpu0', { name: 'runqueues@cpu0' }],
    ['x@@1', { name: 'x@@1' }],
    ['pool<int, a::b<c>>::free', { scopes: ['pool<int, a::b<c>>'], name: 'free' }],
    ['tick(int (*)(char))', { name: 'tick(int (*)(char))' }],
    ['f<void (int) -> int>::g', { scopes: ['f<void (int) -> int>'], name: 'g' }],
    ['(anonymous namespace)::x', { scopes: ['(anonymous namespace)'], name: 'x' }],
    ['a::{closure#0}', { scopes: ['a'], name: '{closure#0}' }],
    ['shared:8', { name: 'shared', length: 8 }],
    ['a::b:0x10', { scopes: ['a'], name: 'b', length: 16 }],
  ])('%s', (text, parts) => {
    expect(parseExpression(text)).toEqual({ ...name(parts), text: text.trimEnd() });
  });

  test.each([
    ['state.players[2].hp', ['players', 2, 'hp']],
    ['grid[1][0x20]', [1, 32]],
    ['tuple.0', ['0']],
    ['a.b:2', ['b']],
    ['main.counter', ['counter']],
    ['*p', ['*']],
    ['*p->next', ['->next', '*']],
    ['(*p).next', ['*', 'next']],
    ['**p[1]', [1, '*', '*']],
    ['&x', ['&']],
    ['&x.y[2]', ['y', 2, '&']],
    ['* & x', ['&', '*']],
    ['p[3..7]', ['3..7']],
    ['p[ 3 .. 7 ].x', ['3..7', 'x']],
    ['p[-1]', [-1]],
    ['m["ann"].x', ['"ann"', 'x']],
    ['m[ "say \\"hi\\"" ]', ['"say \\"hi\\""']],
    ['p[-2..0]', ['-2..0']],
    ['((p))', []],
    ['(file.c::p)->x', ['->x']],
    ['(struct foo *)p', ['(struct foo *)']],
    ['((struct foo *)p)->x', ['(struct foo *)', '->x']],
    ['(struct foo*)p->x', ['->x', '(struct foo *)']],
    ['*(const volatile struct foo * const)0x10', ['(struct foo *)', '*']],
    ['(unsigned long)x', ['(unsigned long)']],
    ['(unsigned char[16])x', ['(unsigned char[16])']],
    ['*(short [2]*)x', ['(short[2] *)', '*']],
    ['(node * *[3])x', ['(node **[3])']],
    ['(std::vector<int, std::allocator<int> > **)0x10', ['(std::vector<int, std::allocator<int> > **)']],
    ['(class Foo *)&x', ['&', '(struct Foo *)']],
    ["('a b' *)x", ['(a b *)']],
    ['$rsp', []],
    ['*(long *)$rsp', ['(long *)', '*']],
    ['a::(anonymous namespace)::p->x', ['->x']],
    ['libfoo.so!p->x', ['->x']],
  ] as const)('%s has the path %o', (text, path) => {
    expect(steps(text)).toEqual(path);
  });
});

test.each([
  ['0x0', 0n, null],
  ['0x404010', 0x404010n, null],
  ['0XFFFFFFFFFFFFFFFF:1', 0xffff_ffff_ffff_ffffn, 1],
  ['0x10:0x20', 0x10n, 32],
] as const)('address %s', (text, address, length) => {
  expect(parseExpression(text)).toEqual({ kind: 'address', text, address, length, path: [], position: 0 });
});

describe('sums and variable indices', () => {
  test.each([
    ['p + 1', ['+ 1']],
    ['*(p + 1)', ['+ 1', '*']],
    ['(p - i)->x', ['- i', '->x']],
    ['p-1', ['- 1']],
    ['p->x - 0x10', ['->x', '- 16']],
    ['a[i]', ['[i]']],
    ['a[i + 1].b[ s.n ]', ['[i + 1]', 'b', '[s n]']],
    ['a[*q][b[2]]', ['[q *]', '[b 2]']],
    ['&x[2] - 1', [2, '&', '- 1']],
    ['a[(i)]', ['[i]']],
  ])('%s', (text, expected) => {
    expect(steps(text)).toEqual(expected);
  });

  test('a length comes behind all of it', () => {
    expect(parseExpression('*(p + 1):4')).toMatchObject({ length: 4 });
  });
});

describe('errors point at the character', () => {
  test.each([
    ['', 0, 'there is nothing'],
    ['   ', 0, 'there is nothing'],
    ['123', 0, 'an address is written with 0x'],
    ['0x', 0, 'an address is written with 0x'],
    ['0x1g', 3, '"g" does not belong here'],
    ['0x11112222333344445', 0, 'at most 16 hexadecimal digits'],
    ['0x10:', 5, 'expected a length in bytes, but the text ends'],
    ['0x10:0', 5, 'a length is at least 1 byte'],
    ['x:99999999999', 2, 'a length is at least 1 byte and less than 2 GiB'],
    ['x:99999999999999999999', 2, 'is too large for a length in bytes'],
    ['a.', 2, 'expected the name of a member, but the text ends'],
    ['a..b', 2, 'expected the name of a member, found "."'],
    ['a[', 2, 'expected the number of an element, but the text ends'],
    ['a[é!]', 4, 'expected a name'],
    ['a[i', 3, 'expected "]"'],
    ['a[i..3]', 4, 'expected the name of a member'],
    ['a[?]', 2, 'expected the number of an element, found "?"'],
    ['a[-i]', 3, 'expected the number of an element, found "i"'],
    ['*', 1, 'expected a name, but the text ends'],
    ['p->', 3, 'expected the name of a member, but the text ends'],
    ['p[7..3]', 5, 'the last element (3) comes before the first (7)'],
    ['p[3..', 5, 'expected the number of an element, but the text ends'],
    ['(p', 2, 'expected ")", but the text ends'],
    ['(p, q)x', 2, 'expected ")", found ","'],
    ['(foo * bar)x', 10, 'a type ends with its stars'],
    ['m["ann', 2, 'this quote is never closed'],
    ['(const)x', 6, 'expected the name of a type, found ")"'],
    ['()', 1, 'expected a name, found ")"'],
    ['$', 1, 'expected the name of a register, but the text ends'],
    ['*'.repeat(70), 65, 'nested too deep'],
    ['a[1', 3, 'expected "]", but the text ends'],
    ['a b', 1, '" " does not belong here'],
    ['a+', 2, 'expected a name, but the text ends'],
    ['a + * 2', 6, 'an address is written with 0x'],
    ['a::', 3, 'expected a name, but the text ends'],
    ['a::::b', 3, 'expected a name before "::"'],
    ['!x', 0, 'expected the name of a program or library before "!"'],
    ['lib.so!', 7, 'expected a name, but the text ends'],
    ['pool<int::x', 4, 'this "<" is never closed'],
    ['f(int', 1, 'this "(" is never closed'],
    ["'a.c::x", 0, 'this quote is never closed'],
    ["''::x", 0, 'there is nothing between these quotes'],
    ['a😀b', 1, 'does not belong here'],
  ] as const)('%j', (text, position, message) => {
    const error = errorOf(text);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ code: 'bad-expression', position: text.trim() === '' ? text.trimEnd().length : position });
  });

  test('the marked text has a caret below the place', () => {
    expect(errorOf('state.players[?]').marked).toBe('state.players[?]\n              ^');
    expect(errorOf('state.players[?]').message).toBe(
      'cannot read "state.players[?]": expected the number of an element, found "?", at character 15',
    );
  });

  test('what does not fit is followed by what works', () => {
    expect(errorOf('a b').hint).toContain('libfoo.so!name');
  });
});

function errorOf(text: string): ExpressionError {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

test('any text is read or refused with a place inside it', () => {
  const piece = fc.constantFrom(
    'a',
    'b1',
    '::',
    ':',
    '.',
    '[',
    ']',
    '0x',
    '7',
    '..',
    '*',
    '&',
    '->',
    '$',
    'struct ',
    '!',
    '<',
    '>',
    '(',
    ')',
    "'",
    '-',
    '>',
    '@',
    ' ',
    '/',
    'é',
    '😀',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (text) => {
        try {
          expect(parseExpression(text).text).toBe(text.trimEnd());
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
          const { position } = error as ExpressionError;
          expect(position >= 0 && position <= text.length).toBe(true);
        }
      },
    ),
    { seed: 20070222, numRuns: 3000 },
  );
});
