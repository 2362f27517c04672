// What shows each row: tests, a reason why none can, something that has yet to be built, or nothing so far.
import type { Requirement, RequirementId } from './requirement.js';

export type Coverage =
  | { readonly state: 'tested'; readonly files: readonly string[] }
  | { readonly state: 'not-observable'; readonly reason: string }
  | { readonly state: 'later'; readonly missing: string }
  | { readonly state: 'open' };

export type CoverageState = Coverage['state'];

/** What is written down about rows by hand. */
export interface Notes {
  readonly notObservable: Readonly<Record<RequirementId, string>>;
  readonly later: Readonly<Record<RequirementId, string>>;
  readonly stillOpen: readonly RequirementId[];
}

/** The files that name each row. */
export type Claims = ReadonlyMap<RequirementId, readonly string[]>;

/** Tests count first: a note beside them is stale, which {@link staleNotes} tells. */
export function coverageOf(id: RequirementId, claims: Claims, notes: Notes): Coverage {
  const [files, reason, missing] = [claims.get(id), notes.notObservable[id], notes.later[id]];
  if (files !== undefined) return { state: 'tested', files };
  if (reason !== undefined) return { state: 'not-observable', reason };
  return missing === undefined ? { state: 'open' } : { state: 'later', missing };
}

/** Rows that nothing shows and that nobody has written down as open. */
export function unexpectedlyOpen(requirements: readonly Requirement[], claims: Claims, notes: Notes): RequirementId[] {
  const open = requirements.map(({ id }) => id).filter((id) => coverageOf(id, claims, notes).state === 'open');
  return open.filter((id) => !notes.stillOpen.includes(id));
}

/** One sentence for each note that is no longer true. */
export function staleNotes(requirements: readonly Requirement[], claims: Claims, notes: Notes): string[] {
  const known = new Set(requirements.map(({ id }) => id));
  const lists = {
    'not-observable.ts': Object.keys(notes.notObservable),
    'later.ts': Object.keys(notes.later),
    'still-open.ts': notes.stillOpen,
  } as { readonly [file: string]: readonly RequirementId[] };
  const seen = new Map<RequirementId, string>();
  const sentences: string[] = [];
  for (const [file, ids] of Object.entries(lists))
    for (const id of ids) {
      const [before, files] = [seen.get(id), claims.get(id)];
      seen.set(id, file);
      if (!known.has(id)) sentences.push(`${file} has ${id}, which is no row`);
      else if (before !== undefined) sentences.push(`${file} has ${id}, which ${before} has too`);
      else if (files !== undefined) sentences.push(`${file} has ${id}, which ${files.join(', ')} names`);
    }
  return sentences;
}
