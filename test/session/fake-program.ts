// A made program of a few variables, for targets that are made up.
import { codeFromBytes } from '../../src/instructions/index.js';
import { BadRequestError } from '../../src/session/errors.js';
import type { Program } from '../../src/session/program.js';

/** What a test wants otherwise. */
export interface ProgramParts {
  readonly names?: ReadonlyMap<string, bigint>;
}

export const NAMES: ReadonlyMap<string, bigint> = new Map([
  ['x', 0x40_4000n],
  ['y', 0x40_4008n],
  ['z', 0x40_4010n],
  ['v', 0x40_4018n],
  ['w', 0x40_4020n],
]);

/** A program whose variables have 8 bytes each; addresses may have a length: `0x1000:24`. */
export function fakeProgram(pid: number, { names = NAMES }: ProgramParts = {}): Program {
  return {
    pid,
    resolve: (expression) => {
      const [name = '', length] = expression.split(':');
      const address = names.get(name) ?? (name.startsWith('0x') ? BigInt(name) : null);
      if (address === null) throw new BadRequestError(`there is no ${name}`);
      const size = Number(length ?? 8);
      return { address, size, type: size === 8 ? { kind: 'signed', size, name: 'long' } : { kind: 'bytes', size, name: 'hex' } };
    },
    place: (address) => ({ function: 'f', file: null, line: null, module: 'made', offset: Number(address & 0xfffn) }),
    code: codeFromBytes(0x40_1000n, new Uint8Array(16)),
    functionStart: () => null,
    frames: null,
    refresh: () => false,
    generation: 0,
    reopen: () => undefined,
    isMapped: () => true,
    isInPlace: () => true,
    [Symbol.dispose]: () => undefined,
  };
}
