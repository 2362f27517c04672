// Messages as lines for people.

import { assertNever } from '../../base/assert.js';
import { valueToText } from '../../model/format-value.js';
import type { Hit, TargetEvent } from '../../model/hit.js';
import type { ArmedMessage, SummaryMessage } from '../../model/messages.js';
import type { Place } from '../../model/place.js';
import type { Colors } from './colors.js';
import { addressText, placeText } from './messages.js';
import { visible } from './visible.js';

/** `1 hit`, `2 hits`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : noun.endsWith('ch') ? 'es' : 's'}`;
}

/** {@link placeText}, fit for a terminal. */
export function placeLabel(place: Place): string {
  return visible(placeText(place));
}

export function armedLine(message: ArmedMessage): string {
  const covered = `${plural(message.size, 'byte')}, ${whereText(message)}, engine ${message.engine}`;
  const shared = message.shared_with === undefined ? '' : `, shared with hwbkpt ${message.shared_with}`;
  return `armed ${message.watch} = ${message.address}, ${covered}${slotsText(message)}${shared}; not covered: ${message.not_covered.join(', ') || 'nothing'}`;
}

/** `; 4 slots: 1 for the value, 3 for pointers on its path`, for a watch that follows its name. */
function slotsText({ value_slots: value, pointer_slots: pointers }: ArmedMessage): string {
  if (value === undefined || pointers === undefined) return '';
  return `; ${plural(value + pointers, 'slot')}: ${value} for the value, ${pointers} for pointers on its path`;
}

/** `3 threads on 2 CPUs`; where the kernel is watched, whatever runs there: `2 CPUs`. */
function whereText({ threads, cpus }: { readonly threads: number; readonly cpus: number }): string {
  return threads === 0 ? plural(cpus, 'CPU') : `${plural(threads, 'thread')} on ${plural(cpus, 'CPU')}`;
}

/** How hit lines are shown. */
export interface HitStyle {
  /** The time shown as 0. */
  readonly since: bigint;
  readonly colors: Colors;
}

/**
 * `    0.001234  prog[4711]  shared: 41 -> 42  bump (hot.c:12)`, and a line for each caller where a stack was asked for. Where the kernel is
 * watched: `    0.001234  4711 sh  0xffffffff83089f68:4: 10 -> 77  do_proc_dointvec_conv+0x4c [kernel]`. With the instruction:
 * `    0.001234  prog[4711]  shared: 41 -> 42  bump (hot.c:12)  0x401136: add dword ptr [0x404028], 1`.
 */
export function hitLine(hit: Hit, { since, colors }: HitStyle): string {
  const seconds = (Number(hit.time - since) / 1e9).toFixed(6).padStart(12);
  const comm = visible(hit.comm ?? '?');
  const who = isOfKernel(hit) ? `${hit.pid} ${comm}` : `${comm}[${hit.tid}]`;
  const what = `${colors.bold(hit.watch.expression)}: ${valueChange(hit)}`;
  const place = colors.cyan(isOfKernel(hit) ? kernelPlace(hit.place) : placeLabel(hit.place));
  const line = `${colors.dim(seconds)}  ${who}  ${what}  ${place}${instructionPart(hit)}${remarks(hit, colors)}`;
  return [line, ...callerLabels(hit.stack).map((caller) => `${' '.repeat(14)}${colors.dim('from')} ${caller}`)].join('\n');
}

function instructionPart({ instruction }: Hit): string {
  if (instruction === null) return '';
  return `  ${instruction.address === null ? '' : `${addressText(instruction.address)}: `}${instruction.text}`;
}

/** Whether the kernel's own memory is watched: the process is not one that was asked about then, and is named with its number. */
function isOfKernel(hit: Hit): boolean {
  return hit.cgroup !== null;
}

/** `do_sys_open+0x4c [kernel]`: lines are seldom known there, and what is in the brackets may be one of its modules. */
function kernelPlace(place: Place): string {
  if (place.function === null || place.offset === null || place.file !== null) return placeLabel(place);
  return visible(`${place.function}+0x${place.offset.toString(16)} ${place.module ?? ''}`);
}

/** Those who called, without the frames at the end of which nothing is known: there the chain has left the code that keeps frame pointers. */
export function callerLabels(stack: readonly Place[] | null): string[] {
  const frames = stack?.slice(1) ?? [];
  const known = frames.findLastIndex((frame) => frame.function !== null || frame.module !== null);
  return frames.slice(0, known + 1).map(placeLabel);
}

function valueChange(hit: Hit): string {
  const { type, access } = hit.watch;
  if (access === 'execute') return 'executed';
  if (access === 'readwrite' && hit.valueSource === 'unchanged') return `${valueToText(hit.newBytes, type)} read`;
  return `${valueToText(hit.oldBytes, type)} -> ${valueToText(hit.newBytes, type)}`;
}

function remarks(hit: Hit, { dim }: Colors): string {
  const list: string[] = [];
  if (hit.sameValue && !(hit.watch.access === 'readwrite' && hit.valueSource === 'unchanged')) list.push('same value');
  if (hit.repeat > 1) list.push(`in ${hit.repeat} steps`);
  if (hit.valueSource === 'memory') list.push('value read afterwards');
  if (hit.valueSource === 'racy') list.push("may be another CPU's value");
  if (hit.valueSource === 'sequence') list.push('value from the next hit');
  return list.length === 0 ? '' : dim(`  (${list.join(', ')})`);
}

/** `watchesChildren`: whether what a process makes is watched too. */
export function eventLine(event: TargetEvent, watchesChildren: boolean): string {
  switch (event.kind) {
    case 'exec':
      return `process ${event.pid} runs another program now: ${visible(event.comm)}`;
    case 'fork':
      return `process ${event.pid} made process ${event.child}${watchesChildren ? '' : ', which is not watched (--inherit children)'}`;
    case 'unseen-change': {
      const { expected, found, watch } = event;
      return `unseen change of ${watch.expression}: ${valueToText(expected, watch.type)} became ${valueToText(found, watch.type)} without a hit (process_vm_writev, another mapping or a device)`;
    }
    case 'lost':
      return `${plural(event.count, 'hit')} lost: the ring was full`;
    case 'throttled':
      return 'the kernel throttled reports';
    case 'watch-ended':
      return `watch ${event.watch.expression} ended: ${visible(event.reason)}`;
    case 'waiting':
      return `${event.watch.expression} waits for debug registers: others hold those that it needs`;
    case 'evicted':
      return `${event.watch.expression} has lost its debug registers to a higher priority, and waits`;
    case 'installed':
      return `${event.watch.expression} has its debug registers: ${addressText(event.watch.address)}, ${plural(event.threads, 'thread')}`;
    case 'armed-again':
      return `armed ${event.watch.expression} again = ${addressText(event.watch.address)}, ${plural(event.threads, 'thread')}`;
    case 're-aimed':
      return `${event.watch.expression} is at ${addressText(event.watch.address)} now${event.blind === null ? '' : ` (not watched for ${millisecondsText(event.blind)})`}`;
    case 'waiting-for-pointer':
      return `${event.watch.expression} waits: ${visible(event.reason)}`;
    case 'waiting-for-library':
      return `${event.watch.expression} waits until ${visible(event.library)} is loaded`;
    case 'waiting-for-call':
      return `${event.watch.expression} waits for a call of ${visible(event.function)}`;
    case 'frame-ended':
      return `the call that ${event.watch.expression} was watched in has ended`;
    case 'owner-left':
      return `hwbkpt ${event.owner}, which watched for this one too, is gone: ${visible(event.reason)}; attaching again`;
    case 'attached-again':
      return `attached again${event.owner === null ? '' : `, shared with hwbkpt ${event.owner}`} (not watched for ${millisecondsText(event.blind)})`;
    default:
      return assertNever(event);
  }
}

function millisecondsText(nanoseconds: bigint): string {
  return `${(Number(nanoseconds) / 1e6).toFixed(1)} ms`;
}

export function summaryLine(summary: SummaryMessage): string {
  const parts = [
    plural(summary.hits, 'hit'),
    `${summary.lost.toLocaleString('en-US')} lost`,
    plural(summary.unseen_changes, 'unseen change'),
  ];
  parts.push(whereText(summary), `engine ${summary.engine}`);
  return `${parts.join(', ')}; not covered: ${summary.not_covered.join(', ') || 'nothing'}`;
}
