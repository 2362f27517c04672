// Makes BTF sections for tests: types are added one after the other, and get the numbers from 1 on.

/** One record: the words after the first (the name), and what the kind adds. */
export interface MadeType {
  readonly name?: string;
  readonly kind: number;
  readonly count?: number;
  readonly flag?: boolean;
  readonly sizeOrType?: number;
  /** Numbers, and names that become string offsets. */
  readonly added?: readonly (number | string)[];
}

/** A BTF section with these types. `base`: strings and types before it, for split BTF. */
export function madeBtf(types: readonly MadeType[], { stringsBefore = 0 } = {}): Uint8Array {
  const strings = ['\0'];
  let end = 1;
  const known = new Map([['', 0]]);
  const offset = (name: string): number => {
    let at = known.get(name);
    if (at === undefined) {
      at = stringsBefore + end;
      known.set(name, at);
      strings.push(`${name}\0`);
      end += name.length + 1;
    }
    return at;
  };
  const words = types.flatMap(({ name = '', kind, count = 0, flag = false, sizeOrType = 0, added = [] }) => [
    offset(name),
    ((flag ? 0x8000_0000 : 0) | (kind << 24) | count) >>> 0,
    sizeOrType,
    ...added.map((word) => (typeof word === 'string' ? offset(word) : word >>> 0)),
  ]);
  const typeBytes = new Uint8Array(Uint32Array.from(words).buffer);
  const stringBytes = Buffer.from(strings.join(''), 'latin1');
  const header = Uint32Array.from([0x0001_eb9f, 24, 0, typeBytes.length, typeBytes.length, stringBytes.length]);
  return new Uint8Array(Buffer.concat([Buffer.from(header.buffer), typeBytes, stringBytes]));
}

/** Every kind once or more, in circles where C allows them; names of types by number in the comments. */
export const ALL_KINDS: readonly MadeType[] = [
  /* 1 */ { kind: 1, name: 'int', sizeOrType: 4, added: [(1 << 24) | 32] },
  /* 2 */ { kind: 1, name: 'long unsigned int', sizeOrType: 8, added: [64] },
  /* 3 */ { kind: 1, name: 'char', sizeOrType: 1, added: [8] },
  /* 4 */ { kind: 1, name: '_Bool', sizeOrType: 1, added: [(4 << 24) | 8] },
  /* 5 */ { kind: 16, name: 'double', sizeOrType: 8 },
  /* 6 struct node { int value; struct node *next; struct { int x; } (anonymous); unsigned a : 3, b : 5; enum color c; } */
  {
    ...{ kind: 4, name: 'node', count: 6, flag: true, sizeOrType: 32 },
    added: [
      ...['value', 1, 0],
      ...['next', 7, 64],
      ...['', 8, 128],
      ...['a', 1, (3 << 24) | 160],
      ...['b', 1, (5 << 24) | 163],
      ...['c', 9, 192],
    ],
  },
  /* 7 */ { kind: 2, sizeOrType: 6 },
  /* 8 */ { kind: 4, count: 1, sizeOrType: 4, added: ['x', 1, 0] },
  /* 9 */ { kind: 6, name: 'color', count: 2, flag: true, sizeOrType: 4, added: ['RED', 0, 'NONE', -1] },
  /* 10 */ { kind: 19, name: 'big', count: 1, sizeOrType: 8, added: ['HUGE', 0, 1] },
  /* 11 int [3] */ { kind: 3, added: [1, 2, 3] },
  /* 12 int [2][3] */ { kind: 3, added: [11, 2, 2] },
  /* 13 */ { kind: 8, name: 'node_t', sizeOrType: 6 },
  /* 14 */ { kind: 10, sizeOrType: 13 },
  /* 15 */ { kind: 9, sizeOrType: 1 },
  /* 16 */ { kind: 11, sizeOrType: 7 },
  /* 17 union both { int i; double d; } */ { kind: 5, name: 'both', count: 2, sizeOrType: 8, added: ['i', 1, 0, 'd', 5, 0] },
  /* 18 */ { kind: 7, name: 'opaque' },
  /* 19 int (struct node *, ...) */ { kind: 13, count: 2, sizeOrType: 1, added: ['self', 7, 0, 0] },
  /* 20 */ { kind: 2, sizeOrType: 19 },
  /* 21 */ { kind: 12, name: 'visit', count: 1, sizeOrType: 19 },
  /* 22 */ { kind: 14, name: 'head', sizeOrType: 6, added: [1] },
  /* 23 */ { kind: 15, name: '.data..percpu', count: 1, added: [22, 0x40, 32] },
  /* 24 */ { kind: 18, name: 'percpu', sizeOrType: 6 },
  /* 25 */ { kind: 17, name: 'tag', sizeOrType: 6, added: [0xffff_ffff] },
  /* 26 */ { kind: 2, sizeOrType: 14 },
  /* 27 */ { kind: 2, sizeOrType: 12 },
  /* 28 unsigned : 3, as old compilers wrote it */ { kind: 1, name: 'int', sizeOrType: 4, added: [(2 << 16) | 3] },
  /* 29 */ { kind: 4, name: 'old', count: 1, sizeOrType: 4, added: ['bits', 28, 8] },
  /* 30: a name of its own in the split section's base */ { kind: 8, name: 'opaque_t', sizeOrType: 18 },
];
