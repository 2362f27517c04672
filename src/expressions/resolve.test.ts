// What is watched of what a name means: members, elements and sizes.
import { describe, expect, test } from 'vitest';
import { array, INT, madeLibrary, madeModule, struct, symbol, variable } from '../../test/expressions/made-scope.js';
import { errorOf } from '../../test/expressions/resolved.js';
import type { Type } from '../symbols/types.js';
import { type ResolveOptions, resolve } from './resolve.js';

const PLAYER = struct('player', 16, [
  ['hp', 0, INT],
  ['position', 4, array(INT, 3)],
]);
const STATE = struct('state', 72, [
  ['level', 0, INT],
  ['players', 8, array(PLAYER, 4)],
]);

describe('members and elements', () => {
  const program = madeModule({ variables: [variable('state', 0x1000, { of: STATE })], bias: 0x100_0000n });

  test.each([
    ['state', 0x1001000n, 72],
    ['state.level', 0x1001000n, 4],
    ['state.players', 0x1001008n, 64],
    ['state.players[2]', 0x1001028n, 16],
    ['state.players[2].hp', 0x1001028n, 4],
    ['state.players[3].position[1]', 0x1001040n, 4],
  ])('%s', (text, address, size) => {
    expect(resolve(text, { modules: [program] })).toMatchObject({ kind: 'variable', address, size, bits: null, display: text });
  });

  test("a typed length hides the type, unless it is the type's own", () => {
    expect(resolve('state.players[2]:8', { modules: [program] })).toMatchObject({ size: 8, type: null, display: 'state.players[2]:8' });
    expect(resolve('state.level:4', { modules: [program] })).toMatchObject({ size: 4, type: INT });
  });

  test('anonymous members, base classes, typedefs, bit-fields, tuples, arrays without a count', () => {
    const inner: Type = { kind: 'union', name: '', size: 8, members: [{ name: 'both', offset: 4, type: () => INT }] };
    const alias = (of: Type): Type => ({ kind: 'alias', name: 't', size: of.size, target: () => of });
    const bits = { name: 'flag', offset: 16, bits: { offset: 8 * 17 + 3, width: 7 }, type: () => INT };
    const derived: Type = {
      kind: 'struct',
      name: 'derived',
      size: 32,
      members: [
        { name: '', offset: 8, type: () => inner },
        { name: 'player', offset: 24, base: true, type: () => alias(PLAYER) },
        { name: '__0', offset: 20, type: () => INT },
        { name: 'tail', offset: 28, type: () => array(INT, null) },
        bits,
      ],
    };
    const modules = [madeModule({ variables: [variable('d', 0, { of: alias(derived) })] })];
    expect(resolve('d.both', { modules }).address).toBe(12n);
    expect(resolve('d.player.hp', { modules }).address).toBe(24n);
    expect(resolve('d.position[1]', { modules }).address, 'of the base class').toBe(32n);
    expect(resolve('d.0', { modules }).address).toBe(20n);
    expect(resolve('d.tail[7]', { modules }).address).toBe(56n);
    expect(resolve('d.flag', { modules })).toMatchObject({ address: 17n, size: 2, bits: { offset: 3, width: 7 } });
  });

  test('names with dots: Go and gcc', () => {
    const modules = [
      madeModule({
        symbols: [symbol('main', 1, { kind: 'function' }), symbol('main.counter', 2), symbol('calls.0', 3), symbol('a.b.c', 4)],
      }),
    ];
    expect(resolve('main.counter', { modules }).address).toBe(2n);
    expect(resolve('calls.0', { modules }).address).toBe(3n);
    expect(resolve('a.b.c', { modules }).address).toBe(4n);
  });

  test('what goes wrong on the way', () => {
    const pointer: Type = { kind: 'pointer', name: 'struct player *', size: 8, target: () => PLAYER };
    const reference: Type = { kind: 'alias', name: 'player &', size: 8, reference: true, target: () => PLAYER };
    const modules = [
      program,
      madeLibrary('lib.so', { symbols: [symbol('blob', 1)] }),
      madeLibrary('p.so', {
        symbols: [symbol('p', 8), symbol('r', 16)],
        variables: [variable('p', 8, { of: pointer }), variable('r', 16, { of: reference })],
      }),
    ];
    const missing = errorOf('state.players[0].hq', modules);
    expect(missing).toMatchObject({ code: 'no-such-member', members: ['hp', 'position'] });
    expect(missing.message).toBe('state.players[0] (struct player) has no member hq');
    expect(missing.hint).toBe('Did you mean hp? It has hp, position.');
    expect(errorOf('state.level.x', modules)).toMatchObject({ code: 'no-such-member', hint: 'It has no members at all.' });
    expect(errorOf('state.players[4]', modules)).toMatchObject({ code: 'bad-index', hint: 'The last is state.players[3].' });
    expect(errorOf('state[0]', modules)).toMatchObject({ code: 'bad-index', message: 'state (struct state) is no array' });
    expect(errorOf('blob.x', modules)).toMatchObject({ code: 'no-type' });
    expect(errorOf('p.hp', modules)).toMatchObject({ code: 'no-memory', hint: 'Give one: --pid PID.' });
    expect(errorOf('p[1]', modules)).toMatchObject({ code: 'no-memory' });
    expect(errorOf('r.hp', modules)).toMatchObject({ code: 'no-memory' });
    expect(resolve('p', { modules }).size).toBe(8);
  });
});

describe('sizes', () => {
  test('of the type, else of the symbol, else typed', () => {
    const empty: Type = { kind: 'struct', name: 'opaque', size: 0, members: [] };
    const modules = [
      madeModule({
        variables: [variable('typed', 1), variable('opaque', 2, { of: empty }), variable('nothing', 3, { of: null })],
        symbols: [symbol('typed', 1, { size: 99 }), symbol('opaque', 2, { size: 24 }), symbol('label', 4, { size: 0, kind: 'untyped' })],
      }),
    ];
    expect(resolve('typed', { modules }).size).toBe(4);
    expect(resolve('opaque', { modules }).size).toBe(24);
    expect(resolve('label:8', { modules })).toMatchObject({ size: 8, display: 'label:8' });
    for (const name of ['nothing', 'label']) {
      expect(errorOf(name, modules)).toMatchObject({ code: 'unknown-size', hint: `Write how many bytes: ${name}:LENGTH.` });
    }
  });

  test('of addresses', () => {
    const size = (text: string, options: ResolveOptions = {}) => resolve(text, { modules: [] }, options).size;
    expect(['0x10', '0x14', '0x12', '0x11', '0x10:3'].map((text) => size(text))).toEqual([8, 4, 2, 1, 3]);
    expect(size('0x11', { addressSize: 4 })).toBe(4);
    expect(size('0x11:2', { addressSize: 4 })).toBe(2);
    expect(resolve('0x401000', { modules: [] }, { want: 'code' })).toMatchObject({ kind: 'address', size: 1, address: 0x401000n });
  });
});
