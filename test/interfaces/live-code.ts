// The machine's instructions as x86-64 code for a process whose addresses all lie below 2 GiB. What an instruction is made of depends on its
// kind alone, so that addresses are known before operands are.
//
//   memory operand: ModRM 00 rrr 100 (rrr: register or opcode extension), SIB 25, address of 4 bytes
//   REX.W (48): 8 bytes | 66: 2 bytes
import { constants } from 'node:os';
import type { Instruction, SystemCall } from '../../src/machine/program.js';

/** Where the process has what system calls need. */
export interface LiveAddresses {
  /** 4096 bytes for what system calls are given, from here up. */
  readonly scratch: number;
  /** The stack pointers of threads that the program makes itself, by number. */
  stackTop(number: number): number;
  readonly restorer: number;
  readonly programPath: number;
  readonly programArguments: number;
}

/** A program as bytes. */
export interface LiveCode {
  readonly bytes: readonly number[];
  /** Of each instruction, from the start. */
  readonly offsets: readonly number[];
  /** What `scratch` must hold. */
  readonly scratch: readonly number[];
}

const WIDE = 0x48;
const SYSCALL = [0x0f, 0x05];
const SYS = {
  ...{ rt_sigaction: 13, readv: 19, clone: 56, fork: 57, vfork: 58, execve: 59, exit: 60, gettid: 186, tkill: 200 },
  ...{ sched_yield: 24 },
} as const;
/** Memory, files, signal actions and process are shared: a thread. */
const THREAD_FLAGS = 0x0005_0f00;
const SA_RESTORER = 0x0400_0000;
const SIGSET_BYTES = 8;
/** MOV r32, imm32 into the registers of a system call's arguments. */
const ARGUMENTS = [[0xbf], [0xbe], [0xba], [0x41, 0xba]];

/** The whole program, from `base` on. Throws for an instruction that no real program can have. */
export function assemble(code: readonly Instruction[], base: number, addresses: LiveAddresses): LiveCode {
  const assembler = new Assembler(addresses);
  const bytes: number[] = [];
  const offsets: number[] = [];
  for (const instruction of code) {
    offsets.push(bytes.length);
    bytes.push(...assembler.one(instruction, base + bytes.length));
  }
  return { bytes, offsets: [...offsets, bytes.length], scratch: assembler.scratch };
}

class Assembler {
  readonly scratch: number[] = [];
  readonly #addresses: LiveAddresses;
  #threads = 8;

  constructor(addresses: LiveAddresses) {
    this.#addresses = addresses;
  }

  one(instruction: Instruction, at: number): number[] {
    switch (instruction.op) {
      case 'nop':
        return [0x90];
      case 'load':
        return [...sized(instruction.length, 0x8a, 0x8b), ...operand(2, instruction.at)];
      case 'store':
        return store(instruction.at, instruction.length, instruction.value);
      case 'mov-ss':
        return [0x8e, ...operand(2, instruction.at)];
      case 'int':
        return [0xcd, instruction.vector];
      case 'icebp':
        return [0xf1];
      case 'int3':
        return [0xcc];
      case 'jump':
        return [0xe9, ...little(instruction.to - at - 5, 4)];
      case 'syscall':
        return this.#call(instruction.call, at);
      default:
        throw new Error(`no live program has ${instruction.op}`);
    }
  }

  #call(call: SystemCall, at: number): number[] {
    switch (call.name) {
      case 'exit':
        return enter(SYS.exit, call.status);
      case 'yield':
        return enter(SYS.sched_yield);
      case 'raise':
        // tkill(gettid(), signal): MOV edi, eax between the two.
        return [...enter(SYS.gettid), 0x89, 0xc7, 0xbe, ...little(signalOf(call.signal), 4), 0xb8, ...little(SYS.tkill, 4), ...SYSCALL];
      case 'sigaction':
        return this.#sigaction(call);
      case 'sigreturn':
        // To the restorer, which the kernel has put there.
        return [0xc3];
      case 'clone':
        return this.#born(enter(SYS.clone, THREAD_FLAGS, this.#addresses.stackTop(this.#threads++), 0, 0), at, call.child);
      case 'fork':
        return this.#born(enter(SYS.fork), at, call.child);
      case 'exec':
        return enter(SYS.execve, this.#addresses.programPath, this.#addresses.programArguments, 0);
      case 'work':
        return this.#work(call);
      default:
        throw new Error(`no live program has the system call ${call.name}`);
    }
  }

  /** The child has 0 in EAX: TEST eax, eax and JE to where it begins. */
  #born(call: number[], at: number, child: number): number[] {
    const behind = at + call.length + 8;
    return [...call, 0x85, 0xc0, 0x0f, 0x84, ...little(child - behind, 4)];
  }

  #sigaction({ signal, action, handler }: Extract<SystemCall, { name: 'sigaction' }>): number[] {
    const handlers = { default: 0, ignore: 1, handler } as const;
    const { restorer } = this.#addresses;
    const struct = [handlers[action], SA_RESTORER, restorer, 0].flatMap((word) => little(word, 8));
    return enter(SYS.rt_sigaction, signalOf(signal), this.#put(struct), 0, SIGSET_BYTES);
  }

  /** What the kernel writes is read from descriptor 0, which is full of zeros: one readv for all of it. */
  #work({ actions }: Extract<SystemCall, { name: 'work' }>): number[] {
    const parts = actions.map((action) => {
      if (action.act !== 'write') throw new Error(`no live kernel can be asked for ${action.act}`);
      return [...little(action.at, 8), ...little(action.length, 8)];
    });
    return enter(SYS.readv, 0, this.#put(parts.flat()), parts.length);
  }

  #put(bytes: readonly number[]): number {
    const at = this.#addresses.scratch + this.scratch.length;
    this.scratch.push(...bytes);
    return at;
  }
}

function signalOf(name: keyof typeof constants.signals): number {
  return constants.signals[name];
}

/** The call with up to four arguments below 2 GiB. */
function enter(number: number, ...values: number[]): number[] {
  const moves = values.flatMap((value, index) => [...(ARGUMENTS[index] ?? []), ...little(value, 4)]);
  return [...moves, 0xb8, ...little(number, 4), ...SYSCALL];
}

/** An absolute address below 2 GiB. */
function operand(extension: number, address: number): number[] {
  return [(extension << 3) | 4, 0x25, ...little(address, 4)];
}

/** Opcode for bytes or larger operands, with the prefix of the size. */
function sized(length: number, ofByte: number, ofWord: number): number[] {
  if (length === 1) return [ofByte];
  if (length === 2) return [0x66, ofWord];
  return length === 4 ? [ofWord] : [WIDE, ofWord];
}

function store(at: number, length: number, value: number): number[] {
  return [...sized(length, 0xc6, 0xc7), ...operand(0, at), ...little(value, Math.min(length, 4))];
}

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
}
