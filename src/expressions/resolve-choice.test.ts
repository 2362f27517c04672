// Which of several things a name means, by made-up modules: precedence and ambiguity.
import { describe, expect, test } from 'vitest';
import { madeLibrary, madeModule, symbol, variable } from '../../test/expressions/made-scope.js';
import { errorOf, found } from '../../test/expressions/resolved.js';
import { resolve } from './resolve.js';

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
