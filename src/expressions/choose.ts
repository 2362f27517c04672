// Which of several things with one name is meant, by the rules of languages and linkers; where they do not decide, nothing is guessed.
import { type Candidate, placeKey } from './candidate.js';
import { displayedApart } from './display.js';
import { AmbiguousSymbolError } from './errors.js';

/** `data`: a variable is wanted. `code`: a function is. */
export type Want = 'data' | 'code';

/**
 * The one that is meant; null where `candidates` is empty. In this order, where there are any: those of the wanted kind; those whose
 * scopes were all typed; those with a place in memory; those seen outside their file; of symbols with versions the default one.
 * Throws AmbiguousSymbolError where several remain.
 */
export function choose(candidates: readonly Candidate[], want: Want, symbol: string): Candidate | null {
  const preferences: ((candidate: Candidate) => boolean)[] = [
    (candidate) => isCode(candidate) === (want === 'code'),
    (candidate) => candidate.fit === 'exact',
    (candidate) => placeKey(candidate) !== null,
    (candidate) => candidate.external,
    (candidate) => candidate.preferred,
  ];
  const left = distinct(preferences.reduce(narrow, candidates));
  const [first] = left;
  if (first === undefined) return null;
  if (left.length === 1 || placeKey(first) === null) return first;
  throw new AmbiguousSymbolError(symbol, displayedApart(left));
}

export function isCode({ what }: Candidate): boolean {
  return what === 'function' || what === 'indirect';
}

/** Those that are preferred, or all where none is. */
function narrow(candidates: readonly Candidate[], prefers: (candidate: Candidate) => boolean): readonly Candidate[] {
  const preferred = candidates.filter(prefers);
  return preferred.length > 0 ? preferred : candidates;
}

/** One for each address. */
function distinct(candidates: readonly Candidate[]): Candidate[] {
  const byPlace = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const { address, module } = candidate;
    // Two modules' blocks may have something at the same distance.
    const inThread = address === null && placeKey(candidate) !== null ? `${module.path} ${placeKey(candidate)}` : 'none';
    const place = address === null ? inThread : String(module.toVirtual(address));
    if (!byPlace.has(place)) byPlace.set(place, candidate);
  }
  return [...byPlace.values()];
}
