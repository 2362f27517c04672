// The program whose threads live worlds write: built once, and where its parts lie.
import { buildFixture } from '../helpers/build-fixture.js';
import { symbolsOf } from '../helpers/fixture-symbols.js';
import type { LiveAddresses } from './live-code.js';

const STACK_BYTES = 32_768;
/** What a thread of ours finds above its stack pointer. */
const ABOVE = 64;

/** The program, and where it has what. */
export interface WrittenProgram extends LiveAddresses {
  readonly path: string;
  readonly code: number;
  readonly data: number;
}

/** Builds it, and looks its parts up. */
export async function loadWrittenProgram(): Promise<WrittenProgram> {
  const path = await buildFixture('written-threads');
  const symbol = symbolsOf(path);
  const address = (name: string): number => Number(symbol(name));
  const stacks = address('stacks');
  return {
    ...{ path, code: address('code'), data: address('data'), scratch: address('scratch'), restorer: address('restorer') },
    ...{ programPath: address('program_path'), programArguments: address('program_arguments') },
    stackTop: (number) => stacks + STACK_BYTES * (number + 1) - ABOVE,
  };
}
