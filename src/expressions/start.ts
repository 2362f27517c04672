// What an expression begins with: the variable or function that its name means, and what is said where there is none.
import { present } from '../base/assert.js';
import type { ThreadBlock } from '../symbols/thread-block.js';
import type { Type } from '../symbols/types.js';
import type { Candidate, Wanted } from './candidate.js';
import { isCode, type Want } from './choose.js';
import { displayed } from './display.js';
import {
  IndirectFunctionError,
  NoSymbolsError,
  NotAVariableError,
  noThreadBlock,
  notThreadLocal,
  OptimisedOutError,
  UnknownSymbolError,
} from './errors.js';
import { type NameExpression, type PathStep, qualified } from './expression.js';
import { findName, lacksNames, searchedModules } from './find-name.js';
import type { Place } from './part.js';
import type { ScopeModule, SymbolScope } from './scope.js';
import { suggestions } from './suggestions.js';

/** What a name stands for by itself, before any step. */
export type Start =
  /** `size` 0: nobody knows. */
  | { readonly kind: 'variable'; readonly address: bigint; readonly type: Type | null; readonly size: number }
  /** `misuse`: the error where a variable was wanted. */
  | { readonly kind: 'function'; readonly address: bigint; misuse(): Error };

/** What `expression` begins with. Throws UnknownSymbolError and the other errors about names. */
export function startOf(expression: NameExpression, scope: SymbolScope): Start {
  const { candidate } = find(expression, scope, 'data');
  if (isCode(candidate)) {
    const address = addressOfCode(candidate, displayed(candidate));
    return { kind: 'function', address, misuse: () => notAVariable(candidate, expression, scope) };
  }
  const { address, type } = startAt(candidate, expression, scope);
  return { kind: 'variable', address, type, size: type?.size ?? candidate.size };
}

/** All of a variable. */
export function startAt(candidate: Candidate, expression: NameExpression, scope: SymbolScope): Place {
  const { address, module } = candidate;
  const display = displayed(candidate);
  if (candidate.what === 'thread-local') return threadLocalAt(candidate, expression.thread, scope);
  if (address === null) throw missing(candidate, expression, scope);
  if (expression.thread !== null) throw notThreadLocal(display, expression.thread);
  return { kind: 'place', address: module.toVirtual(address), type: candidate.type(), bits: null, display, prefixed: false };
}

/** The copy that thread `tid` has, or (null) the one that `scope` is about. */
function threadLocalAt(candidate: Candidate, tid: number | null, scope: SymbolScope): Place {
  const { module, threadOffset } = candidate;
  const name = displayed(candidate);
  const block = scope.threadBlock?.(module, tid === null ? null : { kind: 'thread', tid }) ?? NO_THREADS;
  if (block.kind === 'none') throw noThreadBlock(name, block);
  if (threadOffset === null) throw noThreadBlock(name, { why: 'untold', what: 'modules' });
  const display = block.tid === null ? name : `${name}@${block.tid}`;
  const address = BigInt.asUintN(64, block.address + threadOffset);
  return { kind: 'place', address, type: candidate.type(), bits: null, display, prefixed: false };
}

const NO_THREADS: ThreadBlock = { kind: 'none', why: 'untold', what: 'threads' };

/** Of a function. Throws IndirectFunctionError for one that is picked when the program starts. */
export function addressOfCode(candidate: Candidate, base: string): bigint {
  if (candidate.what === 'indirect') throw new IndirectFunctionError(base, variants(candidate));
  return candidate.module.toVirtual(present(candidate.address, 'the address of a function'));
}

/** libc calls what `strlen` picks from __strlen_avx2, __strlen_sse2 ... */
function variants({ module, name }: Candidate): string[] {
  const found = new Set<string>();
  for (const other of module.symbolNames('function')) if (other.startsWith(`__${name}_`)) found.add(`${module.name}!${other}`);
  return [...found].sort();
}

/** Libraries have so many functions that a mistyped variable easily is the name of one. */
export function notAVariable(candidate: Candidate, expression: NameExpression, scope: SymbolScope): NotAVariableError {
  const mistyped = candidate.module.linkScope !== 'program' && expression.module === null;
  const own = scope.modules.filter((module) => module.linkScope === 'program');
  return new NotAVariableError(displayed(candidate), mistyped ? suggestions(expression.name, own, 'data') : []);
}

/**
 * The name, or the name with the first members taken into it: linkers know Go's `main.counter` and gcc's `counter.0` as one name each.
 * Throws where nothing is found.
 */
export function find(expression: NameExpression, scope: SymbolScope, want: Want): { candidate: Candidate; path: readonly PathStep[] } {
  const first = findName(expression, expression, { scope, want });
  if (first !== null && !(isCode(first) && expression.path.length > 0)) return { candidate: first, path: expression.path };
  let joined: Wanted = expression;
  for (const [i, to] of expression.path.entries()) {
    if (to.kind !== 'member') break;
    joined = { ...joined, name: `${joined.name}.${to.name}` };
    const candidate = findName(expression, joined, { scope, want });
    if (candidate !== null) return { candidate, path: expression.path.slice(i + 1) };
  }
  if (first !== null) return { candidate: first, path: expression.path };
  throw unknown(expression, scope, want);
}

function missing(candidate: Candidate, expression: NameExpression, scope: SymbolScope): Error {
  if (candidate.what === 'constant' || candidate.what === 'optimised-away') {
    return new OptimisedOutError(displayed(candidate), candidate.what);
  }
  return unknown(expression, scope, 'data', ' (it is declared, but no loaded module defines it)');
}

function unknown(expression: NameExpression, scope: SymbolScope, want: Want, note = ''): Error {
  const modules = searchedModules(scope, expression.module);
  const [first] = modules;
  const name = qualified(expression);
  const where = first === undefined ? 'the process' : expression.module === null ? `${first.name} and its libraries` : first.name;
  if (first !== undefined && lacksNames(first)) return new NoSymbolsError(name, first);
  const near = suggestions(expression.name, modules, want);
  return new UnknownSymbolError(name, where, near, note === '' ? unsearched(modules, expression.module !== null) : note);
}

/** What may hide the name, for the end of the sentence that it is not known. */
function unsearched(modules: readonly ScopeModule[], named: boolean): string {
  if (named && modules[0]?.level === 'exports') return ' (it was stripped: only what it shares with others has a name)';
  const unreadable = modules.find((module) => module.level === 'unreadable' && module.problems.length > 0);
  if (unreadable !== undefined) return ` (${unreadable.name} could not be searched: ${unreadable.problems[0]})`;
  // Debug information that is broken, or in a file that was not found.
  const [first] = modules;
  const problem = first?.problems[0];
  return first === undefined || problem === undefined ? '' : ` (not all of ${first.name} could be read: ${problem})`;
}
