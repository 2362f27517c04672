// Addresses of a file's code, to compare what is known of them.
import { openFile } from './dwarf-tools.js';

export function everyAddress(file: string): bigint[] {
  const { start, size } = codeOf(file);
  return Array.from({ length: size }, (_, i) => start + BigInt(i));
}

/** `count` addresses spread over the code; the same in every run. */
export function sampleOfAddresses(file: string, count: number): bigint[] {
  const { start, size } = codeOf(file);
  let state = 20070222;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return start + BigInt(Math.floor((state / 2 ** 32) * size));
  });
}

function codeOf(file: string): { readonly start: bigint; readonly size: number } {
  const text = openFile(file).section('.text');
  return { start: text?.address ?? 0n, size: text?.size ?? 0 };
}
