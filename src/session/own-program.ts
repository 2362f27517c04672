// The program of a target that an engine has brought along: its names are few, and nothing of it changes.
import { nearNames } from '../base/near.js';
import type { OwnTarget, TargetNames } from '../engines/own-target.js';
import { parseExpression, UnknownSymbolError } from '../expressions/index.js';
import type { CodeSource } from '../instructions/index.js';
import type { Place } from '../model/place.js';
import type { ValueType } from '../model/value.js';
import { defaultValueType, sizeOfNamed, valueTypeNamed } from '../model/value-names.js';
import { BadRequestError } from './errors.js';
import type { Program, ResolvedExpression, ResolveOptions } from './program.js';

/** The program of `target`. */
export function openOwnProgram({ pid, names }: OwnTarget): Program {
  return new OwnProgram(pid, names);
}

class OwnProgram implements Program {
  readonly pid: number;
  readonly code: CodeSource;
  /** Nothing changes. */
  readonly generation = 0;
  readonly frames = null;
  readonly #names: TargetNames;

  constructor(pid: number, names: TargetNames) {
    this.pid = pid;
    this.code = names.code;
    this.#names = names;
  }

  resolve(expression: string, { access, as }: ResolveOptions): ResolvedExpression {
    const { address, size } = this.#find(expression, as);
    if (access === 'execute') return { address, size: 1, type: defaultValueType(1) };
    return { address, size, type: as === null ? numberOf(size) : typeNamed(as, size, expression) };
  }

  #find(text: string, as: string | null): { readonly address: bigint; readonly size: number } {
    const expression = parseExpression(text);
    if (expression.kind === 'address' && expression.path.length === 0) {
      const size = expression.length ?? (as === null ? null : sizeOfNamed(as)) ?? 8;
      return { address: expression.address, size };
    }
    if (expression.kind !== 'name' || expression.path.length > 0 || expression.scopes.length > 0 || expression.module !== null)
      throw new BadRequestError(`${text} has parts that a simulated program's names have not`, { hint: 'Give a name, or 0xADDR:LEN.' });
    const known = this.#names.all.find(({ name }) => name === expression.name);
    if (known === undefined) {
      const near = nearNames(
        expression.name,
        this.#names.all.map(({ name }) => name),
      );
      throw new UnknownSymbolError(expression.name, 'the simulated program', near);
    }
    return { address: known.address, size: expression.length ?? known.size };
  }

  place(address: bigint, kernel: boolean): Place {
    if (kernel) return { function: null, file: null, line: null, module: '[kernel]', offset: null };
    return this.#names.place(address);
  }

  functionStart(address: bigint): bigint | null {
    return this.#names.functionStart(address);
  }

  refresh(): boolean {
    return false;
  }

  reopen(): void {}

  isMapped(address: bigint): boolean {
    return this.#names.isMapped(address);
  }

  isInPlace(address: bigint): boolean {
    return this.isMapped(address);
  }

  [Symbol.dispose](): void {}
}

/** Simulated memory holds numbers. */
function numberOf(size: number): ValueType {
  return [1, 2, 4, 8].includes(size) ? { kind: 'unsigned', size, name: `u${8 * size}` } : defaultValueType(size);
}

function typeNamed(as: string, size: number, expression: string): ValueType {
  const named = valueTypeNamed(as, size);
  if (named !== null) return named;
  throw new BadRequestError(`${expression} has ${size} bytes, which ${as} has not`, { hint: `Give the length: ${expression}:LEN.` });
}
