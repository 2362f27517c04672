// What happened on the machine in a few words, and in whose column of the timeline it belongs.
import { joinU64 } from '../base/u64.js';
import type { MachineEvent } from '../machine/events.js';
import { toldUser } from './event-match.js';
import type { Run } from './record.js';

/** A column: a CPU, a thread, or the one of what was asked. */
export type Column =
  | { readonly of: 'script' }
  | { readonly of: 'cpu'; readonly cpu: number }
  | { readonly of: 'thread'; readonly tid: number };

/** A piece of a timeline's row. */
export interface Cell {
  readonly column: Column;
  readonly text: string;
}

/** What a CPU's registers held when they were last shown. */
export interface Shown {
  readonly words: readonly number[];
  readonly dr7: number;
}

/** A CPU after reset. */
export const NOTHING_SHOWN: Shown = { words: [0, 0, 0, 0, 0, 0, 0, 0], dr7: 0x400 };

type Load = Extract<MachineEvent, { type: 'load' }>;

/** `dr3=a dr7=0xd0000440`: the registers that are other than `before`. */
export function loadText({ names }: Run, { words, dr7 }: Pick<Load, 'words' | 'dr7'>, before: Shown): string {
  const parts = [0, 1, 2, 3].flatMap((slot) => {
    const [lo = 0, hi = 0] = [words[2 * slot], words[2 * slot + 1]];
    if (lo === before.words[2 * slot] && hi === before.words[2 * slot + 1]) return [];
    return [`dr${slot}=${names.valueText(joinU64(lo, hi))}`];
  });
  if (dr7 !== before.dr7) parts.push(`dr7=0x${(dr7 >>> 0).toString(16)}`);
  return parts.join(' ');
}

/** The cells of one event; loads are not among them, because they depend on what was shown before. */
export function eventCells(run: Run, event: MachineEvent): Cell[] {
  const { names } = run;
  switch (event.type) {
    case 'load':
      return [];
    case 'access':
      return [thread(event.tid, `${event.tid === -1 ? '' : 'kernel '}${event.kind}s ${names.placeText(event.at)}:${event.length}`)];
    case 'exception':
      return exceptionCells(event);
    case 'triggered':
      return toldCells(run, event);
    case 'told': {
      const user = event.request < 0 ? null : names.actor(event.request);
      return user === null ? [] : [{ column: { of: 'script' }, text: `${user}: ${event.what} (${event.cause})` }];
    }
    case 'refused': {
      const user = event.request < 0 ? 'raw register' : names.actor(event.request);
      return [{ column: { of: 'script' }, text: `${user}: refused, ${event.code}` }];
    }
    case 'sample': {
      const user = run.users.ownerOfEvent(event.event);
      return user === null ? [] : [thread(event.tid, `sample of ${names.actor(user)}`)];
    }
    case 'stale':
      return [cpu(event.cpu, 'stale registers: off')];
    case 'vm86':
      return [thread(event.tid, 'back to its monitor')];
    case 'signal':
      return [thread(event.tid, `${event.signal}${event.code === null ? '' : ` ${event.code}`} ${event.how}`)];
    case 'stop':
      return [thread(event.tid, stopText(run, event.stop))];
    case 'resume':
      return [thread(event.tid, `goes on: ${event.how}`)];
    case 'syscall':
      return [thread(event.tid, event.phase === 'enter' ? 'enters the kernel' : 'returns')];
    case 'switch':
      return [cpu(event.cpu, `runs ${names.thread(event.to)}`)];
    case 'born':
      return [thread(event.tid, `born by ${event.how} of ${names.thread(event.parent)}`)];
    case 'exec':
      return [thread(event.tid, 'another program')];
    case 'exit':
      return [thread(event.tid, event.signal === null ? `exits with ${event.status}` : `dies of ${event.signal}`)];
  }
}

function cpu(number: number, text: string): Cell {
  return { column: { of: 'cpu', cpu: number }, text };
}

function thread(tid: number, text: string): Cell {
  return { column: { of: 'thread', tid }, text };
}

function exceptionCells({ cpu: number, reasons, user }: Extract<MachineEvent, { type: 'exception' }>): Cell[] {
  const bits = [0, 1, 2, 3].filter((bit) => ((reasons >>> bit) & 1) === 1).map((bit) => `B${bit}`);
  const others = [0x2000, 0x4000, 0x8000].flatMap((mask, at) => ((reasons & mask) === 0 ? [] : [['BD', 'BS', 'BT'][at] ?? '']));
  return [cpu(number, `#DB ${[...bits, ...others].join(' ') || 'no reason'}${user ? '' : ' in kernel mode'}`)];
}

function toldCells(run: Run, { tid, told }: Extract<MachineEvent, { type: 'triggered' }>): Cell[] {
  const user = toldUser(run, told);
  return user === null ? [] : [thread(tid, `${run.names.actor(user)} triggered: ${told.answer}`)];
}

function stopText({ names }: Run, stop: Extract<MachineEvent, { type: 'stop' }>['stop']): string {
  switch (stop.why) {
    case 'signal':
      return `stops: ${stop.signal}`;
    case 'attach':
      return 'stops: attached';
    case 'exec':
      return 'stops: exec';
    case 'fork':
    case 'vfork':
    case 'clone':
      return `stops: ${stop.why} of ${names.thread(stop.child)}`;
  }
}
