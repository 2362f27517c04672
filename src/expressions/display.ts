// How a variable is written so that it can be typed again and means the same.
import type { Candidate } from './candidate.js';
import { parseExpression } from './parse.js';

/** `state`, `file.c::count`, `libfoo.so!state`. */
export function displayed(candidate: Candidate, parts = 1): string {
  const { module, name, file, external } = candidate;
  const library = module.linkScope === 'program' ? '' : `${quotedIfNeeded(module.name)}!`;
  const source = external || file === null ? '' : `${quotedIfNeeded(lastParts(file, parts))}::`;
  return library + source + readable(name);
}

/** One expression for each candidate, all different: with as much of the source file's path as that takes, or by address. */
export function displayedApart(candidates: readonly Candidate[]): string[] {
  for (let parts = 1; parts <= 8; parts++) {
    const names = candidates.map((candidate) => displayed(candidate, parts));
    if (new Set(names).size === names.length) return names;
  }
  return candidates.map((candidate) => {
    const name = displayed(candidate);
    const alone = candidates.filter((other) => displayed(other) === name).length === 1;
    return alone || candidate.address === null ? name : `0x${candidate.module.toVirtual(candidate.address).toString(16)}`;
  });
}

/** A name that the grammar does not take as it is, between quotes. */
function readable(name: string): string {
  try {
    const read = parseExpression(name);
    if (read.kind === 'name' && read.path.length === 0 && read.file === null) return name;
  } catch {
    // Quotes make it readable.
  }
  return `'${name}'`;
}

function quotedIfNeeded(name: string): string {
  return /^[\w.+\-/$]+$/.test(name) ? name : `'${name}'`;
}

/** The last `parts` parts of a path. */
function lastParts(path: string, parts: number): string {
  return path.split('/').slice(-parts).join('/');
}
