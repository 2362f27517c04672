// The table of cases that every engine is put through (cases.json, which docs/engines.md is made from too), and what it asks of an engine.
import { readFileSync } from 'node:fs';
import type { Capabilities } from '../../src/engines/contract.js';

/** One case. Its body is in the file of its group, under the same title. */
export interface Case {
  readonly title: string;
  /** `inherits WORD`, `accesses WORD` and `handles WORD` are found in an engine's capabilities; for others the table says which engine cannot. */
  readonly needs: readonly string[];
}

export interface Group {
  readonly name: string;
  readonly cases: readonly Case[];
}

interface Table {
  readonly needs: Readonly<Record<string, { readonly cannot: Readonly<Record<string, string>> }>>;
  readonly groups: readonly Group[];
}

/** The whole of it. */
export const TABLE: Table = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8'));

/** Why an engine cannot pass a case; null where it must. Throws Error for a need that nobody knows. */
export function cannot({ name, inherits, accesses, handles }: Capabilities, { needs }: Pick<Case, 'needs'>): string | null {
  for (const need of needs) {
    const [kind, word = ''] = need.split(' ');
    const known = { inherits, accesses, handles }[kind ?? ''] as readonly string[] | undefined;
    if (known?.includes(word) === true) continue;
    if (known !== undefined) return `its capabilities have no ${need}`;
    const found = TABLE.needs[need];
    if (found === undefined) throw new Error(`cases.json does not say what ${need} is`);
    const reason = found.cannot[name];
    if (reason !== undefined) return reason;
  }
  return null;
}
