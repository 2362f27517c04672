// What containers hold, by layouts as debug information has them, in made-up memory; what is broken holds nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INT, madeMemory, pointer, struct } from '../../test/expressions/made-scope.js';
import type { Type } from '../symbols/types.js';
import { type Contents, contentsOf } from './contents.js';

const LONG: Type = { kind: 'base', name: 'unsigned long', size: 8, encoding: 'unsigned' };
const BOOL: Type = { kind: 'base', name: 'bool', size: 1, encoding: 'bool' };

/** A class that is made from types. */
function template(type: Type, ...parameters: readonly Type[]): Type {
  return type.kind === 'struct' ? { ...type, parameters: () => parameters } : type;
}

const PAIR = struct('std::pair<const int, unsigned long>', 16, [
  ['first', 0, INT],
  ['second', 8, LONG],
]);
const HEADER = struct('header', 32, [['_M_parent', 8, LONG]]);
const tree = (key: Type, value: Type): Type =>
  template(
    struct('tree', 48, [
      [
        '_M_impl',
        0,
        struct('impl', 48, [
          ['_M_header', 8, HEADER],
          ['_M_node_count', 40, LONG],
        ]),
      ],
    ]),
    key,
    value,
  );
const MAP = struct('std::map<int, unsigned long>', 48, [['_M_t', 0, tree(INT, PAIR)]]);
const SET = struct('std::set<int>', 48, [['_M_t', 0, tree(INT, INT)]]);
const LIST = template(
  struct('std::list<int>', 24, [
    [
      '_M_impl',
      0,
      struct('impl', 24, [
        [
          '_M_node',
          0,
          struct('node', 24, [
            ['_M_next', 0, LONG],
            ['_M_size', 16, LONG],
          ]),
        ],
      ]),
    ],
  ]),
  INT,
);
const SLICE = struct('&[i32]', 16, [
  ['data_ptr', 0, pointer(INT)],
  ['length', 8, LONG],
]);
const PLAIN = struct('words', 16, [
  ['str', 0, pointer(INT)],
  ['len', 8, LONG],
]);
const OPTIONAL = struct('std::optional<int>', 8, [
  [
    '_M_payload',
    0,
    struct('payload', 8, [
      ['_M_payload', 0, struct('storage', 4, [['_M_value', 0, INT]])],
      ['_M_engaged', 4, BOOL],
    ]),
  ],
]);
const UNIQUE = struct('std::unique_ptr<int>', 8, [
  ['_M_t', 0, struct('a', 8, [['_M_t', 0, struct('b', 8, [['_M_head_impl', 0, pointer(INT)]])]])],
]);

/** A tree of three: 0x200 in the middle, 0x300 before it, 0x400 behind it; the map's header has its root and its size. */
const TREE: [number, number][] = [
  [0x110, 0x200],
  [0x128, 3],
  ...[0x200, 0x300, 0x400].flatMap((node, i): [number, number][] => [
    [node + 16, i === 0 ? 0x300 : 0],
    [node + 24, i === 0 ? 0x400 : 0],
    [node + 32, [20, 10, 30][i] ?? 0],
    [node + 40, i],
  ]),
];

function held(type: Type, words: [number, number][], address = 0x100n): Contents | null {
  return contentsOf({ address, type }, madeMemory(words));
}

function entries(contents: Contents | null): readonly (readonly [unknown, number])[] | null {
  return contents?.kind === 'entries' ? [...contents.entries].map(({ key, address }) => [key, Number(address)]) : null;
}

describe('what is held', () => {
  test('by maps is in the order of their keys, by sets the elements themselves', () => {
    expect(entries(held(MAP, TREE))).toEqual([
      [10, 0x328],
      [20, 0x228],
      [30, 0x428],
    ]);
    expect(entries(held(SET, TREE))).toEqual([
      [null, 0x320],
      [null, 0x220],
      [null, 0x420],
    ]);
  });

  test('by lists goes round to the start', () => {
    const words: [number, number][] = [
      [0x100, 0x200],
      [0x110, 2],
      [0x200, 0x300],
      [0x300, 0x100],
    ];
    expect(entries(held(LIST, words))).toEqual([
      [null, 0x210],
      [null, 0x310],
    ]);
  });

  test('by slices lies in a row; a struct of the program with the same members is a struct', () => {
    const words: [number, number][] = [
      [0x100, 0x500],
      [0x108, 7],
    ];
    expect(held(SLICE, words)).toEqual({ kind: 'row', start: 0x500n, count: 7, element: INT });
    expect(held(PLAIN, words)).toBeNull();
    expect(held(INT, words)).toBeNull();
  });

  test('by optionals and smart pointers is one thing, or nothing', () => {
    expect(held(OPTIONAL, [[0x100, 0x1_0000_0005]])).toEqual({
      kind: 'owned',
      value: expect.objectContaining({ address: 0x100n, type: INT }),
    });
    expect(held(OPTIONAL, [[0x100, 5]])).toEqual({ kind: 'owned', value: null });
    expect(held(UNIQUE, [[0x100, 0x900]])).toEqual({ kind: 'owned', value: expect.objectContaining({ address: 0x900n }) });
    expect(held(UNIQUE, [[0x100, 0]])).toEqual({ kind: 'owned', value: null });
  });
});

describe('what is broken', () => {
  test('cannot be read, or says too much: nothing is held', () => {
    expect(held(MAP, [], 0x1000n)).toBeNull();
    expect(
      held(SLICE, [
        [0x100, 0x500],
        [0x108, 2 ** 50],
      ]),
    ).toBeNull();
  });

  test('ends, whatever the words are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(MAP, SET, LIST, SLICE, OPTIONAL, UNIQUE),
        fc.array(fc.integer({ min: 0, max: 64 }), { minLength: 64, maxLength: 64 }),
        (type, words) => {
          const contents = held(
            type,
            words.map((word, i) => [8 * i, 8 * word]),
            0n,
          );
          if (contents?.kind !== 'entries') return;
          let count = 0;
          for (const { address } of contents.entries) {
            expect(address).toBeGreaterThan(0n);
            if (++count > 200) break;
          }
        },
      ),
      { seed: 20070222 },
    );
  });
});
