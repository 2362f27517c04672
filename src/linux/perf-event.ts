// perf_event_open for hardware breakpoints and for the software event that follows threads, with the attribute block drawn below.
//
//   0 type u32 | 4 size u32 | 8 config u64 | 16 sample_period u64 | 24 sample_type u64 | 32 read_format u64 | 40 flags u64
//  48 wakeup_watermark u32 | 52 bp_type u32 | 56 bp_addr u64 | 64 bp_len u64 | 72 branch_sample_type u64
//  80 sample_regs_user u64 | 88 sample_stack_user u32 | 92 clockid i32 | 96 sample_regs_intr u64 | 104 aux_watermark u32
// 108 sample_max_stack u16 | 110 reserved | 112 aux_sample_size u32 | 116 reserved | 120 sig_data u64 | 128 config3 u64
import { readSync } from 'node:fs';
import { checked } from './errno.js';
import { closeDescriptor, fcntlCall, fcntlWithBuffer, ioctl, ioctlWithBuffer, readDescriptor, syscallPerfEventOpen } from './libc.js';

const SYS_PERF_EVENT_OPEN = 298;
const ATTR_SIZE = 128;
const PERF_TYPE_HARDWARE = 0;
const PERF_TYPE_SOFTWARE = 1;
const PERF_TYPE_BREAKPOINT = 5;
const PERF_COUNT_HW_INSTRUCTIONS = 1;
const PERF_COUNT_SW_TASK_CLOCK = 1;
const PERF_COUNT_SW_DUMMY = 9;
const PERF_FLAG = { FD_NO_GROUP: 1, FD_OUTPUT: 2, FD_CLOEXEC: 8 } as const;
const CLOCK_MONOTONIC = 1;

/** Bits of perf_event_attr.sample_type (include/uapi/linux/perf_event.h). */
export const SAMPLE = {
  IP: 1 << 0,
  TID: 1 << 1,
  TIME: 1 << 2,
  ADDR: 1 << 3,
  READ: 1 << 4,
  CALLCHAIN: 1 << 5,
  CPU: 1 << 7,
  REGS_USER: 1 << 12,
  STACK_USER: 1 << 13,
  IDENTIFIER: 1 << 16,
  REGS_INTR: 1 << 18,
} as const;

/** Bits of the flag word at offset 40. */
const FLAG = {
  disabled: 1n << 0n,
  inherit: 1n << 1n,
  exclude_user: 1n << 4n,
  exclude_kernel: 1n << 5n,
  exclude_hv: 1n << 6n,
  comm: 1n << 9n,
  freq: 1n << 10n,
  enable_on_exec: 1n << 12n,
  task: 1n << 13n,
  watermark: 1n << 14n,
  sample_id_all: 1n << 18n,
  exclude_callchain_kernel: 1n << 21n,
  comm_exec: 1n << 24n,
  use_clockid: 1n << 25n,
  inherit_thread: 1n << 35n,
  remove_on_exec: 1n << 36n,
  sigtrap: 1n << 37n,
} as const;
type FlagName = keyof typeof FLAG;

/** HW_BREAKPOINT_* bits (include/uapi/linux/hw_breakpoint.h); reads alone do not exist on x86. */
export const BREAKPOINT_TYPE = { write: 2, readwrite: 3, execute: 4 } as const;

/** What every event of ours has in common. */
interface CommonAttributes {
  readonly flags: readonly FlagName[];
  readonly sampleType: number;
}

/** A hardware breakpoint. */
export interface BreakpointAttributes extends CommonAttributes {
  readonly type: keyof typeof BREAKPOINT_TYPE;
  readonly address: bigint;
  /** 1, 2, 4 or 8 bytes; execute breakpoints need 8. */
  readonly length: number;
  /** Samples one hit in `period`; 0 counts only. */
  readonly period: number;
  /** perf register bits of the user registers to sample; 0 for none. */
  readonly userRegisters: number;
  /** perf register bits of the interrupted registers to sample; 0 for none. */
  readonly interruptRegisters: number;
  /** Frames of a call chain, 0 for none. */
  readonly stackDepth: number;
  /** Bytes of the user's stack to copy with each sample, a multiple of 8 below 65,536; 0 where absent. */
  readonly userStackBytes?: number;
  /** What a `sigtrap` event puts into si_perf_data, 64 bits; 0 where absent. */
  readonly signalData?: bigint;
}

function packCommon(attributes: CommonAttributes, type: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(ATTR_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, ATTR_SIZE, true);
  view.setBigUint64(24, BigInt(attributes.sampleType), true);
  const flags = attributes.flags.reduce((bits, name) => bits | FLAG[name], FLAG.exclude_hv | FLAG.use_clockid | FLAG.watermark);
  view.setBigUint64(40, flags, true);
  // Rings are emptied by the clock, not by wake-ups: a wake-up per batch would cost the target an interrupt.
  view.setUint32(48, 1 << 20, true);
  view.setInt32(92, CLOCK_MONOTONIC, true);
  return { bytes, view };
}

/** The attribute block of a breakpoint. */
export function packBreakpoint(attributes: BreakpointAttributes): Uint8Array {
  const { bytes, view } = packCommon(attributes, PERF_TYPE_BREAKPOINT);
  view.setBigUint64(16, BigInt(attributes.period), true);
  view.setUint32(52, BREAKPOINT_TYPE[attributes.type], true);
  view.setBigUint64(56, attributes.address, true);
  view.setBigUint64(64, BigInt(attributes.length), true);
  view.setBigUint64(80, BigInt(attributes.userRegisters), true);
  view.setUint32(88, attributes.userStackBytes ?? 0, true);
  view.setBigUint64(96, BigInt(attributes.interruptRegisters), true);
  view.setUint16(108, attributes.stackDepth, true);
  view.setBigUint64(120, attributes.signalData ?? 0n, true);
  return bytes;
}

/** The attribute block of an event that counts nothing and only brings fork, exit and comm records. */
export function packTracker(attributes: CommonAttributes): Uint8Array {
  const { bytes, view } = packCommon(attributes, PERF_TYPE_SOFTWARE);
  view.setBigUint64(8, BigInt(PERF_COUNT_SW_DUMMY), true);
  return bytes;
}

/** The attribute block of an event that samples a thread each `period` ns (10,000 or more) of its time on a CPU. */
export function packTaskClock(attributes: CommonAttributes, period: number): Uint8Array {
  const { bytes, view } = packCommon(attributes, PERF_TYPE_SOFTWARE);
  view.setBigUint64(8, BigInt(PERF_COUNT_SW_TASK_CLOCK), true);
  view.setBigUint64(16, BigInt(period), true);
  return bytes;
}

/** The attribute block of an event that counts the instructions a thread runs in user mode, exceptions included. */
export function packInstructionCounter(): Uint8Array {
  const { bytes, view } = packCommon({ flags: ['exclude_kernel'], sampleType: 0 }, PERF_TYPE_HARDWARE);
  view.setBigUint64(8, BigInt(PERF_COUNT_HW_INSTRUCTIONS), true);
  return bytes;
}

/** The attribute block of an execute breakpoint that only counts. */
export function packExecuteCounter(address: bigint): Uint8Array {
  return packBreakpoint({
    type: 'execute',
    address,
    length: 8,
    period: 0,
    sampleType: 0,
    flags: ['exclude_kernel', 'remove_on_exec'],
    userRegisters: 0,
    interruptRegisters: 0,
    stackDepth: 0,
  });
}

/** Which thread and CPU an event is for. */
export interface EventTarget {
  /** Thread id; 0 is the calling thread, -1 every thread of `cpu`. */
  readonly tid: number;
  /** CPU number, or -1 for any. */
  readonly cpu: number;
}

const IOC_ENABLE = 0x2400;
const IOC_DISABLE = 0x2401;
const IOC_SET_BPF = 0x40042408;
const IOC_ID = 0x80082407;
const IOC_MODIFY_ATTRIBUTES = 0x4008240b;
const FCNTL = { SETFL: 4, SETOWN: 8, SETSIG: 10, SETOWN_EX: 15 } as const;
/** struct f_owner_ex: type i32, id i32. */
const F_OWNER_TID = 0;
const O_ASYNC = 0o20000;

/** One open perf event. Closing it takes its breakpoint out of every thread that has it. */
export class PerfEvent implements Disposable {
  readonly fd: number;
  #open = true;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /**
   * Opens an event from a packed attribute block. Its records go to the ring of `output`, which must be for the same CPU, from its very first
   * one: a second call to redirect them would leave a moment in which hits are counted and not reported.
   * Throws LinuxError: ENOSPC no slot, ESRCH no such thread, EACCES/EPERM no privilege, EMFILE no descriptor.
   */
  static open(attributes: Uint8Array, target: EventTarget, output?: PerfEvent): PerfEvent {
    const flags = PERF_FLAG.FD_CLOEXEC | (output === undefined ? 0 : PERF_FLAG.FD_NO_GROUP | PERF_FLAG.FD_OUTPUT);
    const fd = syscallPerfEventOpen(SYS_PERF_EVENT_OPEN, attributes, target.tid, target.cpu, output?.fd ?? -1, flags);
    return new PerfEvent(checked(fd, 'perf_event_open', `thread ${target.tid}, cpu ${target.cpu}`));
  }

  /** The id that its samples carry (PERF_SAMPLE_IDENTIFIER); below 2^53 in any life of a machine. */
  id(): number {
    const id = new BigUint64Array(1);
    checked(ioctlWithBuffer(this.fd, IOC_ID, new Uint8Array(id.buffer)), 'ioctl', 'PERF_EVENT_IOC_ID');
    return Number(id[0]);
  }

  /** Starts an event that was opened `disabled` or has been stopped, with all events inherited from it. Throws LinuxError. */
  enable(): void {
    checked(ioctl(this.fd, IOC_ENABLE, 0), 'ioctl', 'PERF_EVENT_IOC_ENABLE');
  }

  /**
   * Moves a breakpoint, with all events inherited from it, to the address, type, length, `disabled` and signal data of a packed block that is
   * the same in all else. Throws LinuxError: EINVAL something else differs, or no such breakpoint can be.
   */
  modify(attributes: Uint8Array): void {
    checked(ioctlWithBuffer(this.fd, IOC_MODIFY_ATTRIBUTES, attributes), 'ioctl', 'PERF_EVENT_IOC_MODIFY_ATTRIBUTES');
  }

  /** From now on sends process `pid` signal number `signal` at each overflow. Throws LinuxError (ESRCH: no such process). */
  signalTo(pid: number, signal: number): void {
    checked(fcntlCall(this.fd, FCNTL.SETSIG, signal), 'fcntl', 'F_SETSIG');
    checked(fcntlCall(this.fd, FCNTL.SETOWN, pid), 'fcntl', 'F_SETOWN');
    checked(fcntlCall(this.fd, FCNTL.SETFL, O_ASYNC), 'fcntl', 'F_SETFL');
  }

  /** From now on sends thread `tid` itself signal number `signal` at each overflow (si_code POLL_IN, si_fd: this event's). Throws LinuxError (ESRCH). */
  signalThread(tid: number, signal: number): void {
    checked(fcntlWithBuffer(this.fd, FCNTL.SETOWN_EX, Int32Array.of(F_OWNER_TID, tid)), 'fcntl', `F_SETOWN_EX, thread ${tid}`);
    checked(fcntlCall(this.fd, FCNTL.SETSIG, signal), 'fcntl', 'F_SETSIG');
    checked(fcntlCall(this.fd, FCNTL.SETFL, O_ASYNC), 'fcntl', 'F_SETFL');
  }

  /** {@link count} by way of `words`, two of them, which the caller owns: makes no object. Throws LinuxError. */
  countInto(words: Uint32Array): number {
    checked(readDescriptor(this.fd, words, 8), 'read', 'a breakpoint event');
    return (words[1] ?? 0) * 0x1_0000_0000 + (words[0] ?? 0);
  }

  /** From now on runs the BPF program with descriptor `program` at each overflow, with all events that will inherit from it. Throws LinuxError. */
  attach(program: number): void {
    checked(ioctl(this.fd, IOC_SET_BPF, program), 'ioctl', 'PERF_EVENT_IOC_SET_BPF');
  }

  /** Stops the event, with all events inherited from it. */
  disable(): void {
    checked(ioctl(this.fd, IOC_DISABLE, 0), 'ioctl', 'PERF_EVENT_IOC_DISABLE');
  }

  /** Hits so far, those of inherited events included. */
  count(): number {
    const bytes = new Uint8Array(8);
    readSync(this.fd, bytes);
    return Number(new DataView(bytes.buffer).getBigUint64(0, true));
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    closeDescriptor(this.fd);
  }
}
