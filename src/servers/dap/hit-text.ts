// One hit in a line for people: what changed from what to what, where, and by whom.
import { valueToText } from '../../model/format-value.js';
import type { Hit } from '../../model/hit.js';
import type { Breakpoint } from './breakpoint.js';

/** `hero.hp: 100 -> 90`; of what was read or written with what it held, its value. */
export function changeText({ watch, oldBytes, newBytes, sameValue }: Hit, { shown, start, hits }: Breakpoint): string {
  const { label, type } = shown ?? { label: watch.expression, type: watch.type };
  const before = oldBytes ?? (hits === 1 ? start : null);
  const now = valueToText(newBytes, type);
  if (watch.access !== 'write' && (sameValue || before === null)) return `${label}: ${now} (read, or written with what it held)`;
  return sameValue ? `${label}: ${now} (written, unchanged)` : `${label}: ${valueToText(before, type)} -> ${now}`;
}

/** `in hurt at looked-at.c:31, thread 4711`; `by the kernel` where a system call did it. */
export function whereText({ place, tid, comm, kernel }: Hit): string {
  const name = place.function ?? place.module ?? 'unknown code';
  const line = place.file === null || place.line === null ? '' : ` at ${place.file}:${place.line}`;
  const thread = comm === null ? `thread ${tid}` : `thread ${tid} (${comm})`;
  return `${kernel ? 'by the kernel ' : ''}in ${name}${line}, ${thread}`;
}
