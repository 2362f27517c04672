// Whether something that happened on the machine is what an `expect` line speaks of.
import type { MachineEvent } from '../machine/events.js';
import type { Users } from './ask-user.js';
import { bytesOf } from './assemble.js';
import type { EventText } from './facts.js';
import type { Names } from './names.js';

/** Whose names and events are meant. */
export interface Meaning {
  readonly names: Names;
  readonly users: Users;
}

/** Number of the user that was told of a hit, or null. */
export function toldUser({ users }: Meaning, { who, id }: Extract<MachineEvent, { type: 'triggered' }>['told']): number | null {
  if (who === 'perf') return users.ownerOfEvent(id);
  return id < 0 ? null : id;
}

export function isEvent(meaning: Meaning, text: EventText, event: MachineEvent): boolean {
  switch (text.of) {
    case 'thread':
      return isThreadEvent(meaning.names.tidOf(text.thread.name), text.event, event);
    case 'signal':
      return event.type === 'signal' && event.tid === tidOf(meaning, text) && event.signal === text.signal && isFate(text.event, event.how);
    case 'access': {
      if (event.type !== 'access' || event.tid !== tidOf(meaning, text)) return false;
      const { at, length } = bytesOf(meaning.names.layout, text.range);
      return event.kind === (text.event === 'writes' ? 'write' : 'read') && event.at < at + length && at < event.at + event.length;
    }
    case 'client':
      return isClientEvent(meaning, text, event);
    case 'cpu':
      return 'cpu' in event && event.cpu === text.cpu && event.type === text.event;
  }
}

function tidOf({ names }: Meaning, { thread }: Extract<EventText, { readonly thread: unknown }>): number | null {
  return names.tidOf(thread.name);
}

/** A signal that finds itself pending does not count: it does not queue. */
function isFate(wanted: 'signal' | 'handler' | 'swallowed', how: Extract<MachineEvent, { type: 'signal' }>['how']): boolean {
  return wanted === 'signal' ? how === 'owed' : how === wanted;
}

function isThreadEvent(tid: number | null, wanted: Extract<EventText, { of: 'thread' }>['event'], event: MachineEvent): boolean {
  switch (wanted) {
    case 'syscall':
    case 'return':
      return event.type === 'syscall' && event.tid === tid && (event.phase === 'enter') === (wanted === 'syscall');
    case 'fork':
      return event.type === 'born' && event.parent === tid;
    case 'exception':
    case 'stop':
    case 'exec':
    case 'exit':
    case 'vm86':
      return event.type === wanted && event.tid === tid;
  }
}

function isClientEvent(meaning: Meaning, { client, event: wanted }: Extract<EventText, { of: 'client' }>, event: MachineEvent): boolean {
  const user = meaning.names.actorNumber(client.name);
  if (wanted === 'triggered') return event.type === 'triggered' && toldUser(meaning, event.told) === user;
  return event.type === 'told' && event.what === wanted && event.request === user;
}
