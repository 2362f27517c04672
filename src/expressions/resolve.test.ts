// What names mean, by made-up modules: precedence, ambiguity, types, and every error.
import { describe, expect, test } from 'vitest';
import { array, INT, madeLibrary, madeModule, struct, symbol, variable } from '../../test/expressions/made-scope.js';
import { HwbkptError } from '../base/errors.js';
import type { Type } from '../symbols/types.js';
import { type ResolveOptions, resolve } from './resolve.js';
import type { ScopeModule } from './scope.js';

function found(text: string, ...modules: readonly ScopeModule[]): string {
  const { display, address } = resolve(text, { modules });
  return `${display} at 0x${address.toString(16)}`;
}

function errorOf(text: string, modules: readonly ScopeModule[], options: ResolveOptions = {}): HwbkptError {
  try {
    resolve(text, { modules }, options);
  } catch (error) {
    if (error instanceof HwbkptError) return error;
    throw error;
  }
  throw new Error(`${text} was found`);
}

const PLAYER = struct('player', 16, [
  ['hp', 0, INT],
  ['position', 4, array(INT, 3)],
]);
const STATE = struct('state', 72, [
  ['level', 0, INT],
  ['players', 8, array(PLAYER, 4)],
]);

describe('whose variable', () => {
  test('the program before its libraries, even where the library shares it', () => {
    const library = madeLibrary('libfoo.so', { symbols: [symbol('state', 0x10)] });
    expect(found('state', madeModule({ variables: [variable('state', 0x4000)] }), library)).toBe('state at 0x4000');
    expect(found('state', madeModule({ variables: [variable('state', 0x4000, { external: false })] }), library)).toBe(
      'main.c::state at 0x4000',
    );
    expect(found('state', madeModule({}), library)).toBe('libfoo.so!state at 0x7f0000000010');
  });

  test('of libraries loaded with the program the first', () => {
    const [a, b] = ['liba.so', 'libb.so'].map((name, i) => madeLibrary(name, { symbols: [symbol('shared', 0x10 + i)] }));
    if (a === undefined || b === undefined) throw new Error('no libraries');
    expect(found('shared', madeModule({}), a, b)).toBe('liba.so!shared at 0x7f0000000010');
    expect(found('libb.so!shared', madeModule({}), a, b)).toBe('libb.so!shared at 0x7f0000000011');
  });

  test('of libraries loaded later nobody can say', () => {
    const plugin = (name: string, at: number) => madeLibrary(name, { linkScope: 'later', symbols: [symbol('state', at)] });
    const error = errorOf('state', [madeModule({}), plugin('a.so', 1), plugin('b.so', 2)]);
    expect(error).toMatchObject({ code: 'ambiguous-symbol', candidates: ['a.so!state', 'b.so!state'] });
  });

  test('what a library shares before what one keeps to itself', () => {
    const hidden = madeLibrary('liba.so', { symbols: [symbol('state', 1, { binding: 'local', file: 'a.c' })] });
    const shared = madeLibrary('libb.so', { linkScope: 'later', symbols: [symbol('state', 2)] });
    expect(found('state', madeModule({}), hidden, shared)).toBe('libb.so!state at 0x7f0000000002');
    expect(found('state', madeModule({}), hidden)).toBe('liba.so!a.c::state at 0x7f0000000001');
  });

  test("a library's variable that the program copied is the program's", () => {
    const program = madeModule({
      copies: new Set(['_environ']),
      symbols: [symbol('_environ', 0x4040, { size: 8 }), symbol('environ', 0x4040)],
    });
    const libc = madeLibrary('libc.so.6', { symbols: [symbol('environ', 0x10, { size: 8 }), symbol('_environ', 0x10, { size: 8 })] });
    expect(found('libc.so.6!environ', program, libc)).toBe('environ at 0x4040');
    expect(resolve('libc!environ', { modules: [program, libc] })).toMatchObject({ module: 'prog', size: 8 });
  });

  test('modules by base name, soname, without version or ending, or by path', () => {
    const library = madeLibrary('libfoo.so.1.2', { soname: 'libfoo.so.1', path: '/opt/x/libfoo.so.1.2', symbols: [symbol('x', 1)] });
    for (const name of ['libfoo.so.1.2', 'libfoo.so.1', 'libfoo.so', 'libfoo', 'x/libfoo.so.1.2', "'/opt/x/libfoo.so.1.2'"]) {
      expect(found(`${name}!x`, madeModule({}), library), name).toBe('libfoo.so.1.2!x at 0x7f0000000001');
    }
    const error = errorOf('libbar.so!x', [madeModule({}), library]);
    expect(error).toMatchObject({ code: 'unknown-module', loaded: ['prog', 'libfoo.so.1.2'] });
    expect(error.hint).toBe('Loaded are prog, libfoo.so.1.2.');
  });

  test('the default version of a symbol', () => {
    const versions = [symbol('lock', 1, { version: 'V1' }), symbol('lock', 2, { version: 'V2', defaultVersion: true })];
    expect(found('lock', madeModule({ symbols: versions }))).toBe('lock at 0x2');
  });
});

describe('several of one name', () => {
  const statics = madeModule({
    variables: [
      variable('count', 0x10, { external: false, file: '/src/a/util.c' }),
      variable('count', 0x20, { external: false, file: '/src/b/util.c' }),
      variable('count', 0x30, { external: false, file: '/src/main.c' }),
      variable('count', 0x40, { external: false, file: '/src/main.c', function: 'tick' }),
    ],
  });

  test('are listed as they can be typed, and found that way', () => {
    const error = errorOf('util.c::count', [statics]);
    expect(error).toMatchObject({ code: 'ambiguous-symbol', candidates: ['a/util.c::count', 'b/util.c::count'] });
    expect(error.hint).toBe('Write which: a/util.c::count, b/util.c::count.');
    expect(found('a/util.c::count', statics)).toBe('util.c::count at 0x10');
    expect(found('main.c::count', statics)).toBe('main.c::count at 0x30');
    expect(found('tick::count', statics)).toBe('main.c::tick::count at 0x40');
    expect(found('main.c::tick::count', statics)).toBe('main.c::tick::count at 0x40');
    expect(errorOf('ick::count', [statics]).code).toBe('unknown-symbol');
  });

  test('a global one before static ones, one with an address before one without', () => {
    const program = madeModule({
      variables: [
        variable('a', 1, { external: false }),
        variable('a', 2, {}),
        variable('b', null, { external: false, absence: 'constant', file: 'x.c' }),
        variable('b', 3, { external: false, file: 'y.c' }),
      ],
    });
    expect(found('a', program)).toBe('a at 0x2');
    expect(found('b', program)).toBe('y.c::b at 0x3');
  });

  test('with all scopes before with some', () => {
    const program = madeModule({ variables: [variable('game::state', 1), variable('old::game::state', 2), variable('state', 3)] });
    expect(found('state', program)).toBe('state at 0x3');
    expect(found('game::state', program)).toBe('game::state at 0x1');
    expect(found('old::game::state', program)).toBe('old::game::state at 0x2');
  });

  test('by symbols alone: the source file of static ones', () => {
    const local = (file: string, at: number) => symbol('count', at, { binding: 'local', file });
    const program = madeModule({ symbols: [local('a.c', 1), local('b.c', 2)] });
    expect(errorOf('count', [program])).toMatchObject({ candidates: ['a.c::count', 'b.c::count'] });
    expect(found('b.c::count', program)).toBe('b.c::count at 0x2');
    expect(resolve('src/b.c::count', { modules: [program] })).toMatchObject({ type: null, size: 4, file: 'b.c' });
  });

  test('what cannot be told apart by name is listed by address', () => {
    const twice = madeModule({
      symbols: [symbol('x', 0x10, { binding: 'local', file: 'a.c' }), symbol('x', 0x20, { binding: 'local', file: 'a.c' })],
    });
    expect(errorOf('x', [twice])).toMatchObject({ candidates: ['0x10', '0x20'] });
  });
});

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

describe('functions', () => {
  const code = (name: string, at: number, more = {}) => symbol(name, at, { kind: 'function', size: 64, ...more });
  const modules = [
    madeModule({
      symbols: [code('main', 0x10), symbol('data', 0x20), symbol('both', 0x30), code('both', 0x40, { binding: 'local', file: 'b.c' })],
      mangled: [
        { symbol: code('_Z4tickif', 0x50), demangled: 'game::tick(int)' },
        { symbol: code('_Z4tickc', 0x60), demangled: 'game::tick(char)' },
        { symbol: code('_Z4tock', 0x70), demangled: 'game::tock()' },
      ],
    }),
    madeLibrary('libc.so.6', {
      symbols: [code('strlen', 1, { kind: 'indirect' }), code('__strlen_avx2', 2), code('write', 3)],
    }),
  ];
  const at = (text: string) => resolve(text, { modules }, { want: 'code' }).address;

  test('give their first instruction', () => {
    expect(resolve('main', { modules }, { want: 'code' })).toMatchObject({ kind: 'function', address: 0x10n, size: 1, type: null });
    expect(at('both')).toBe(0x40n);
    expect(resolve('both', { modules }).address, 'the variable, for data').toBe(0x30n);
    expect(at('game::tock')).toBe(0x70n);
    expect(at('game::tick(char)')).toBe(0x60n);
    expect(at('libc!write')).toBe(0x7f0000000003n);
  });

  test('that are overloaded are listed with their parameters', () => {
    expect(errorOf('tick', modules, { want: 'code' })).toMatchObject({ candidates: ['game::tick(int)', 'game::tick(char)'] });
  });

  test('and variables are told apart', () => {
    expect(errorOf('main', modules)).toMatchObject({ code: 'not-a-variable', hint: 'To see each call of it: --access x.' });
    expect(errorOf('main.x', modules).code).toBe('not-a-variable');
    expect(errorOf('data', modules, { want: 'code' }).code).toBe('not-a-function');
  });

  test('that are picked at start are refused, with what they are picked from', () => {
    const error = errorOf('strlen', modules, { want: 'code' });
    expect(error).toMatchObject({ code: 'indirect-function', variants: ['libc.so.6!__strlen_avx2'] });
  });
});

describe('nothing to watch', () => {
  test.each([
    ['optimised-away', 'optimised away'],
    ['constant', 'is a constant'],
  ] as const)('%s', (absence, words) => {
    const error = errorOf('x', [madeModule({ variables: [variable('x', null, { absence, external: true })] })]);
    expect(error).toMatchObject({ code: 'optimised-out', reason: absence });
    expect(error.message).toContain(words);
    expect(error.hint).toBeTruthy();
  });

  test('a declaration is looked up elsewhere, and gives the type', () => {
    const declared = variable('shared', null, { absence: 'declaration', of: INT });
    const program = madeModule({ variables: [declared] });
    expect(found('shared', program, madeLibrary('liba.so', { symbols: [symbol('shared', 5)] }))).toBe('liba.so!shared at 0x7f0000000005');
    const error = errorOf('shared', [program]);
    expect(error).toMatchObject({
      code: 'unknown-symbol',
      message: expect.stringContaining('it is declared, but no loaded module defines it'),
    });
    const copied = madeModule({ variables: [declared], symbols: [symbol('shared', 7, { size: 4 })] });
    expect(resolve('shared', { modules: [copied] })).toMatchObject({ address: 7n, type: INT });
  });
});

describe('unknown names', () => {
  const modules = [
    madeModule({ variables: [variable('counter', 1), variable('game::state', 2)], symbols: [symbol('tick', 3, { kind: 'function' })] }),
    madeLibrary('libfoo.so', { symbols: [symbol('counted', 4)] }),
  ];

  test('come with near ones', () => {
    const error = errorOf('countr', modules);
    expect(error).toMatchObject({ code: 'unknown-symbol', near: ['counter', 'counted'], hint: 'Did you mean counter, counted?' });
    expect(error.message).toBe('nothing called countr in prog and its libraries');
    expect(errorOf('tik', modules, { want: 'code' })).toMatchObject({ near: ['tick'] });
    expect(errorOf('libfoo.so!countr', modules)).toMatchObject({ near: ['counted'], message: 'nothing called countr in libfoo.so' });
    expect(errorOf('qqq', modules).hint).toContain('LIBRARY!qqq');
  });

  test('stay quick when there are a million names', () => {
    let asked = 0;
    function* many() {
      for (; asked < 1e6; asked++) yield `name_${asked}`;
    }
    const error = errorOf('nome_77', [madeModule({ level: 'debug-info', variableNames: many })]);
    expect(error).toMatchObject({ near: expect.arrayContaining(['name_77']) });
    expect(asked).toBeLessThan(400_000);
  });

  test.each(['none', 'exports'] as const)('in a stripped program (%s)', (level) => {
    const error = errorOf('state', [madeModule({ level, problems: ['/x.debug belongs to another build'] })]);
    expect(error).toMatchObject({ code: 'no-symbols', module: 'prog' });
    expect(error.message).toContain('/x.debug belongs to another build');
    expect(error.hint).toContain('0xADDRESS:LENGTH');
    expect(error.hint).toContain('-g');
  });

  test('in a program that cannot be read', () => {
    const error = errorOf('state', [madeModule({ level: 'unreadable', problems: ['prog: a 32-bit program (i386)'] })]);
    expect(error.message).toBe('prog cannot be read, so state cannot be found: prog: a 32-bit program (i386)');
    expect(error.hint).toBe('An address works without names: 0xADDRESS:LENGTH.');
  });

  test('in a stripped library: what it shares is known, the rest is not', () => {
    const library = madeLibrary('libfoo.so', { level: 'exports', symbols: [symbol('shared', 1)] });
    expect(errorOf('libfoo.so!hidden', [madeModule({}), library]).message).toContain('only what it shares with others has a name');
    expect(found('shared', madeModule({}), library)).toContain('libfoo.so!shared');
  });

  test('when a library cannot be read', () => {
    const library = madeLibrary('libfoo.so', { level: 'unreadable', problems: ['/lib/libfoo.so was deleted'] });
    expect(errorOf('state', [madeModule({}), library]).message).toBe(
      'nothing called state in prog and its libraries (libfoo.so could not be searched: /lib/libfoo.so was deleted)',
    );
  });

  test('without any module', () => {
    expect(errorOf('x', [])).toMatchObject({ code: 'unknown-symbol' });
  });
});
