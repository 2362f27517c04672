import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALL_KINDS, madeBtf } from '../../../test/kernel/btf-maker.js';
import type { Type } from '../types.js';
import { Btf } from './btf.js';
import { BtfError } from './error.js';

const made = madeBtf(ALL_KINDS);
const btf = new Btf(made);

function named(name: string): Type {
  const type = btf.typeNamed(name);
  if (type === null) throw new Error(`no ${name}`);
  return type;
}

function membersOf(type: Type | null) {
  return type?.kind === 'struct' || type?.kind === 'union' ? type.members : [];
}

describe('types', () => {
  test('of every kind have the names that C gives them', () => {
    const names = Array.from({ length: btf.count }, (_, i) => btf.type(i + 1).name);
    expect(names).toEqual([
      ...['int', 'long unsigned int', 'char', '_Bool', 'double', 'struct node', 'struct node *', '', 'enum color', 'enum big'],
      ...['int [3]', 'int [2][3]', 'node_t', 'const node_t', 'volatile int', 'struct node * restrict', 'union both', 'struct opaque'],
      ...['int (struct node *, ...)', 'int (*)(struct node *, ...)', 'int (struct node *, ...)', 'head', '.data..percpu', 'struct node'],
      ...['tag', 'const node_t *', 'int (*)[2][3]', 'int', 'struct old', 'opaque_t'],
    ]);
  });

  test('have sizes, through names, qualifiers and arrays', () => {
    const sizes = ['int', 'node_t', 'union both', 'struct opaque', 'enum big'].map((name) => named(name).size);
    expect(sizes).toEqual([4, 32, 8, 0, 8]);
    expect([11, 12, 14, 20, 24].map((id) => btf.type(id).size)).toEqual([12, 24, 32, 8, 32]);
  });

  test('of numbers say how they are read', () => {
    expect([1, 2, 3, 4, 5].map((id) => btf.type(id))).toMatchObject([
      { encoding: 'signed' },
      { encoding: 'unsigned' },
      { encoding: 'character', signed: false },
      { encoding: 'bool' },
      { encoding: 'float' },
    ]);
  });

  test('of structs have members, with bit-fields and without names', () => {
    const members = membersOf(named('struct node')).map(({ name, offset, bits, type }) => [name, offset, bits, type().name]);
    expect(members).toEqual([
      ['value', 0, undefined, 'int'],
      ['next', 8, undefined, 'struct node *'],
      ['', 16, undefined, ''],
      ['a', 20, { offset: 160, width: 3 }, 'int'],
      ['b', 20, { offset: 163, width: 5 }, 'int'],
      ['c', 24, undefined, 'enum color'],
    ]);
  });

  test('of structs without the flag have bit-fields by their integers', () => {
    expect(membersOf(named('struct old'))).toMatchObject([{ name: 'bits', bits: { offset: 10, width: 3 } }]);
  });

  test('lead back to themselves', () => {
    const [, next] = membersOf(named('struct node'));
    const pointer = next?.type();
    expect(pointer?.kind === 'pointer' && pointer.target()).toBe(named('struct node'));
  });

  test('of enumerations have names for values, negative and large ones too', () => {
    expect(named('enum color')).toMatchObject({
      signed: true,
      members: new Map([
        [0n, 'RED'],
        [-1n, 'NONE'],
      ]),
    });
    expect(named('enum big')).toMatchObject({ signed: false, members: new Map([[1n << 32n, 'HUGE']]) });
  });

  test('are found by the word and name of C only', () => {
    expect(named('  struct   node ').name).toBe('struct node');
    expect(named('struct node *')).toMatchObject({ kind: 'pointer', name: 'struct node *', size: 8 });
    expect(['node', 'union node', 'struct node_t', 'struct', 'visit', 'head', 'nodes', ''].map((name) => btf.typeNamed(name))).toEqual(
      new Array<null>(8).fill(null),
    );
  });
});

describe('variables', () => {
  test('have their place in their section', () => {
    expect(btf.variables('head')).toMatchObject([{ name: 'head', section: '.data..percpu', offset: 0x40, size: 32 }]);
    expect(btf.variables('head')[0]?.type()).toBe(named('struct node'));
    expect([...btf.variableNames()]).toEqual(['head']);
    expect(btf.variables('tail')).toEqual([]);
  });
});

describe("a kernel module's section", () => {
  const base = new Btf(madeBtf(ALL_KINDS));
  const stringsBefore = new DataView(made.buffer, made.byteOffset).getUint32(20, true);
  const first = ALL_KINDS.length + 1;
  const split = new Btf(
    madeBtf(
      [
        { kind: 4, name: 'mine', count: 1, sizeOrType: 32, added: ['node', 6, 0] },
        { kind: 14, name: 'own', sizeOrType: first, added: [1] },
        { kind: 15, name: '.data..percpu', count: 1, added: [first + 1, 8, 32] },
      ],
      { stringsBefore },
    ),
    base,
  );

  test("goes on with its base's numbers and strings", () => {
    expect(split.count).toBe(first + 2);
    expect(split.typeNamed('struct mine')).toBe(split.type(first));
    expect(membersOf(split.type(first))[0]?.type().name).toBe('struct node');
    expect(split.typeNamed('enum color')?.name).toBe('enum color');
    expect([...split.variableNames()]).toEqual(['own', 'head']);
    expect([split.variables('own').length, split.variables('head').length]).toEqual([1, 1]);
  });
});

/** Asks for everything that there is; depth bounds what circles allow. */
function exercise(section: Btf): void {
  for (let id = 0; id <= section.count + 1; id++) look(section.type(id), 3);
  for (const name of section.variableNames()) for (const variable of section.variables(name)) look(variable.type(), 1);
  for (const name of ['struct node', 'head', 'node_t *', '']) section.typeNamed(name);
}

function look(type: Type | null, depth: number): void {
  if (type === null) return;
  if (!Number.isSafeInteger(type.size) || type.size < 0) throw new Error(`a size of ${type.size}`);
  if (depth === 0) return;
  switch (type.kind) {
    case 'struct':
    case 'union':
      for (const member of type.members.slice(0, 100)) look(member.type(), depth - 1);
      return;
    case 'pointer':
    case 'alias':
      look(type.target(), depth - 1);
      return;
    case 'array':
      look(type.element(), depth - 1);
      return;
    default:
      return;
  }
}

describe('damage', () => {
  test.each([
    ['nothing', new Uint8Array(0), 'too short'],
    ['another file', new Uint8Array(100), 'magic'],
    ['half of it', made.subarray(0, made.length / 2), 'reach beyond'],
    ['a kind that nobody knows', madeBtf([{ kind: 20 }]), 'not known (20)'],
    ['a last type without its members', madeBtf([{ kind: 4, count: 9, added: [0, 0, 0] }]), 'cut short'],
  ])('is told when opened: %s', (_, bytes, words) => {
    expect(() => new Btf(bytes)).toThrow(BtfError);
    expect(() => new Btf(bytes)).toThrow(words);
  });

  test('in circles ends somewhere', () => {
    const circles = new Btf(
      madeBtf([
        { kind: 8, name: 'a', sizeOrType: 2 },
        { kind: 10, sizeOrType: 1 },
        { kind: 3, added: [3, 3, 0xffff_ffff] },
        { kind: 13, count: 1, sizeOrType: 4, added: ['f', 4] },
      ]),
    );
    exercise(circles);
    expect([1, 2, 3, 4].map((id) => circles.type(id).size)).toEqual([0, 0, 0, 0]);
    expect(circles.type(4).name.length).toBeLessThan(10_000);
  });

  test('anywhere gives BtfError when opened, or types that can be looked at', () => {
    const damage = fc.array(fc.tuple(fc.nat(made.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 });
    const opened = { ok: 0, refused: 0 };
    fc.assert(
      fc.property(damage, fc.nat(made.length), (changes, length) => {
        const bytes = made.slice(0, length % 4 === 0 ? length : made.length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          exercise(new Btf(bytes));
          opened.ok++;
        } catch (error) {
          if (!(error instanceof BtfError)) throw error;
          opened.refused++;
        }
      }),
      { seed: 20070222, numRuns: 2000 },
    );
    expect(opened.ok).toBeGreaterThan(100);
    expect(opened.refused).toBeGreaterThan(100);
  });
});
