// What llvm-symbolizer says of addresses, as it prints it.
import { execFileSync } from 'node:child_process';

/** For describeWith. */
export const SYMBOLIZER = 'command:llvm-symbolizer';

/** Empty and 0 where it knows nothing. */
export interface SymbolizedFrame {
  readonly FileName: string;
  readonly FunctionName: string;
  readonly Line: number;
}

/** Frames of addresses in `file`, which holds its debug information itself; the innermost first. `flags`: what to tell of them. */
export function symbolize(file: string, addresses: readonly bigint[], ...flags: readonly string[]): (readonly SymbolizedFrame[])[] {
  const printed = execFileSync('llvm-symbolizer', [`--obj=${file}`, ...flags, '--output-style=JSON'], {
    input: addresses.map((address) => `0x${address.toString(16)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const answers = printed.trim().split('\n');
  return answers.map((line) => (JSON.parse(line) as { readonly Symbol: readonly SymbolizedFrame[] }).Symbol);
}
