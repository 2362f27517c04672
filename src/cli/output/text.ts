// Messages as lines for people.

import { assertNever } from '../../base/assert.js';
import { valueToText } from '../../model/format-value.js';
import type { Hit, TargetEvent } from '../../model/hit.js';
import type { ArmedMessage, SummaryMessage } from '../../model/messages.js';
import { colors } from './colors.js';
import { addressText, placeText } from './messages.js';

/** `1 hit`, `2 hits`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : noun.endsWith('ch') ? 'es' : 's'}`;
}

export function armedLine(message: ArmedMessage): string {
  const covered = `${plural(message.size, 'byte')}, ${plural(message.threads, 'thread')}, engine ${message.engine}`;
  return `armed ${message.watch} = ${message.address}, ${covered}; not covered: ${message.not_covered.join(', ') || 'nothing'}`;
}

/** `    0.001234  prog[4711]  shared: 41 -> 42  bump (hot.c:12)`; `since` is the time shown as 0. */
export function hitLine(hit: Hit, since: bigint): string {
  const seconds = (Number(hit.time - since) / 1e9).toFixed(6).padStart(12);
  const who = `${hit.comm ?? '?'}[${hit.tid}]`;
  const where = hit.kernel ? `${placeText(hit.place)} in the kernel` : placeText(hit.place);
  const line = `${colors.dim(seconds)}  ${who}  ${colors.bold(hit.watch.expression)}: ${valueChange(hit)}  ${colors.cyan(where)}${colors.dim(remarks(hit))}`;
  if (hit.stack === null) return line;
  return [line, ...hit.stack.slice(1).map((frame) => `${' '.repeat(14)}${colors.dim('from')} ${placeText(frame)}`)].join('\n');
}

function valueChange(hit: Hit): string {
  if (hit.watch.access === 'execute') return 'executed';
  if (hit.valueSource === 'unchanged')
    return `${valueToText(hit.newBytes, hit.watch.type)} ${hit.watch.access === 'write' ? 'written again' : 'read'}`;
  return `${valueToText(hit.oldBytes, hit.watch.type)} -> ${valueToText(hit.newBytes, hit.watch.type)}`;
}

function remarks(hit: Hit): string {
  const list: string[] = [];
  if (hit.sameValue && hit.valueSource !== 'unchanged') list.push('same value');
  if (hit.repeat > 1) list.push(`in ${hit.repeat} steps`);
  if (hit.valueSource === 'memory') list.push('value read afterwards');
  if (hit.valueSource === 'sequence') list.push('value from the next hit');
  return list.length === 0 ? '' : `  (${list.join(', ')})`;
}

export function eventLine(event: TargetEvent): string {
  switch (event.kind) {
    case 'exec':
      return `process ${event.pid} runs another program now: ${event.comm}`;
    case 'fork':
      return `process ${event.pid} made process ${event.child}`;
    case 'unseen-change': {
      const { expected, found, watch } = event;
      return `unseen change of ${watch.expression}: ${valueToText(expected, watch.type)} became ${valueToText(found, watch.type)} without a hit (process-vm-writev, another mapping or a device)`;
    }
    case 'lost':
      return `${plural(event.count, 'hit')} lost: the ring was full`;
    case 'throttled':
      return 'the kernel throttled reports';
    case 'watch-ended':
      return `watch ${event.watch.expression} ended: ${event.reason}`;
    case 'armed-again':
      return `armed ${event.watch.expression} again = ${addressText(event.watch.address)}, ${plural(event.threads, 'thread')}`;
    default:
      return assertNever(event);
  }
}

export function summaryLine(summary: SummaryMessage): string {
  const parts = [
    plural(summary.hits, 'hit'),
    `${summary.lost.toLocaleString('en-US')} lost`,
    plural(summary.unseen_changes, 'unseen change'),
  ];
  parts.push(plural(summary.threads, 'thread'), `engine ${summary.engine}`);
  return `${parts.join(', ')}; not covered: ${summary.not_covered.join(', ') || 'nothing'}`;
}
