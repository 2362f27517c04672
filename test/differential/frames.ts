// An address as the frames that are there, innermost first: the calls inlined around it, then the function itself. In hwbkpt's words.
import type { FileAddress } from '../../src/base/brand.js';
import { LiveModule } from '../../src/symbols/live/live-module.js';
import type { ModuleFile } from '../../src/symbols/live/module-file.js';
import { placesIn } from '../../src/symbols/live/place.js';

/** One frame; what is not known is null. */
export interface Frame {
  /** Demangled, with parameters where the mangled name has them. */
  readonly function: string | null;
  readonly file: string | null;
  readonly line: number | null;
}

/** What hits at addresses of `file` would show. */
export function ourFrames(file: ModuleFile, addresses: readonly FileAddress[]): Frame[][] {
  const module = new LiveModule({ path: file.path, instance: { bias: 0n, ranges: [], complete: true }, file, problem: null });
  return addresses.map((address) => placesIn(module, address).map(({ function: name, file, line }) => ({ function: name, file, line })));
}

/** `f (a.c:3) < main (a.c:9)`: base names of files only. */
export function framesText(frames: readonly Frame[]): string {
  return frames.map(frameText).join(' < ');
}

function frameText({ function: name, file, line }: Frame): string {
  return `${name ?? '?'} (${file === null ? '?' : file.slice(file.lastIndexOf('/') + 1)}:${line ?? '?'})`;
}
