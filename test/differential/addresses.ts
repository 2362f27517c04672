// Which addresses of a file are compared, and how: each difference is one line with both answers.
import { as, type FileAddress } from '../../src/base/brand.js';
import { demangle } from '../../src/symbols/live/demangle.js';
import type { ModuleFile } from '../../src/symbols/live/module-file.js';
import type { Difference } from './difference-list.js';
import { type Frame, framesText, ourFrames } from './frames.js';
import { type Aliases, isSameFunction, plainName } from './names.js';
import { theirFrames } from './symbolizer.js';

/** Sampled from larger files. */
export const SAMPLE = 5_000;

export interface Comparison {
  /** Addresses compared. */
  readonly count: number;
  /** Addresses at which we know a line, and those at which calls are inlined: a comparison of nothing proves nothing. */
  readonly lines: number;
  readonly inlined: number;
  readonly differences: readonly Difference[];
}

/** All addresses of small code, {@link SAMPLE} spread over large; the same in every run. */
export function chosenAddresses(file: ModuleFile): FileAddress[] {
  const text = file.elf.section('.text');
  if (text === null) throw new Error(`${file.path} has no code`);
  if (text.size <= SAMPLE) return Array.from({ length: text.size }, (_, i) => as<FileAddress>(text.address + BigInt(i)));
  const chosen = new Set<number>();
  for (let state = 20070222; chosen.size < SAMPLE; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    chosen.add(Math.floor((state / 2 ** 32) * text.size));
  }
  return [...chosen].sort((a, b) => a - b).map((offset) => as<FileAddress>(text.address + BigInt(offset)));
}

/** `oracle`: the file that llvm-symbolizer is to read. */
export function compareAddresses(file: ModuleFile, oracle: string): Comparison {
  const addresses = chosenAddresses(file);
  const ours = ourFrames(file, addresses);
  const theirs = theirFrames(oracle, addresses);
  const aliases = aliasesIn(file);
  const differences = addresses.flatMap((address, i) => compareOne(address, { ours: ours[i] ?? [], theirs: theirs[i] ?? [], aliases }));
  return {
    count: addresses.length,
    lines: ours.filter(([innermost]) => innermost?.line !== null).length,
    inlined: ours.filter(({ length }) => length > 1).length,
    differences,
  };
}

interface Answers {
  readonly ours: readonly Frame[];
  readonly theirs: readonly Frame[];
  readonly aliases: Aliases;
}

function compareOne(address: bigint, { ours, theirs, aliases }: Answers): Difference[] {
  const isEqual = ours.length === theirs.length && ours.every((frame, i) => isSameFrame(frame, theirs[i], aliases));
  return isEqual ? [] : [{ where: `0x${address.toString(16)}`, theirs: framesText(theirs), ours: framesText(ours) }];
}

function isSameFrame(ours: Frame, theirs: Frame | undefined, aliases: Aliases): boolean {
  if (theirs === undefined) return false;
  return ours.line === theirs.line && ours.file === theirs.file && isSameFunction(ours.function, theirs.function, aliases);
}

/** Versions of one function, and functions that the linker has found to have the same code. */
function aliasesIn(file: ModuleFile): Aliases {
  const byName = new Map<string, Set<bigint>>();
  for (const table of file.tables) {
    for (let index = 1; index < table.count; index++) {
      const { name, address, kind, defined } = table.at(index);
      if ((kind !== 'function' && kind !== 'indirect') || defined !== 'here') continue;
      const plain = plainName(demangle(name));
      byName.set(plain, new Set(byName.get(plain)).add(address));
    }
  }
  return (a, b) => {
    const places = byName.get(a);
    return places !== undefined && [...(byName.get(b) ?? [])].some((address) => places.has(address));
  };
}
