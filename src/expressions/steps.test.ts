// Steps through pointers, references, casts and containers, in made-up memory; and what is said where they lead nowhere.
import { describe, expect, test } from 'vitest';
import { array, INT, madeMemory, madeModule, pointer, reference, struct, variable } from '../../test/expressions/made-scope.js';
import { HwbkptError } from '../base/errors.js';
import type { Type } from '../symbols/types.js';
import { PartError } from './errors.js';
import { type Resolved, type ResolveOptions, resolve } from './resolve.js';

const CHAR: Type = { kind: 'base', name: 'char', size: 1, encoding: 'character', signed: true };
const VOID: Type = { kind: 'other', name: 'void', size: 0 };
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
const VECTOR = struct('std::vector<int, std::allocator<int> >', 24, [
  [
    '_M_impl',
    0,
    struct('impl', 24, [
      ['_M_start', 0, pointer(INT)],
      ['_M_finish', 8, pointer(INT)],
      ['_M_end_of_storage', 16, pointer(INT)],
    ]),
  ],
]);
const STRING = struct('std::string', 32, [
  ['_M_dataplus', 0, struct('plus', 8, [['_M_p', 0, pointer(CHAR)]])],
  ['_M_string_length', 8, { kind: 'base', name: 'unsigned long', size: 8, encoding: 'unsigned' }],
]);
const UNIQUE = struct('std::unique_ptr<node>', 8, [
  ['_M_t', 0, struct('a', 8, [['_M_t', 0, struct('b', 8, [['_M_head_impl', 0, pointer(NODE)]])]])],
]);
const SLICE = struct('&[i32]', 16, [
  ['data_ptr', 0, pointer(INT)],
  ['length', 8, { kind: 'base', name: 'usize', size: 8, encoding: 'unsigned' }],
]);

const program = madeModule({
  variables: [
    variable('head', 0x100, { of: pointer(NODE) }),
    variable('node', 0x200, { of: NODE }),
    variable('null', 0x110, { of: pointer(NODE) }),
    variable('lost', 0x118, { of: pointer(NODE) }),
    variable('raw', 0x120, { of: pointer(VOID) }),
    variable('ref', 0x128, { of: reference(NODE) }),
    variable('numbers', 0x130, { of: VECTOR }),
    variable('text', 0x150, { of: STRING }),
    variable('owner', 0x170, { of: UNIQUE }),
    variable('slice', 0x178, { of: SLICE }),
    variable('buffer', 0x400, { of: array(CHAR, 64) }),
    variable('grid', 0x500, { of: array(array(INT, 4), 3) }),
    variable('handle', 0x190, { of: { kind: 'base', name: 'unsigned long', size: 8, encoding: 'unsigned' } }),
    variable('count', 0x198, { of: INT }),
    variable('node::made', 0x1a0, { of: INT }),
    variable('unknown', 0x1a8, { of: null }),
  ],
  types: (name) => (name === 'node' ? [NODE] : []),
});

const memory = madeMemory([
  [0x100, 0x200],
  [0x110, 0],
  [0x118, 0xdead0000],
  [0x120, 0x300],
  [0x128, 0x200],
  ...[0x300, 0x30c, 0x320].map((value, i): [number, number] => [0x130 + 8 * i, value]),
  [0x150, 0x400],
  [0x158, 3],
  [0x170, 0x200],
  [0x178, 0x300],
  [0x180, 2],
  [0x190, 0x200],
  [0x198, 1],
  [0x208, 0x300],
  [0x210, 0x400],
  [0x308, 0],
  [0x310, 0],
]);

function found(text: string, options: ResolveOptions = {}): Resolved {
  return resolve(text, { modules: [program] }, { memory, ...options });
}

function errorOf(text: string, options: ResolveOptions = {}): HwbkptError {
  try {
    found(text, options);
  } catch (error) {
    if (error instanceof HwbkptError) return error;
    throw error;
  }
  throw new Error(`${text} was found`);
}

describe('what is meant', () => {
  test.each([
    ['head', 0x100, 8, 'head'],
    ['*head', 0x200, 24, '*head'],
    ['head->value', 0x200, 4, 'head->value'],
    ['head.value', 0x200, 4, 'head->value'],
    ['(*head).value', 0x200, 4, '(*head).value'],
    ['head->next->value', 0x300, 4, 'head->next->value'],
    ['*head->next', 0x300, 24, '*head->next'],
    ['*(head + 1)', 0x218, 24, '*(head + 1)'],
    ['(head + count)->value', 0x218, 4, '(head + count)->value'],
    ['*(head + 3 - count)', 0x230, 24, '*((head + 3) - count)'],
    ['*(&grid[2] - 1)', 0x510, 16, '*(&grid[2] - 1)'],
    ['*(grid[1] + 2)', 0x518, 4, '*(grid[1] + 2)'],
    ['grid[count][count + 1]', 0x518, 4, 'grid[1][2]'],
    ['numbers[count]', 0x304, 4, 'numbers[1]'],
    ['buffer[head->next->value]', 0x400, 1, 'buffer[0]'],
    ['*(struct node *)(handle + 24)', 0x218, 24, '*(struct node *)(handle + 24)'],
    ['head[1].value', 0x218, 4, 'head[1].value'],
    ['head[-1]', 0x1e8, 24, 'head[-1]'],
    ['*&node', 0x200, 24, '*&node'],
    ['(&node)->value', 0x200, 4, '(&node)->value'],
    ['ref', 0x200, 24, 'ref'],
    ['ref.next', 0x208, 8, 'ref.next'],
    ['(*&ref).value', 0x200, 4, '(*&ref).value'],
    ['*(node *)raw', 0x300, 24, '*(node *)raw'],
    ['((struct node *)raw)->next', 0x308, 8, '((struct node *)raw)->next'],
    ['((struct node *)0x200)->value', 0x200, 4, '((struct node *)0x200)->value'],
    ['((struct node *)handle)->value', 0x200, 4, '((struct node *)handle)->value'],
    ['*(unsigned short *)&node', 0x200, 2, '*(unsigned short *)&node'],
    ['((node *)buffer)[1]', 0x418, 24, '((node *)buffer)[1]'],
    ['(unsigned int)count', 0x198, 4, '(unsigned int)count'],
    ['(node)unknown', 0x1a8, 24, '(node)unknown'],
    ['numbers[2]', 0x308, 4, 'numbers[2]'],
    ['numbers[0..1]', 0x300, 8, 'numbers[0..1]'],
    ['text[1]', 0x401, 1, 'text[1]'],
    ['owner->value', 0x200, 4, 'owner->value'],
    ['*owner', 0x200, 24, '*owner'],
    ['slice[1]', 0x304, 4, 'slice[1]'],
    ['buffer[3..7]', 0x403, 5, 'buffer[3..7]'],
    ['grid[1]', 0x510, 16, 'grid[1]'],
    ['grid[1..2]', 0x510, 32, 'grid[1..2]'],
    ['**grid', 0x500, 4, '**grid'],
    ['node.made', 0x1a0, 4, 'node::made'],
    ['head->next:4', 0x208, 4, 'head->next:4'],
  ] as const)('%s', (text, address, size, display) => {
    expect(found(text)).toMatchObject({ address: BigInt(address), size, display });
  });

  test('what is said can be typed again and means the same', () => {
    for (const text of ['*head->next', '(*head).value', '((struct node *)raw)->next', '*&node', 'numbers[0..1]', '(&node)->value']) {
      const { address, size, display, followed } = found(text);
      expect(found(display)).toMatchObject({ address, size, display, followed });
    }
  });

  test('a bit-field behind a pointer keeps its bits', () => {
    expect(found('head->flag')).toMatchObject({ address: 0x204n, size: 1, bits: { offset: 3, width: 2 } });
  });

  test('several elements are an array', () => {
    expect(found('head[1..2]').type).toMatchObject({ kind: 'array', count: 2, size: 48 });
  });

  test('registers, where a thread stands still', () => {
    const registers = (name: string) => (name === 'rsp' ? 0x200n : null);
    expect(found('*(node *)$sp', { registers })).toMatchObject({ address: 0x200n, size: 24, display: '*(node *)$sp' });
    expect(found('((node *)$rsp)->next->value', { registers }).address).toBe(0x300n);
  });

  test('the pointers on the way are told, with what they held', () => {
    expect(found('head->next->value').followed).toEqual([
      { address: 0x100n, size: 8, target: 0x200n, display: 'head' },
      { address: 0x208n, size: 8, target: 0x300n, display: 'head->next' },
    ]);
    expect(found('numbers[1]').followed).toMatchObject([{ address: 0x130n, target: 0x300n }]);
    expect(found('node.next').followed).toEqual([]);
  });
});

describe('what leads nowhere is said, with its place', () => {
  test.each([
    ['null->value', 'null-pointer', 6, 'null is null'],
    ['head->next->next->value', 'null-pointer', 18, 'head->next->next is null'],
    ['lost->next->value', 'unreadable-pointer', 12, 'lost->next cannot be read: nothing is mapped at 0xdead0008'],
    ['lost->value', 'unreadable-pointer', 6, 'lost->value cannot be read: nothing is mapped at 0xdead0000'],
    ['*raw', 'untyped-pointer', 0, 'raw (void *) does not say what it points to'],
    ['raw[1]', 'untyped-pointer', 4, 'raw (void *)'],
    ['node->value', 'not-a-pointer', 6, 'node (struct node) is no pointer'],
    ['*count', 'not-a-pointer', 0, 'count (int) is no pointer'],
    ['head->valeu', 'no-such-member', 6, '*head (struct node) has no member valeu'],
    ['node.next.x', 'no-such-member', 10, 'has no member x'],
    ['numbers[3]', 'bad-index', 8, 'numbers has 3 elements'],
    ['slice[2]', 'bad-index', 6, 'slice has 2 elements'],
    ['grid[1..3]', 'bad-index', 5, 'grid has 3 elements'],
    ['grid[node.next]', 'bad-index', 5, 'node.next (pointer'],
    ['head + 1', 'not-a-place', 5, '(head + 1) is the address 0x218'],
    ['raw + 1', 'untyped-pointer', 4, 'raw (void *)'],
    ['node + 1', 'not-a-pointer', 5, 'node (struct node)'],
    ['buffer[-1]', 'bad-index', 7, 'is before the start'],
    ['node[1]', 'bad-index', 5, 'is no array'],
    ['&node', 'not-a-place', 0, '&node is the address 0x200'],
    ['(struct node *)0x200', 'not-a-place', 0, 'is the address 0x200'],
    ['&head->flag', 'not-a-place', 0, 'is a bit-field'],
    ['*0x200', 'no-type', 0, 'the type of 0x200 is not known'],
    ['0x200.value', 'no-type', 6, 'the type of 0x200 is not known'],
    ['(node)0x200', 'bad-cast', 0, '0x200 cannot be seen as node'],
    ['(char)count', 'bad-cast', 0, 'count cannot be seen as char'],
    ['(struct nodd *)raw', 'unknown-type', 0, 'there is no type struct nodd'],
    ['(enum node *)raw', 'unknown-type', 0, 'there is no type enum node'],
    ['$rsp', 'no-register', 0, '$rsp has another value at every moment'],
    ['$rxp', 'no-register', 0, '$rxp is no register'],
    ['hed->value', 'unknown-symbol', 0, 'nothing called hed'],
    ['*hed', 'unknown-symbol', 1, 'nothing called hed'],
  ])('%s', (text, code, position, message) => {
    const error = errorOf(text);
    expect(error).toMatchObject({ code, position, expression: text });
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
    expect(error).toBeInstanceOf(PartError);
    expect((error as PartError).marked).toBe(`${text}\n${' '.repeat(position)}^`);
  });

  test('hints lead on', () => {
    expect(errorOf('node->value').hint).toBe('Write node.value.');
    expect(errorOf('&node').hint).toBe('What is there is written *&node.');
    expect(errorOf('head->valeu').hint).toBe('Did you mean value? It has value, flag, next, data.');
    expect(errorOf('*raw').hint).toContain('*(TYPE *)raw');
    expect(errorOf('(node)0x200').hint).toContain('*(node *)0x200');
  });

  test('what an index is read from counts as read on the way', () => {
    expect(found('grid[count][2]').followed).toEqual([{ address: 0x198n, size: 4, target: 1n, display: 'count' }]);
    expect(found('*(head + count)').followed.map(({ display }) => display)).toEqual(['count', 'head']);
  });

  test('without a process pointers lead nowhere', () => {
    expect(errorOf('head->value', { memory: null })).toMatchObject({ code: 'no-memory', position: 6 });
    expect(found('node.next', { memory: null }).address).toBe(0x208n);
  });
});
