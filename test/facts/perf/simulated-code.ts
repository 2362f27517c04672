// Where the parts of a simulated program lie, and what its threads execute for each operation.
//
//   300000   where threads wait            500000   increment, incremented, incremented-twice
//   400000 + 1000n   operations of thread n   510000   on-sigio    520000   the handler of all other signals    600000   data
import type { MemoryLayout } from '../../../src/machine/memory.js';
import { INSTRUCTION_BYTES, type Instruction, type Program, type SystemCall } from '../../../src/machine/program.js';
import type { Operation, Place } from './subject.js';

/** Where a thread is that has nothing to do. */
export const WAITING = 0x30_0000;
const INCREMENT = 0x50_0000;
const ON_SIGIO = 0x51_0000;
const ON_OTHERS = 0x52_0000;
const DATA = 0x60_0000;
const DATA_BYTES = 128;

export const MEMORY: MemoryLayout = { regions: [{ name: 'data', address: DATA, length: DATA_BYTES, value: 0 }] };

const PLACES: Readonly<Record<Place, number>> = {
  data: DATA,
  increment: INCREMENT,
  incremented: INCREMENT + INSTRUCTION_BYTES,
  'incremented-twice': INCREMENT + 2 * INSTRUCTION_BYTES,
  'on-sigio': ON_SIGIO,
};

const ADD: Instruction = { op: 'add', at: DATA, length: 8, value: 1, locked: false };
const HANDLER: readonly Instruction[] = [{ op: 'nop' }, { op: 'syscall', call: { name: 'sigreturn' } }];

/** What does not change. */
export const FIXED_PROGRAMS: readonly Program[] = [
  { name: 'increment', base: INCREMENT, code: [ADD, ADD, { op: 'ret' }] },
  { name: 'on-sigio', base: ON_SIGIO, code: HANDLER },
  { name: 'on-others', base: ON_OTHERS, code: HANDLER },
];

export function addressOf(place: Place): number {
  return PLACES[place];
}

/** The place that an instruction is, if it has a name. */
export function placeAt(address: number): Place | null {
  const found = Object.entries(PLACES).find(([name, at]) => name !== 'data' && at === address);
  return found === undefined ? null : (found[0] as Place);
}

/** These instructions, `times` times over, for thread `tid`. */
export function programOf(tid: number, code: readonly Instruction[], times = 1): Program {
  const base = 0x40_0000 + 0x1000 * tid;
  return { name: `thread ${tid}`, base, code: times === 1 ? code : [...code, { op: 'loop', to: base, times }] };
}

/** Where a program ends. */
export function endOf({ base, code }: Program): number {
  return base + INSTRUCTION_BYTES * code.length;
}

/** What the program does first of all. */
export const SET_HANDLERS: readonly Instruction[] = (['SIGTRAP', 'SIGUSR1', 'SIGIO'] as const).map((signal) =>
  systemCall({ name: 'sigaction', signal, action: 'handler', handler: signal === 'SIGIO' ? ON_SIGIO : ON_OTHERS }),
);

/** One operation. */
export function instructionOf(operation: Operation): Instruction {
  switch (operation.kind) {
    case 'store':
      return { op: 'store', at: DATA + operation.offset, length: operation.size, value: 1 };
    case 'load':
      return { op: 'load', at: DATA + operation.offset, length: operation.size };
    case 'call':
      return { op: 'call', to: INCREMENT };
    case 'system-call read': {
      const written = { act: 'write', at: DATA + operation.offset, length: operation.size, value: 0, bytewise: true } as const;
      return systemCall({ name: 'work', actions: [written] });
    }
    case 'block':
    case 'unblock':
      return systemCall({ name: 'sigmask', signal: operation.signal, blocked: operation.kind === 'block' });
    case 'make threads':
      return systemCall({ name: 'clone', child: WAITING });
    case 'fork':
      return systemCall({ name: 'fork', child: WAITING, clearsHandlers: operation.clearSignals ?? false });
    case 'exec':
      return systemCall({ name: 'exec', to: WAITING });
    case 'end threads':
    case 'exit':
      return systemCall({ name: 'exit', status: 0 });
  }
}

/** How often an operation is done. */
export function timesOf(operation: Operation): number {
  if (operation.kind === 'make threads') return operation.count;
  return 'times' in operation ? (operation.times ?? 1) : 1;
}

function systemCall(call: SystemCall): Instruction {
  return { op: 'syscall', call };
}
