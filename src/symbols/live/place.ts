// A place in the code, as symbols and debug information tell it.
import { demangle } from './demangle.js';
import type { LiveModule } from './live-module.js';

/** What is not known is null, never guessed. */
export interface CodePlace {
  /** Demangled. */
  readonly function: string | null;
  /** As the compiler recorded it. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number | null;
  /** Base name of the program or library, `[kernel]`, `[vdso]`; null for code that belongs to no file. */
  readonly module: string | null;
  /** Bytes from the start of `function`. */
  readonly offset: number | null;
}

export const NOWHERE: CodePlace = { function: null, file: null, line: null, module: null, offset: null };

/** The place of `address`, which lies in `module`. Never throws. */
export function placeIn(module: LiveModule, address: bigint): CodePlace {
  const { file, name } = module;
  if (file === null) return { ...NOWHERE, module: name };
  const at = module.toFile(address);
  const found = file.functionAt(at);
  const source = file.lineAt(at);
  return {
    function: found?.name ?? null,
    file: source?.file ?? null,
    line: source?.line ?? null,
    module: name,
    offset: found === null || found.start === null ? null : Number(at - found.start),
  };
}

/** {@link placeIn}, with the calls that were inlined there: innermost first. Only the last one has an offset. Never throws. */
export function placesIn(module: LiveModule, address: bigint): CodePlace[] {
  const place = placeIn(module, address);
  const calls = module.file?.inlinedAt(module.toFile(address)) ?? [];
  let { file, line } = place;
  const places: CodePlace[] = [];
  for (const { name, call } of calls) {
    places.push({ function: name === null ? null : demangle(name), file, line, module: place.module, offset: null });
    file = call?.file || null;
    line = call?.line ?? null;
  }
  return [...places, { ...place, file, line }];
}
