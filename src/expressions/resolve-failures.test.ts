// Names that mean nothing, or nothing that can be watched: every error, and what it advises.
import { describe, expect, test } from 'vitest';
import { INT, madeLibrary, madeModule, symbol, variable } from '../../test/expressions/made-scope.js';
import { errorOf, found } from '../../test/expressions/resolved.js';
import { resolve } from './resolve.js';

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
