// Where a stopped thread can be after its next instruction: what a step by an instruction breakpoint needs, so that no trap flag is.
import type { Instruction } from 'iced-x86';
import { isTaken } from './branch-taken.js';
import { farTarget, indirectTarget, returnTarget } from './branch-target.js';
import type { Iced } from './decoder.js';
import { LONGEST_INSTRUCTION } from './decoder.js';
import { abortAddress } from './restartable-sequence.js';
import type { NextAddress, StoppedThread } from './stopped-thread.js';
import { isRestarted, systemCallNext } from './system-call-next.js';
import { userWord } from './user-registers.js';

/** Selector of 64-bit user code on Linux. */
const USER_CODE_64 = 0x33n;
/** The page of old system calls, which the kernel carries out when somebody calls into it, and returns. */
const VSYSCALL = { start: 0xffff_ffff_ff60_0000n, end: 0xffff_ffff_ff60_1000n } as const;

let loading: Promise<NextAddressFinder> | null = null;

/** The finder, made once per process. Rejects only when the decoder's package is missing. */
export function loadNextAddress(): Promise<NextAddressFinder> {
  loading ??= import('iced-x86').then((iced) => new NextAddressFinder(iced));
  return loading;
}

/** Tells where threads go. Never throws. */
export class NextAddressFinder {
  readonly #iced: Iced;
  readonly #instruction: Instruction;

  /** Use {@link loadNextAddress}. */
  constructor(iced: Iced) {
    this.#iced = iced;
    this.#instruction = new iced.Instruction();
  }

  /**
   * All addresses where `thread` can be after one instruction. A repeated string instruction is one instruction: its end. A thread that was
   * stopped inside a system call that will be begun again is done with it where it stands already: its own address. One that was stopped inside a
   * restartable sequence goes to its abort handler before anything else.
   */
  next(thread: StoppedThread): NextAddress {
    const { registers } = thread;
    const ip = userWord(registers, 'rip');
    if (userWord(registers, 'cs') !== USER_CODE_64) return cannot('the thread runs 32-bit code');
    if (thread.isInSystemCall || isRestarted(registers)) return at([ip], false);
    const abort = abortAddress(thread);
    if (abort !== null) return at([abort], false);
    const bytes = thread.readMemory(ip, LONGEST_INSTRUCTION);
    if (bytes === null || bytes.length === 0) return cannot(`no memory is readable at 0x${ip.toString(16)}`);
    if (!this.#decode(bytes, ip)) return cannot(`no instruction can be decoded at 0x${ip.toString(16)}`);
    const next = this.#after(thread);
    return next.kind === 'at' ? arrives(next.addresses, ip) : next;
  }

  #decode(bytes: Uint8Array, ip: bigint): boolean {
    const decoder = new this.#iced.Decoder(64, bytes, this.#iced.DecoderOptions.None);
    try {
      decoder.ip = ip;
      decoder.decodeOut(this.#instruction);
      return !this.#instruction.isInvalid;
    } finally {
      decoder.free();
    }
  }

  #after(thread: StoppedThread): NextAddress {
    const { FlowControl, Code } = this.#iced;
    const instruction = this.#instruction;
    const decoded = { iced: this.#iced, instruction };
    switch (instruction.flowControl) {
      case FlowControl.UnconditionalBranch:
        return at([instruction.nearBranchTarget], false);
      case FlowControl.ConditionalBranch:
        return at([isTaken(decoded, thread.registers) ? instruction.nearBranchTarget : instruction.nextIP], false);
      case FlowControl.IndirectBranch:
      case FlowControl.IndirectCall:
        return found(
          instruction.isJmpFarIndirect || instruction.isCallFarIndirect ? farTarget(decoded, thread) : indirectTarget(decoded, thread),
        );
      case FlowControl.Return:
        return found(returnTarget(decoded, thread));
      case FlowControl.Call:
        return instruction.code === Code.Syscall ? systemCallNext(thread, instruction.nextIP) : this.#call();
      case FlowControl.XbeginXabortXend:
        return at(this.#transaction(), false);
      case FlowControl.Interrupt:
        return instruction.code === Code.Int_imm8 && instruction.immediate8 === 0x80
          ? cannot('it is a system call of 32-bit programs (int 0x80)')
          : at([instruction.nextIP], false);
      default:
        return at([instruction.nextIP], false);
    }
  }

  #call(): NextAddress {
    const { code, nearBranchTarget } = this.#instruction;
    return code === this.#iced.Code.Call_rel32_64
      ? at([nearBranchTarget], false)
      : cannot('it enters the kernel or a hypervisor in a way of its own');
  }

  /** xbegin goes on, or to its fallback when the transaction fails: a breakpoint inside makes it fail. xabort outside one does nothing. */
  #transaction(): bigint[] {
    const { Code } = this.#iced;
    const { code, nextIP, nearBranchTarget } = this.#instruction;
    const begins = code === Code.Xbegin_rel32 || code === Code.Xbegin_rel16;
    return begins && nearBranchTarget !== nextIP ? [nearBranchTarget, nextIP] : [nextIP];
  }
}

function at(addresses: readonly bigint[], overItself: boolean): NextAddress {
  return { kind: 'at', addresses, overItself };
}

function cannot(reason: string): NextAddress {
  return { kind: 'cannot-decode', reason };
}

function found(target: bigint | string): NextAddress {
  return typeof target === 'string' ? cannot(target) : at([target], false);
}

/** No breakpoint can stand in the vsyscall page, and its code is not executed. */
function arrives(addresses: readonly bigint[], ip: bigint): NextAddress {
  const inKernelsPage = addresses.some((address) => address >= VSYSCALL.start && address < VSYSCALL.end);
  if (inKernelsPage) return cannot('it calls into the vsyscall page, which the kernel carries out');
  return { kind: 'at', addresses, overItself: addresses.includes(ip) };
}
