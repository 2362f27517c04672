// Where a built program has what, by its symbols.
import { readFileSync } from 'node:fs';
import { memorySource, openElf } from '../../src/symbols/index.js';

/** The address of each name in the program at `path`, as its file has it. What it returns throws for a name that is not there. */
export function symbolsOf(path: string): (name: string) => bigint {
  const { symbols } = openElf(memorySource(readFileSync(path)), { file: path });
  return (name) => {
    const [symbol] = symbols?.find(name) ?? [];
    if (symbol === undefined) throw new Error(`${path} has no symbol ${name}`);
    return symbol.address;
  };
}
