// Conditions on what is not the hit itself: parts of the value, variables, memory behind pointers, registers, texts, in a made-up program.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  array,
  INT,
  madeLibrary,
  madeMemory,
  madeModule,
  pointer,
  reference,
  struct,
  symbol,
  variable,
} from '../../test/expressions/made-scope.js';
import { type Answer, evaluator, type HitFacts, mentions, type WatchedValue } from '../conditions/index.js';
import type { Type } from '../symbols/types.js';
import { parseCondition } from './condition.js';
import { ConditionError } from './condition-error.js';
import { resolve } from './resolve.js';

const CHAR: Type = { kind: 'base', name: 'char', size: 1, encoding: 'character', signed: true };
const BYTE: Type = { kind: 'base', name: 'unsigned char', size: 1, encoding: 'character', signed: false };
const ULONG: Type = { kind: 'base', name: 'unsigned long', size: 8, encoding: 'unsigned' };
const DOUBLE: Type = { kind: 'base', name: 'double', size: 8, encoding: 'float' };
const BOOL: Type = { kind: 'base', name: 'bool', size: 1, encoding: 'bool' };
const VOID: Type = { kind: 'other', name: 'void', size: 0 };
const COLOR: Type = {
  ...{ kind: 'enum', name: 'color', size: 4, signed: false },
  members: new Map([
    [0n, 'RED'],
    [5n, 'GREEN'],
  ]),
};
const NODE: Type = {
  kind: 'struct',
  name: 'node',
  size: 24,
  members: [
    { name: 'value', offset: 0, type: () => INT },
    { name: 'flag', offset: 4, bits: { offset: 35, width: 2 }, type: () => INT },
    { name: 'next', offset: 8, type: () => pointer(NODE) },
    { name: 'data', offset: 16, type: () => pointer(VOID) },
  ],
};
const PAIR = struct('pair', 8, [
  ['x', 0, INT],
  ['y', 4, { kind: 'base', name: 'short', size: 2, encoding: 'signed' }],
  ['z', 6, array(BYTE, 2)],
]);

const program = madeModule({
  variables: [
    ...[variable('head', 0x100, { of: pointer(NODE) }), variable('lost', 0x118, { of: pointer(NODE) })],
    ...[variable('ref', 0x128, { of: reference(NODE) }), variable('node', 0x200, { of: NODE })],
    ...[variable('table', 0x300, { of: array(INT, 4) }), variable('index', 0x320, { of: INT })],
    ...[variable('name', 0x340, { of: array(CHAR, 8) }), variable('label', 0x348, { of: pointer(CHAR) })],
    ...[variable('color', 0x350, { of: COLOR }), variable('ratio', 0x358, { of: DOUBLE }), variable('ready', 0x360, { of: BOOL })],
    ...[
      variable('game::state', 0x368),
      variable('pool<int>::free', 0x36c, { of: INT }),
      variable('gone', null, { absence: 'thread-local' }),
    ],
    variable('far', 0x370, { of: array(array(INT, 2), 2) }),
  ],
  symbols: [symbol('handler', 0x7000, { kind: 'function' }), symbol('bare', 0x36c, { size: 4 })],
  types: (name) => (name === 'node' ? [NODE] : name === 'pair' ? [PAIR] : []),
});
const library = madeLibrary('libfoo.so.1', { variables: [variable('limit', 0x380)], bias: 0n });
const scope = { modules: [program, library] };

const text = (characters: string): number => Number(Buffer.from(characters.padEnd(6, '\0').slice(0, 6)).readUIntLE(0, 6));
const memory = madeMemory([
  ...([
    [0x100, 0x200],
    [0x118, 0xdead0000],
    [0x128, 0x200],
  ] as const),
  ...([
    [0x200, 7 + 2 ** 35],
    [0x208, 0x218],
    [0x210, 0x340],
    [0x218, 9],
  ] as const),
  ...([
    [0x300, 10 + 20 * 2 ** 32],
    [0x308, 30 + 40 * 2 ** 32],
    [0x320, 2],
  ] as const),
  ...([
    [0x340, text('bob')],
    [0x348, 0x340],
    [0x350, 5],
    [0x360, 3],
    [0x368, 77 + 11 * 2 ** 32],
    [0x380, 15],
  ] as const),
  ...([
    [0x370, 1 + 2 * 2 ** 32],
    [0x378, 3 + 4 * 2 ** 32],
  ] as const),
]);

interface Watched {
  readonly value: WatchedValue;
  readonly type: Type | null;
  readonly bytes: Uint8Array;
}

const field = { kind: 'integer', shift: 0, bits: 64, signed: false } as const;
const LONG: Watched = {
  value: { kind: 'integer', name: 'unsigned long', field, size: 8, truth: false, members: new Map() },
  type: ULONG,
  bytes: new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0]),
};
/** A pointer to `node`. */
const POINTER: Watched = { ...LONG, type: pointer(NODE), bytes: new Uint8Array([0, 2, 0, 0, 0, 0, 0, 0]) };
const STRUCT: Watched = {
  value: { kind: 'bytes', name: 'struct pair', size: 8 },
  type: PAIR,
  bytes: new Uint8Array([5, 0, 0, 0, 0xf9, 0xff, 0x62, 0x62]),
};

function answer(condition: string, { value, type, bytes }: Watched = LONG): Answer {
  const hit: HitFacts = {
    ...{ tid: 7, pid: 6, cpu: 1, kernel: false, comm: 'worker', oldBytes: bytes, newBytes: bytes },
    moment: { read: (address, length) => memory.read(address, length), register: (name) => (name === 'rdi' ? 2n ** 64n - 5n : null) },
  };
  return evaluator(parseCondition(condition, value, { scope, type }))(hit);
}

function errorOf(condition: string, watched: Watched = LONG): ConditionError {
  try {
    answer(condition, watched);
  } catch (error) {
    if (error instanceof ConditionError) return error;
    throw error;
  }
  throw new Error(`${condition} is taken`);
}

describe('holds for what is in memory', () => {
  test.each([
    ...['head->value == 7', 'head.value == 7', '(*head).value == 7', 'head->next->value == 9', 'head[1].value == 9', 'node.flag == 1'],
    ...[
      'ref.value == 7',
      'ref.next == head->next',
      'head->next == &node + 1',
      '&node == head',
      '(&node)->value == 7',
      'head->next - head == 1',
    ],
    ...['table[2] == 30', 'table[index] == 30', 'table[new] == 40', '*table == 10', '*(table + 1) == 20', 'table[index - 1] == 20'],
    ...['far[1][0] == 3', 'far[index - 1][1] == 4'],
    ...['name == "bob"', 'name != "bo"', 'label == "bob"', '"ann" != label', "*label == 'b'", "label[1] == 'o'"],
    ...['color == GREEN', 'GREEN == color', 'color != RED', 'color == color::GREEN', 'ready', 'ready == true', 'ratio == 0', 'ratio < 1.5'],
    ...[
      'game::state == 77',
      '::game::state == 77',
      'pool<int>::free == 11',
      'libfoo.so!limit == 15',
      'libfoo!limit > new',
      "'main.c'::index == 2",
    ],
    ...['main.c::index == 2', 'bare == 11', '*(int *)&bare == 11', 'handler == 0x7000', 'new != handler'],
    ...[
      '*(unsigned char *)&table[3] == 40',
      '(unsigned char)table[1] == 20',
      '(signed char)0xff == -1',
      '(int)$rdi == -5',
      '(unsigned)$rdi > 5',
    ],
    ...['$rdi == -5', '$rdi < 0', '((node *)0x200)->value == 7', '(*(struct node *)head).value == 7', "*(char *)node.data == 'b'"],
    ...['(new) * 2 == 6', '(new) & 1', '-(index) == -2', '(head->value + 1) / 2 == 4', '!ready || new'],
  ])('%s', (condition) => {
    expect(answer(condition)).toBe('yes');
  });

  test.each([
    ['new->value == 7 && old->next->value == 9', POINTER],
    ['new == &node && *new->next != 1 || new[1].value == 9', POINTER],
    ['new == head && new + 1 == head->next', POINTER],
    ['new.x == 5 && new.y == -7 && new.z[1] == 0x62', STRUCT],
    ['new.z == "bb" && old.x == new.x && new == old', STRUCT],
  ])('%s', (condition, watched) => {
    if (condition.includes('*new->next')) expect(errorOf(condition, watched).message).toContain('can only be compared with what it was');
    else expect(answer(condition, watched)).toBe('yes');
  });

  test('what cannot be read, or is not told, is unknown', () => {
    expect(answer('lost->value == 7')).toBe('unknown');
    expect(answer('lost->value == 7 && new == 4')).toBe('no');
    expect(answer('$rsi == 0')).toBe('unknown');
  });

  test('the value alone is not memory', () => {
    const names = { scope, type: PAIR };
    expect(mentions(parseCondition('new.y == 1', STRUCT.value, names))).toMatchObject({ new: true, memory: false });
    expect(mentions(parseCondition('table[new] == 1', LONG.value, { scope, type: null }))).toMatchObject({ new: true, memory: true });
  });

  test('is what the same expression names', () => {
    const paths = [
      ...['head->value', 'head->next->value', 'head[1].value', 'node.value', '(*head).value', 'ref.value', 'table[0]', 'table[3]'],
      ...[
        'far[1][1]',
        'far[0][1]',
        'index',
        'game::state',
        'head->next[0].value',
        '((node *)0x200)->next->value',
        '*(int *)&head->next->value',
      ],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.integer({ min: -1, max: 1 }), (path, off) => {
        const { address } = resolve(path, scope, { memory });
        const value = new DataView((memory.read(address, 4) ?? new Uint8Array(4)).slice().buffer).getInt32(0, true);
        expect(answer(`${path} == ${value + off}`)).toBe(off === 0 ? 'yes' : 'no');
      }),
      { seed: 20070222 },
    );
  });
});

describe('mistakes are pointed at', () => {
  test.each([
    ['heda->value == 1', LONG, 'means nothing here', 'heda->value == 1'],
    ['head->vlaue == 1', LONG, 'no member vlaue', '->vlaue == 1'],
    ['index.x == 1', LONG, 'int has no members', '.x == 1'],
    ['index[0] == 1', LONG, 'has no elements', '[0] == 1'],
    ['table[4] == 1', LONG, 'there are 4', '4] == 1'],
    ['new.x == 1', LONG, 'has no members', '.x == 1'],
    ['*index == 1', LONG, 'is no pointer', '*index == 1'],
    ['&new == 1', LONG, 'has no address', '&new == 1'],
    ['node == 1', LONG, 'can only be compared', 'node == 1'],
    ['node.data->x == 1', LONG, 'has no members', '->x == 1'],
    ['new.z[old] == 1', STRUCT, 'told by a number', 'old] == 1'],
    ['name == "nine byte"', LONG, 'room for 8', '"nine byte"'],
    [`label == "${'x'.repeat(64)}"`, LONG, '63', `"${'x'.repeat(64)}"`],
    ['name > "bob"', LONG, '== and !=', '> "bob"'],
    ['index == "bob"', LONG, 'compared with characters', '"bob"'],
    ['color == GREN', LONG, 'means nothing', 'GREN'],
    ['(struct nod *)new == 0', LONG, 'nod', '(struct nod *)new == 0'],
    ['gone == 1', LONG, 'thread', 'gone == 1'],
    ['$rxi == 1', LONG, 'no register', '$rxi == 1'],
    ['head-> == 1', LONG, 'name of a member', '== 1'],
    ['table[1 == 1', LONG, 'never closed', '[1 == 1'],
    ['libbar!x == 1', LONG, 'libbar', 'libbar!x == 1'],
  ] as const)('%s', (condition, watched, message, at) => {
    const error = errorOf(condition, watched);
    expect(error.message).toContain(message);
    expect(condition.slice(error.position)).toBe(at);
  });

  test('with the names near them', () => {
    expect(errorOf('heda->value == 1').near).toContain('head');
    expect(errorOf('head->vlaue == 1').hint).toContain('Did you mean value?');
    expect(errorOf('color == GREN').hint).toContain('GREEN');
  });

  test('any text is a condition or a ConditionError', () => {
    const words = [
      ...[
        'new',
        'old',
        'head',
        'table',
        'node',
        'name',
        'index',
        'color',
        'RED',
        'value',
        'next',
        '$rdi',
        'libfoo!',
        'main.c::',
        'int',
        'struct',
      ],
      ...['->', '.', '[', ']', '(', ')', '*', '&', '==', '<', '+', '-', '!', '"b"', "'a'", '0', '1', ' '],
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 2 })), { maxLength: 14 }),
        fc.constantFrom(LONG, POINTER, STRUCT),
        (parts, watched) => {
          for (const separator of ['', ' ']) {
            try {
              answer(parts.join(separator), watched);
            } catch (error) {
              expect(error).toBeInstanceOf(ConditionError);
            }
          }
        },
      ),
      { seed: 20070222, numRuns: 1500 },
    );
  });
});
