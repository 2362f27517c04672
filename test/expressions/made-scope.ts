// Modules and variables made up for tests of name resolution.
import { as, type FileAddress } from '../../src/base/brand.js';
import type { MangledSymbol, Memory, ScopeModule } from '../../src/expressions/scope.js';
import type { Variable } from '../../src/symbols/debug-info.js';
import type { ElfSymbol } from '../../src/symbols/elf/symbol.js';
import type { Type } from '../../src/symbols/types.js';

export const INT: Type = { kind: 'base', name: 'int', size: 4, encoding: 'signed' };

export function array(of: Type, count: number | null): Type {
  return { kind: 'array', name: `${of.name} []`, size: of.size * (count ?? 0), count, element: () => of };
}

export function struct(name: string, size: number, members: readonly (readonly [name: string, offset: number, type: Type])[]): Type {
  return { kind: 'struct', name, size, members: members.map(([member, offset, type]) => ({ name: member, offset, type: () => type })) };
}

export function pointer(to: Type): Type {
  return { kind: 'pointer', name: `${to.name} *`, size: 8, target: () => to };
}

export function reference(to: Type): Type {
  return { kind: 'alias', name: `${to.name} &`, size: 8, reference: true, target: () => to };
}

/** Memory with 8-byte words at these addresses, and zeros up to the end of its first 4 KiB; nothing is mapped beyond. */
export function madeMemory(words: readonly (readonly [address: number, value: number])[]): Memory {
  const bytes = new Uint8Array(0x1000);
  const view = new DataView(bytes.buffer);
  for (const [address, value] of words) view.setBigUint64(address, BigInt(value), true);
  return {
    read: (address, length) =>
      address + BigInt(length) <= bytes.length ? bytes.subarray(Number(address), Number(address) + length) : null,
  };
}

export function variable(
  name: string,
  address: number | null,
  more: Partial<Omit<Variable, 'type'>> & { readonly of?: Type | null } = {},
): Variable {
  const { of = INT, ...rest } = more;
  return {
    name: name.slice(name.lastIndexOf(':') + 1),
    qualifiedName: name,
    function: null,
    file: '/src/main.c',
    address: address === null ? null : as<FileAddress>(BigInt(address)),
    absence: null,
    external: true,
    type: () => of,
    ...rest,
  };
}

export function symbol(name: string, address: number, more: Partial<ElfSymbol> = {}): ElfSymbol {
  return {
    index: 1,
    name,
    version: null,
    defaultVersion: false,
    kind: 'object',
    binding: 'global',
    hidden: false,
    address: as<FileAddress>(BigInt(address)),
    size: 4,
    defined: 'here',
    file: null,
    ...more,
  };
}

export interface Made extends Partial<Omit<ScopeModule, 'variables' | 'symbols'>> {
  readonly variables?: readonly Variable[];
  readonly symbols?: readonly ElfSymbol[];
  readonly mangled?: readonly MangledSymbol[];
  /** Added to addresses. */
  readonly bias?: bigint;
}

export function madeModule({ variables = [], symbols = [], mangled = [], bias = 0n, ...rest }: Made): ScopeModule {
  return {
    name: 'prog',
    path: `/bin/${rest.name ?? 'prog'}`,
    soname: null,
    linkScope: 'program',
    level: variables.length > 0 ? 'debug-info' : 'symbols',
    problems: [],
    copies: new Set(),
    variables: (name) => variables.filter((one) => one.name === name || one.qualifiedName === name),
    symbols: (name) => symbols.filter((one) => one.name === name),
    mangledSymbols: () => mangled,
    variableNames: () => variables.map((one) => one.qualifiedName),
    symbolNames: (kind) => symbols.filter((one) => one.kind === kind).map((one) => one.name),
    toVirtual: (address) => address + bias,
    ...rest,
  };
}

/** A library, loaded with the program unless told otherwise. */
export function madeLibrary(name: string, made: Made): ScopeModule {
  return madeModule({ name, linkScope: 'startup', bias: 0x7f00_0000_0000n, ...made });
}
