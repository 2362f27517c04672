// The program of a simulated subject: where its parts lie, and operations as instructions of the simulated machine, one for each.
//
//   400000 + 1000n   operations of the n-th thread of a family, and an INT3 behind them
//   500000           the handler: counts its run, returns
//   600000           data (8192 bytes)       610000  number of the handler's runs (8 bytes)
import { assertNever } from '../../../../src/base/assert.js';
import type { MemoryLayout } from '../../../../src/machine/memory.js';
import { INSTRUCTION_BYTES, type Instruction, type Program, type SystemCall } from '../../../../src/machine/program.js';
import { DATA_BYTES, type Operation, type SystemCall as OperationCall } from '../operation.js';

/** Addresses. */
export const DATA = 0x60_0000;
export const HANDLER = 0x50_0000;
export const RUNS = 0x61_0000;
const CODE = 0x40_0000;
const PART_BYTES = 0x1000;

export const MEMORY: MemoryLayout = {
  regions: [
    { name: 'data', address: DATA, length: DATA_BYTES, value: 0 },
    { name: 'runs', address: RUNS, length: 8, value: 0 },
  ],
};

export const HANDLER_PROGRAM: Program = {
  name: 'handler',
  base: HANDLER,
  code: [
    { op: 'add', at: RUNS, length: 8, value: 1, locked: false },
    { op: 'syscall', call: { name: 'sigreturn' } },
  ],
};

/** Where the operations of thread `place` begin. */
export function baseOf(place: number): number {
  return CODE + PART_BYTES * place;
}

/** `instructions` where thread `place` has its operations, with an INT3 behind them: the checkpoint. */
export function programOf(place: number, instructions: readonly Instruction[]): Program {
  return { name: `thread ${place}`, base: baseOf(place), code: [...instructions, { op: 'int3' }] };
}

/** Index of the operation at `pc`, their number for the checkpoint; null outside. */
export function indexOf({ base, code }: Program, pc: number): number | null {
  const index = (pc - base) / INSTRUCTION_BYTES;
  return Number.isInteger(index) && index >= 0 && index < code.length ? index : null;
}

/** The instruction of one operation, which lies at `pc`. */
export function instructionOf(operation: Operation, pc: number): Instruction {
  switch (operation.op) {
    case 'nop':
    case 'icebp':
    case 'cli':
    case 'fault':
      return { op: operation.op };
    case 'load':
      return { op: 'load', at: DATA + operation.at, length: operation.length };
    case 'store':
      // A vector register's, which is zero.
      return { op: 'store', at: DATA + operation.at, length: operation.length, value: operation.length === 16 ? 0 : operation.value };
    case 'store-non-temporal':
      return { op: 'store', at: DATA + operation.at, length: 8, value: 1 };
    case 'add':
      return { op: 'add', at: DATA + operation.at, length: 8, value: 1, locked: operation.locked };
    case 'exchange':
      return { op: 'xchg', at: DATA + operation.at, length: 8, value: 1 };
    case 'compare-exchange':
      return { op: 'cmpxchg', at: DATA + operation.at, length: 8, expected: operation.expected, value: 1 };
    case 'compare':
      return { op: 'load', at: DATA + operation.at, length: 8 };
    case 'flush-line':
      return { op: 'clflush', at: DATA + operation.at };
    case 'no-access':
      return { op: 'no-access', name: operation.name === 'prefetch-for-write' ? 'prefetch' : operation.name };
    case 'repeat-move':
      return { op: 'rep-movs', from: DATA + operation.from, to: DATA + operation.at, length: 1, count: operation.count, lag: 0 };
    case 'repeat-store':
      return { op: 'rep-stos', at: DATA + operation.at, length: 8, count: operation.count, value: 0, lag: 0 };
    case 'load-ss':
      return { op: 'mov-ss', at: DATA + operation.at };
    case 'int3':
      return { op: 'int3' };
    case 'int':
      return { op: 'int', vector: operation.vector };
    case 'read-debug-register':
      return { op: 'mov-dr', register: 7 };
    case 'pop-flags':
      return { op: 'popf', tf: operation.tf };
    case 'spin':
      return { op: 'jump', to: pc };
    case 'system-call':
      return { op: 'syscall', call: callOf(operation.call) };
    default:
      return assertNever(operation);
  }
}

function callOf(call: OperationCall): SystemCall {
  switch (call.name) {
    case 'getpid':
      return { name: 'work', actions: [] };
    case 'read':
      // What the thread reads the kernel writes.
      return { name: 'work', actions: [{ act: 'write', at: DATA + call.at, length: call.length, value: 0, bytewise: false }] };
    case 'write':
      return { name: 'work', actions: [{ act: 'read', at: DATA + call.at, length: call.length, value: 0, bytewise: false }] };
    case 'sigaction':
      return { name: 'sigaction', signal: 'SIGTRAP', action: call.action, handler: HANDLER };
    case 'block-sigtrap':
      return { name: 'sigmask', signal: 'SIGTRAP', blocked: true };
    case 'exit':
      return { name: 'exit', status: call.status === 'handler-runs' ? 0 : call.status };
    default:
      return assertNever(call);
  }
}
