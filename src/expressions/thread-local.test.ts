// Thread-local variables by name: whose copy is meant, and what is said where that is not clear or there is none.
import { describe, expect, test } from 'vitest';
import { INT, madeLibrary, madeModule, struct, symbol, variable } from '../../test/expressions/made-scope.js';
import { HwbkptError } from '../base/errors.js';
import type { ThreadBlock, ThreadOwner } from '../symbols/thread-block.js';
import { resolve } from './resolve.js';
import { type ScopeModule, type SymbolScope, scopeOfThread } from './scope.js';

const THREADS = [100, 101];
/** Blocks of thread 101 are 0x1000 behind those of thread 100, those of libraries 0x100 behind the program's. */
function blockOf(module: ScopeModule, owner: ThreadOwner | null): ThreadBlock {
  const inModule = module.linkScope === 'program' ? 0x7000n : 0x7100n;
  if (owner === null) return { kind: 'none', why: 'which-thread', threads: THREADS };
  if (owner.kind === 'pointer') return { kind: 'at', address: owner.pointer + inModule, tid: null };
  const { tid } = owner;
  if (!THREADS.includes(tid)) return { kind: 'none', why: 'no-such-thread', tid, threads: THREADS };
  return { kind: 'at', address: inModule + BigInt(tid - 100) * 0x1000n, tid };
}

function scope(...modules: readonly ScopeModule[]): SymbolScope {
  return { modules, threadBlock: blockOf };
}

function errorOf(text: string, of: SymbolScope): HwbkptError {
  try {
    resolve(text, of);
  } catch (error) {
    if (error instanceof HwbkptError) return error;
    throw error;
  }
  throw new Error(`${text} was found`);
}

const local = (name: string, threadOffset: bigint, more: Parameters<typeof variable>[2] = {}) =>
  variable(name, null, { absence: 'thread-local', threadOffset, ...more });
const tls = (name: string, at: number, more: Parameters<typeof symbol>[2] = {}) => symbol(name, at, { kind: 'thread-local', ...more });

const POINT = struct('point', 8, [
  ['x', 0, INT],
  ['y', 4, INT],
]);

describe('whose', () => {
  const all = scope(
    madeModule({ variables: [local('counter', 0x10n), local('at', 0x20n, { of: POINT }), variable('plain', 0x40)] }),
    madeLibrary('libfoo.so', { symbols: [tls('shared', 8, { size: 8 })] }),
  );

  test.each([
    ['counter@100', 0x7010n, 'counter@100'],
    ['counter@101', 0x8010n, 'counter@101'],
    ['at@101.y', 0x8024n, 'at@101.y'],
    ['shared@101', 0x8108n, 'libfoo.so!shared@101'],
    ['libfoo!shared@100', 0x7108n, 'libfoo.so!shared@100'],
  ])('%s', (text, address, display) => {
    expect(resolve(text, all)).toMatchObject({ address, display });
    expect(resolve(display, all), 'typed again').toMatchObject({ address, display });
  });

  test('the thread that all names are about, where the name does not say', () => {
    expect(resolve('counter', scopeOfThread(all, { kind: 'thread', tid: 101 }))).toMatchObject({
      address: 0x8010n,
      display: 'counter@101',
    });
    expect(resolve('counter@100', scopeOfThread(all, { kind: 'thread', tid: 101 }))).toMatchObject({ address: 0x7010n });
    expect(resolve('at.x', scopeOfThread(all, { kind: 'pointer', pointer: 0x10_0000n }))).toMatchObject({
      address: 0x10_7020n,
      display: 'at.x',
    });
  });

  test('one variable by its symbol and its debug information; two by two', () => {
    const both = scope(madeModule({ variables: [local('counter', 0x10n)], symbols: [tls('counter', 0x10, { size: 64 })] }));
    expect(resolve('counter@100', both)).toMatchObject({ size: 4, type: INT });
    const two = scope(
      madeModule({
        variables: [local('n', 0n, { external: false, file: '/src/a.c' }), local('n', 4n, { external: false, file: '/src/b.c' })],
      }),
    );
    expect(errorOf('n', two)).toMatchObject({ code: 'ambiguous-symbol', candidates: ['a.c::n', 'b.c::n'] });
    expect(resolve('b.c::n@101', two)).toMatchObject({ address: 0x8004n, display: 'b.c::n@101' });
  });
});

describe("Rust's thread_local!", () => {
  const hidden = (path: string, offset: bigint, size = 4) =>
    local(`${path}::__RUST_STD_INTERNAL_VAL`, offset, { external: false, of: { kind: 'base', name: 'u32', size, encoding: 'unsigned' } });
  const mangled = (demangled: string, at: number, size = 4) => ({ symbol: tls('_ZN1r4HITS', at, { size, binding: 'local' }), demangled });
  const rust = scope(
    madeModule({
      // What the linker has dropped is said to be at 0.
      variables: [
        hidden('r::HITS::{constant#0}::{closure#0}', 0n, 16),
        hidden('r::HITS::{constant#0}::{closure#1}', 8n),
        hidden('r::OTHER::{constant#0}::{closure#1}', 12n),
      ],
      mangled: [mangled('r::HITS::{{constant}}::{{closure}}::__RUST_STD_INTERNAL_VAL', 8)],
    }),
  );

  test('is found by its own name', () => {
    expect(resolve('HITS@101', rust)).toMatchObject({ address: 0x8008n, display: 'r::HITS@101', size: 4 });
    expect(resolve('r::HITS@101', rust)).toMatchObject({ address: 0x8008n, display: 'r::HITS@101' });
    expect(errorOf('OTHER@101', rust).code, 'dropped').toBe('unknown-symbol');
  });
});

describe('errors', () => {
  const all = scope(madeModule({ variables: [local('counter', 0x10n), variable('plain', 0x40), local('lost', 0n)] }));

  test('several threads: they are named', () => {
    const error = errorOf('counter', all);
    expect(error).toMatchObject({ code: 'thread-local', reason: 'which-thread', threads: THREADS });
    expect(error.hint).toContain('counter@100, counter@101');
  });

  test('no such thread', () => {
    expect(errorOf('counter@7', all)).toMatchObject({ code: 'thread-local', reason: 'no-such-thread', threads: THREADS });
  });

  test('a thread of what all share', () => {
    expect(errorOf('plain@100', all)).toMatchObject({ code: 'thread-local', reason: 'not-thread-local' });
  });

  test('where nobody knows of threads', () => {
    expect(errorOf('counter', { modules: all.modules })).toMatchObject({ code: 'thread-local', reason: 'untold' });
    const { threadOffset: _, ...nowhere } = local('gone', 0n);
    expect(errorOf('gone@100', scope(madeModule({ variables: [nowhere] })))).toMatchObject({ reason: 'untold' });
  });

  test.each(['not-started', 'not-allocated'] as const)('%s', (why) => {
    const none: ThreadBlock = { kind: 'none', ...(why === 'not-started' ? { why } : { why, tid: 100 }) };
    expect(errorOf('counter', { modules: all.modules, threadBlock: () => none })).toMatchObject({
      code: 'thread-local-not-yet',
      reason: why,
    });
  });
});
