// A launched program may map an address later; where it has not yet, a stale address from another run is the likelier story.
import { readFileSync } from 'node:fs';
import type { RunTarget, RunWatch } from '../servers/share/index.js';
import { parseMaps, rangeAt } from '../symbols/live/maps.js';

/** What to tell a person of a watch on an address where nothing is yet; null where there is something, or a name was given. */
export function unmappedNote(target: RunTarget, { info }: RunWatch): string | null {
  if (!target.held || !/^\s*0x/i.test(info.expression)) return null;
  if (rangeAt(parseMaps(readFileSync(`/proc/${target.pid}/maps`, 'utf8')), info.address) !== null) return null;
  return `nothing is mapped at 0x${info.address.toString(16)} yet; addresses of a position-independent program change with every run`;
}
