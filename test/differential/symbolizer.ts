// The same by llvm-symbolizer.
import { execFileSync } from 'node:child_process';
import type { Frame } from './frames.js';

/** As it prints it. */
interface Printed {
  readonly FileName: string;
  readonly FunctionName: string;
  readonly Line: number;
}

/** Frames of addresses in `file`, which holds its debug information itself. */
export function theirFrames(file: string, addresses: readonly bigint[]): Frame[][] {
  const printed = execFileSync('llvm-symbolizer', [`--obj=${file}`, '--inlines', '--output-style=JSON'], {
    input: addresses.map((address) => `0x${address.toString(16)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const answers = printed.trim().split('\n');
  return answers.map((line) => (JSON.parse(line) as { readonly Symbol: readonly Printed[] }).Symbol.map(frameOf));
}

function frameOf({ FileName, FunctionName, Line }: Printed): Frame {
  const known = Line > 0 && FileName !== '';
  return { function: FunctionName || null, file: known ? FileName : null, line: known ? Line : null };
}
