// Which rows a text names: single ids (`R-105`, `T-L-30`, `N-7`) and ranges (`R-701 to R-708`), for which every row between counts.
import type { RequirementId } from './requirement.js';

const ID = String.raw`(?<![\w-])(?:R-\d{3}|T-L-\d\d|T-NB-\d\d|N-\d{1,2})(?![\w-])`;
const SINGLE = new RegExp(ID, 'g');
const RANGE = new RegExp(String.raw`(${ID})(?:\s+to\s+|\s*–\s*|\s*\.{2,3}\s*)(${ID})`, 'g');

/**
 * What `text` names, without repetition. `known` holds all rows: a range means those of them that lie between its ends, both of one kind.
 * An id that is no row is named as well, so that somebody can tell.
 */
export function namedIds(text: string, known: readonly RequirementId[]): RequirementId[] {
  const single = [...text.matchAll(SINGLE)].map(([id]) => id as RequirementId);
  const ranges = [...text.matchAll(RANGE)].flatMap(([, from = '', to = '']) => known.filter((id) => isBetween(id, from, to)));
  return [...new Set([...single, ...ranges])];
}

function isBetween(id: string, from: string, to: string): boolean {
  const [kind, first, last] = [kindOf(id), numberOf(from), numberOf(to)];
  return kind === kindOf(from) && kind === kindOf(to) && numberOf(id) >= first && numberOf(id) <= last;
}

/** `T-L-` of `T-L-30`. */
function kindOf(id: string): string {
  return id.replace(/\d+$/, '');
}

function numberOf(id: string): number {
  return Number(/\d+$/.exec(id)?.[0]);
}
