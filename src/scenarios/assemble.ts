// From programs as they are written to what the machine runs: names become addresses. The checker has seen that they all exist.
import { present } from '../base/assert.js';
import type { Linear } from '../facility/linear.js';
import type { Instruction, KernelAction, Program, SystemCall } from '../machine/program.js';
import type { AddressText, RangeText } from './address.js';
import { addressIn, type Layout, lengthIn } from './layout.js';
import type { ActionText, CallText, InstructionText, ProgramText } from './program-text.js';

interface Bytes {
  readonly at: Linear;
  readonly length: number;
}

/** The address of `address`, which exists. */
export function placeOf(layout: Layout, address: AddressText): Linear {
  return present(addressIn(layout, address), `an address for ${address.kind}`);
}

/** Address and length of `range`, which has both. */
export function bytesOf(layout: Layout, range: RangeText): Bytes {
  return { at: placeOf(layout, range.address), length: present(lengthIn(layout, range), 'a length') };
}

/** All programs of a scenario, laid out. */
export function assemble(programs: readonly ProgramText[], layout: Layout): Program[] {
  return programs.map(({ name, code }, number) => ({
    name,
    base: layout.bases[number] ?? 0,
    code: code.map(({ instruction }) => assembleInstruction(layout, instruction)),
  }));
}

function assembleInstruction(layout: Layout, text: InstructionText): Instruction {
  switch (text.op) {
    case 'plain':
      return plain(text.name);
    case 'access':
      return access(bytesOf(layout, text.range), text);
    case 'cmpxchg':
      return { op: 'cmpxchg', ...bytesOf(layout, text.range), expected: text.expected, value: text.value };
    case 'touch':
      return { op: text.name, at: placeOf(layout, text.at) };
    case 'rep':
      return repeat(layout, text);
    case 'io':
      return text;
    case 'number':
      return text.name === 'int' ? { op: 'int', vector: text.value } : { op: 'mov-dr', register: text.value };
    case 'popf':
      return text;
    case 'go':
      return { op: text.name, to: placeOf(layout, text.to) };
    case 'loop':
      return { op: 'loop', to: placeOf(layout, text.to), times: text.times };
    case 'syscall':
      return { op: 'syscall', call: assembleCall(layout, text.call) };
  }
}

function plain(name: Extract<InstructionText, { op: 'plain' }>['name']): Instruction {
  switch (name) {
    case 'prefetch':
    case 'lea':
    case 'masked-store':
      return { op: 'no-access', name };
    case 'nop':
    case 'int3':
    case 'icebp':
    case 'cli':
    case 'ret':
    case 'fault':
      return { op: name };
  }
}

function access(bytes: Bytes, { name, value }: Extract<InstructionText, { op: 'access' }>): Instruction {
  if (name === 'load') return { op: 'load', ...bytes };
  if (name === 'store' || name === 'xchg') return { op: name, ...bytes, value };
  return { op: 'add', ...bytes, value, locked: name === 'locked-add' };
}

function repeat(layout: Layout, { to, from, value, count, lag }: Extract<InstructionText, { op: 'rep' }>): Instruction {
  const { at, length } = bytesOf(layout, to);
  if (from === null) return { op: 'rep-stos', at, length, count, value, lag };
  return { op: 'rep-movs', from: placeOf(layout, from), to: at, length, count, lag };
}

function assembleCall(layout: Layout, call: CallText): SystemCall {
  switch (call.name) {
    case 'work':
      return { name: 'work', actions: call.actions.map((action) => assembleAction(layout, action)) };
    case 'fork':
    case 'vfork':
    case 'clone':
      return { name: call.name, child: placeOf(layout, call.child) };
    case 'exec':
      return { name: 'exec', to: placeOf(layout, call.to) };
    case 'sigaction': {
      const { signal, action } = call;
      if (typeof action === 'string') return { name: 'sigaction', signal, action, handler: -1 };
      return { name: 'sigaction', signal, action: 'handler', handler: placeOf(layout, action) };
    }
    case 'exit':
    case 'yield':
    case 'sigreturn':
    case 'vm86':
    case 'raise':
    case 'sigmask':
      return call;
  }
}

/** A step of the kernel's own, with addresses. */
export function assembleAction(layout: Layout, action: ActionText): KernelAction {
  switch (action.act) {
    case 'read':
    case 'write':
      return { act: action.act, ...bytesOf(layout, action.range), value: action.value, bytewise: action.bytewise };
    case 'kprobe': {
      const data = action.range === null ? { at: 0, length: 0 } : bytesOf(layout, action.range);
      return { act: 'kprobe', at: placeOf(layout, action.at), data: data.at, length: data.length };
    }
    case 'run':
      return { act: 'run', at: placeOf(layout, action.at) };
    case 'idle':
      return action;
  }
}
