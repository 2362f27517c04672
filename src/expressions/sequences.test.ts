// Elements by position of made-up lists, sets and deques, in the layout of libstdc++; and what is said beyond their ends.
import { describe, expect, test } from 'vitest';
import { INT, madeMemory, madeModule, pointer, struct, variable } from '../../test/expressions/made-scope.js';
import { HwbkptError } from '../base/errors.js';
import type { Type } from '../symbols/types.js';
import { resolve } from './resolve.js';

const BASE = struct('base', 16, []);
const withArguments = (type: Type, ...parameters: readonly Type[]): Type =>
  type.kind === 'struct' ? { ...type, parameters: () => parameters } : type;
const BIG = struct('big', 600, [['number', 0, INT]]);

/** Elements of `type` in blocks: iterators at the start and the end of the deque. */
function dequeOf(type: Type): Type {
  const iterator = struct('iterator', 32, [
    ['_M_cur', 0, pointer(type)],
    ['_M_first', 8, pointer(type)],
    ['_M_last', 16, pointer(type)],
    ['_M_node', 24, pointer(pointer(type))],
  ]);
  const implementation = struct('impl', 80, [
    ['_M_start', 16, iterator],
    ['_M_finish', 48, iterator],
  ]);
  return struct('std::deque', 80, [['_M_impl', 0, implementation]]);
}

const LIST = withArguments(
  struct('std::list<int>', 24, [['_M_impl', 0, struct('impl', 24, [['_M_node', 0, struct('node', 24, [['_M_next', 0, pointer(BASE)]])]])]]),
  INT,
);
const TREE = withArguments(
  struct('tree', 48, [['_M_impl', 0, struct('impl', 48, [['_M_header', 8, struct('header', 32, [['_M_parent', 8, pointer(BASE)]])]])]]),
  INT,
  INT,
);
const SET = struct('std::set<int>', 48, [['_M_t', 0, TREE]]);

const modules = [
  madeModule({
    variables: [
      variable('list', 0x100, { of: LIST }),
      variable('set', 0x180, { of: SET }),
      variable('ring', 0x200, { of: dequeOf(INT) }),
      variable('large', 0x280, { of: dequeOf(BIG) }),
    ],
  }),
];
const memory = madeMemory([
  // A ring of two nodes, whose last leads back to the list itself.
  ...([
    [0x100, 0x400],
    [0x400, 0x420],
    [0x420, 0x100],
  ] as const),
  // A root with two children: left, itself, right.
  ...([
    [0x180 + 16, 0x500],
    [0x510, 0x540],
    [0x518, 0x580],
  ] as const),
  // 128 elements of 4 bytes in a block: from the 127th of one up to the second of the next but one.
  ...([0x1000 + 126 * 4, 0x1000, 0x1200, 0x600, 0x3008, 0x3000, 0x3200, 0x610] as const).map((value, i) => [0x210 + 8 * i, value] as const),
  ...([0x1000, 0x2000, 0x3000] as const).map((value, i) => [0x600 + 8 * i, value] as const),
  // One element in a block, because it is larger than that.
  ...([0x1000, 0x1000, 0x1258, 0x700, 0x3000, 0x3000, 0x3258, 0x710] as const).map((value, i) => [0x290 + 8 * i, value] as const),
  ...([0x1000, 0x2000, 0x3000] as const).map((value, i) => [0x700 + 8 * i, value] as const),
]);

function errorOf(text: string): HwbkptError {
  try {
    resolve(text, { modules }, { memory });
  } catch (error) {
    if (error instanceof HwbkptError) return error;
    throw error;
  }
  throw new Error(`${text} was found`);
}

describe('by position', () => {
  test.each([
    ['list[0]', 0x410n],
    ['list[1]', 0x430n],
    ['set[0]', 0x560n],
    ['set[1]', 0x520n],
    ['set[2]', 0x5a0n],
    ['ring[0]', 0x11f8n],
    ['ring[1]', 0x11fcn],
    ['ring[2]', 0x2000n],
    ['ring[129]', 0x21fcn],
    ['ring[131]', 0x3004n],
    ['large[1].number', 0x2000n],
  ])('%s', (text, address) => {
    expect(resolve(text, { modules }, { memory })).toMatchObject({ address, size: 4, type: INT, display: text });
  });

  test.each([
    ['list[2]', 'list has 2 elements'],
    ['list[-1]', 'list has 2 elements'],
    ['set[3]', 'set has 3 elements'],
    ['ring[132]', 'ring has 132 elements'],
    ['ring[-1]', 'ring has 132 elements'],
    ['large[2]', 'large has 2 elements'],
  ])('%s is not there', (text, words) => {
    const error = errorOf(text);
    expect(error.code).toBe('bad-index');
    expect(error.message).toContain(words);
  });
});
