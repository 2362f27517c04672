// What a life of a machine must show: computed from what threads touch and what is asked for, never from the debug registers.

import { linearOf } from '../../src/facility/linear.js';
import type { Request } from '../../src/facility/request.js';
import { requestOf } from '../../src/facility/state.js';
import { rawRequestId } from '../../src/facility/virtual/raw-requests.js';
import { fieldOf, isEnabled, lengthOfField } from '../../src/facility/virtual/registers.js';
import type { Machine } from '../../src/machine/machine.js';
import { type Instruction, instructionAt, type KernelAction } from '../../src/machine/program.js';
import type { Thread } from '../../src/machine/state.js';
import type { Bytes } from './life-script.js';

/** One access, in user mode or not. */
export interface Touch {
  readonly kind: 'read' | 'write' | 'execute';
  readonly at: number;
  readonly length: number;
  readonly user: boolean;
}

/** A raw register that asks for a breakpoint. */
export interface RawWish extends Bytes {
  readonly index: number;
}

/** What the next step of `cpu` touches if nothing stops it; an instruction breakpoint before it comes first, and alone. */
export function nextTouches(machine: Machine, thread: Thread): { readonly before: Touch | null; readonly touches: readonly Touch[] } {
  if (thread.call !== null) {
    const action = thread.call.name === 'work' ? thread.call.actions[thread.action] : undefined;
    return { before: null, touches: action === undefined ? [] : touchesOf(action) };
  }
  const { pc, rf } = thread.context;
  const instruction = instructionAt(machine.setup.programs, pc);
  const before = rf ? null : ({ kind: 'execute', at: pc, length: 1, user: true } as const);
  return { before, touches: instruction === null ? [] : accessOf(instruction) };
}

function accessOf(instruction: Instruction): Touch[] {
  switch (instruction.op) {
    case 'load':
      return [{ kind: 'read', at: instruction.at, length: instruction.length, user: true }];
    case 'store':
    case 'add':
    case 'xchg':
    case 'cmpxchg':
      return [{ kind: 'write', at: instruction.at, length: instruction.length, user: true }];
    default:
      return [];
  }
}

function touchesOf(action: KernelAction): Touch[] {
  switch (action.act) {
    case 'read':
    case 'write': {
      const bytes = action.bytewise ? 1 : action.length;
      const parts = Array.from({ length: action.length / bytes }, (_, n) => action.at + n * bytes);
      return parts.map((at) => ({ kind: action.act, at, length: bytes, user: false }));
    }
    case 'kprobe':
      return action.length === 0 ? [] : [{ kind: 'write', at: action.data, length: action.length, user: false }];
    case 'run':
      return [{ kind: 'execute', at: action.at, length: 1, user: false }];
    case 'idle':
      return [];
  }
}

/** Whether a breakpoint at these bytes sees `touch`. */
export function sees({ address, length, access }: Bytes, touch: Touch): boolean {
  if (access === 'execute' || touch.kind === 'execute') return access === touch.kind && address === touch.at;
  if (touch.kind === 'read' && access !== 'readwrite') return false;
  return touch.at < address + length && address < touch.at + touch.length;
}

/** What thread `tid`'s own registers ask for. */
export function rawWishes({ state, setup }: Machine, tid: number): RawWish[] {
  if (setup.rules.raw.storage === 'stubs') {
    return state.half.charged
      .filter((one) => one.tid === tid && one.client === 'ptrace' && one.enabled)
      .map(({ index, address, length, access }) => ({ index, address, length: length as 1 | 2 | 4 | 8, access }));
  }
  const own = state.half.threads[tid];
  if (own === undefined) return [];
  return [0, 1, 2, 3].flatMap((index): RawWish[] => {
    const field = fieldOf(own.dr7Lo, index);
    const access = ([`execute`, 'write', null, 'readwrite'] as const)[field & 3] ?? null;
    if (!isEnabled(own.dr7Lo, index) || access === null) return [];
    // One whose effects a script holds back is not there yet.
    if (setup.rules.raw.storage === 'requests' && requestOf(state.half.broker, rawRequestId(tid, index))?.installed !== true) return [];
    const length = (access === 'execute' ? 1 : lengthOfField(field)) as 1 | 2 | 4 | 8;
    const address = linearOf(own.words[2 * index] ?? 0, own.words[2 * index + 1] ?? 0);
    // The processor ignores the bits below.
    return [{ index, address: address - (address % length), length, access }];
  });
}

/** Whether `request` is for what runs as thread `tid`. */
export function covers({ scope, tids }: Request, tid: number): boolean {
  return scope.kind === 'kernel' || tids.includes(tid);
}

/** Installed requests of users, not those behind raw registers, that `touch` by `tid` is the business of. */
export function concerned(machine: Machine, tid: number, touch: Touch): Request[] {
  return machine.state.half.broker.requests.filter(
    (one) => one.id >= 0 && isSettled(one) && covers(one, tid) && bytesOf(one).some((bytes) => sees(bytes, touch)),
  );
}

/** Installed, and not on the way to other bytes. */
export function isSettled({ installed, before }: Request): boolean {
  return installed && before === null;
}

/** Pieces of a request. */
export function bytesOf({ pieces, access }: Request): Bytes[] {
  return pieces.map(({ address, length }) => ({ address, length: length as 1 | 2 | 4 | 8, access }));
}
