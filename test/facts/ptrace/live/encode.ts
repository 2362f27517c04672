// Operations as x86-64 machine code for a tracee whose addresses all lie below 2 GiB.
//
//   memory operand: ModRM 00 rrr 100 (rrr: register or opcode extension), SIB 25, address of 4 bytes. RDX is every operation's register.
//   REX.W (48): 8 bytes | 66: 2 bytes | F0: LOCK | F2, F3: REP
import { assertNever } from '../../../../src/base/assert.js';
import type { RegisterName } from '../../../../src/linux/ptrace-control.js';
import type { AccessLength, NoAccess, Operation, SystemCall } from '../operation.js';

/** Where things lie in the tracee. */
export interface TraceeAddresses {
  readonly data: bigint;
  readonly handlerRuns: bigint;
  readonly actions: Readonly<Record<'default' | 'ignore' | 'handler', bigint>>;
  /** A signal set with SIGTRAP. */
  readonly sigtrapSet: bigint;
}

/** One operation's code. */
export interface Encoded {
  readonly bytes: readonly number[];
  /** How many bytes of preparation come before its instruction. */
  readonly preparation: number;
  /** What registers must hold when the program starts. */
  readonly registers?: Partial<Record<RegisterName, bigint>>;
  /** What POPF will take from the stack. */
  readonly popped?: bigint;
}

const RDX = 2;
const WIDE = 0x48;
const TF = 0x100n;
const RF = 0x1_0000n;
/** The bit that is always 1, and IF, which user mode cannot change. */
const PLAIN_FLAGS = 0x202n;

/** The code of one operation. */
export function encode(operation: Operation, addresses: TraceeAddresses): Encoded {
  const memory = (at: number, extension: number = RDX) => operand(extension, Number(addresses.data) + at);
  switch (operation.op) {
    case 'nop':
      return plain(0x90);
    case 'load':
      return plain(...loadOpcode(operation.length), ...memory(operation.at));
    case 'store':
      return plain(...store(operation.length, operation.value, (extension) => memory(operation.at, extension)));
    case 'store-non-temporal':
      return plain(WIDE, 0x0f, 0xc3, ...memory(operation.at));
    case 'add':
      return plain(...lock(operation.locked), WIDE, 0x83, ...memory(operation.at, 0), 1);
    case 'exchange':
      return plain(WIDE, 0x87, ...memory(operation.at));
    case 'compare-exchange':
      return {
        ...plain(...lock(operation.locked), WIDE, 0x0f, 0xb1, ...memory(operation.at)),
        registers: { rax: BigInt(operation.expected), rdx: 1n },
      };
    case 'compare':
      return plain(WIDE, 0x83, ...memory(operation.at, 7), 1);
    case 'flush-line':
      return plain(0x0f, 0xae, ...memory(operation.at, 7));
    case 'no-access':
      return plain(...NO_ACCESS[operation.name], ...memory(operation.at, NO_ACCESS_EXTENSION[operation.name]));
    case 'repeat-move':
      return {
        ...plain(0xf3, 0xa4),
        registers: repeated(operation.count, addresses.data + BigInt(operation.at), operation.from, addresses),
      };
    case 'repeat-store':
      return { ...plain(0xf3, WIDE, 0xab), registers: repeated(operation.count, addresses.data + BigInt(operation.at), 0, addresses) };
    case 'load-ss':
      return plain(0x8e, ...memory(operation.at, 2));
    case 'icebp':
      return plain(0xf1);
    case 'int3':
      return plain(...Array.from({ length: operation.prefixes }, () => 0x2e), 0xcc);
    case 'int':
      // 20 is getpid of 32-bit system calls.
      return { ...plain(0xcd, operation.vector), registers: operation.vector === 128 ? { rax: 20n } : {} };
    case 'cli':
      return plain(0xfa);
    case 'read-debug-register':
      return plain(0x0f, 0x21, 0xfa);
    case 'fault':
      return plain(WIDE, 0x8b, ...operand(RDX, 0));
    case 'pop-flags':
      return { ...plain(0x9d), popped: PLAIN_FLAGS | (operation.tf ? TF : 0n) | (operation.rf ? RF : 0n) };
    case 'spin':
      return plain(0xeb, 0xfe);
    case 'system-call':
      return systemCall(operation.call, addresses);
    default:
      return assertNever(operation);
  }
}

function plain(...bytes: number[]): Encoded {
  return { bytes, preparation: 0 };
}

/** An absolute address below 2 GiB. */
function operand(extension: number, address: number): number[] {
  return [(extension << 3) | 4, 0x25, ...little(address, 4)];
}

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => (value >> (8 * index)) & 0xff);
}

function lock(locked: boolean): number[] {
  return locked ? [0xf0] : [];
}

function loadOpcode(length: AccessLength): number[] {
  switch (length) {
    case 1:
      return [0x8a];
    case 2:
      return [0x66, 0x8b];
    case 4:
      return [0x8b];
    case 8:
      return [WIDE, 0x8b];
    case 16:
      return [0x0f, 0x10];
    default:
      return assertNever(length);
  }
}

/** MOV of a constant; 16 bytes are the vector register's, zero. */
function store(length: AccessLength, value: number, memory: (extension: number) => number[]): number[] {
  switch (length) {
    case 1:
      return [0xc6, ...memory(0), ...little(value, 1)];
    case 2:
      return [0x66, 0xc7, ...memory(0), ...little(value, 2)];
    case 4:
      return [0xc7, ...memory(0), ...little(value, 4)];
    case 8:
      return [WIDE, 0xc7, ...memory(0), ...little(value, 4)];
    case 16:
      return [0x0f, 0x11, ...memory(0)];
    default:
      return assertNever(length);
  }
}

const NO_ACCESS: Readonly<Record<NoAccess, readonly number[]>> = {
  prefetch: [0x0f, 0x18],
  'prefetch-for-write': [0x0f, 0x0d],
  lea: [WIDE, 0x8d],
  // VMASKMOVPS of XMM1 under the mask in XMM0, which is zero since the program's start.
  'masked-store': [0xc4, 0xe2, 0x79, 0x2e],
};
const NO_ACCESS_EXTENSION: Readonly<Record<NoAccess, number>> = { prefetch: 1, 'prefetch-for-write': 1, lea: RDX, 'masked-store': 1 };

function repeated(count: number, to: bigint, from: number, { data }: TraceeAddresses): Partial<Record<RegisterName, bigint>> {
  return { rcx: BigInt(count), rdi: to, rsi: data + BigInt(from) };
}

const SYS = { read: 0, write: 1, rt_sigaction: 13, rt_sigprocmask: 14, getpid: 39, exit_group: 231 } as const;
const SIGTRAP = 5;
const SIGSET_BYTES = 8;
/** Number of the register in MOV r32, imm32; R10 needs a prefix of its own. */
const ARGUMENTS = [[0xbf], [0xbe], [0xba], [0x41, 0xba]];

function systemCall(call: SystemCall, addresses: TraceeAddresses): Encoded {
  const data = (at: number) => Number(addresses.data) + at;
  switch (call.name) {
    case 'getpid':
      // Without preparation, so that it can come right after another instruction.
      return { ...plain(0x0f, 0x05), registers: { rax: BigInt(SYS.getpid) } };
    case 'read':
      return enter(SYS.read, 0, data(call.at), call.length);
    case 'write':
      return enter(SYS.write, 1, data(call.at), call.length);
    case 'sigaction':
      return enter(SYS.rt_sigaction, SIGTRAP, Number(addresses.actions[call.action]), 0, SIGSET_BYTES);
    case 'block-sigtrap':
      return enter(SYS.rt_sigprocmask, 0, Number(addresses.sigtrapSet), 0, SIGSET_BYTES);
    case 'exit':
      if (call.status !== 'handler-runs') return enter(SYS.exit_group, call.status);
      // MOV edi, [handler_runs] takes the place of a constant.
      return withSyscall([0xb8, ...little(SYS.exit_group, 4), 0x8b, ...operand(7, Number(addresses.handlerRuns))]);
    default:
      return assertNever(call);
  }
}

/** The call with up to four arguments below 2 GiB. */
function enter(number: number, ...values: number[]): Encoded {
  return withSyscall([0xb8, ...little(number, 4), ...values.flatMap((value, index) => [...(ARGUMENTS[index] ?? []), ...little(value, 4)])]);
}

function withSyscall(preparation: number[]): Encoded {
  return { bytes: [...preparation, 0x0f, 0x05], preparation: preparation.length };
}
