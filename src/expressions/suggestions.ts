// Names that may have been meant, from what the modules know; bounded in time on programs with a million names.
import { nearNames } from '../base/near.js';
import type { Want } from './choose.js';
import type { ScopeModule } from './scope.js';

/** Names looked at, and names compared letter by letter. */
const MOST_LOOKED_AT = 300_000;
const MOST_COMPARED = 20_000;
const MOST_SUGGESTIONS = 5;

/** Up to five names near `name`, nearest first: of variables, or of functions where code is wanted. */
export function suggestions(name: string, modules: readonly ScopeModule[], want: Want): string[] {
  return nearNames(name, comparable(name, modules, want), MOST_SUGGESTIONS);
}

/** Names that could be near: of about the same length, or with the wanted name inside and not much more. */
function* comparable(name: string, modules: readonly ScopeModule[], want: Want): Generator<string> {
  const lower = name.toLowerCase();
  const seen = new Set<string>();
  let lookedAt = 0;
  for (const candidate of names(modules, want)) {
    if (++lookedAt > MOST_LOOKED_AT || seen.size >= MOST_COMPARED) return;
    const longer = candidate.length - name.length;
    const near = Math.abs(longer) <= 3 || (longer <= name.length + 4 && candidate.toLowerCase().includes(lower));
    if (!near || seen.has(candidate)) continue;
    seen.add(candidate);
    yield candidate;
  }
}

function* names(modules: readonly ScopeModule[], want: Want): Generator<string> {
  for (const module of modules) {
    // Libraries' debug information is large, and their symbols say what they share.
    if (want === 'data' && module.linkScope === 'program') yield* module.variableNames();
    for (const name of module.symbolNames(want === 'data' ? 'object' : 'function')) if (!/^_[ZR]/.test(name)) yield name;
  }
}
