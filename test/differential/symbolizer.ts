// The same by llvm-symbolizer.
import { type SymbolizedFrame, symbolize } from '../helpers/llvm-symbolizer.js';
import type { Frame } from './frames.js';

/** Frames of addresses in `file`, which holds its debug information itself. */
export function theirFrames(file: string, addresses: readonly bigint[]): Frame[][] {
  return symbolize(file, addresses, '--inlines').map((frames) => frames.map(frameOf));
}

function frameOf({ FileName, FunctionName, Line }: SymbolizedFrame): Frame {
  const known = Line > 0 && FileName !== '';
  return { function: FunctionName || null, file: known ? FileName : null, line: known ? Line : null };
}
