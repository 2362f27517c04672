// The records that events write into a ring, as positions of 32-bit words, and the attributes of all events that an engine opens.
//
//  sample (type 9)                               every other record
//   0 type u32 | 1 misc u16, size u16             0 type | 1 misc, size | 2.. body | then the trailer (sample_id_all):
//   2-3 identifier | 4-5 ip | 6 pid | 7 tid         -6 pid | -5 tid | -4,-3 time | -2,-1 identifier
//   8-9 time | [nr u64, nr x ip u64 | abi u64, registers u64 each, of user code | size u64, stack, bytes u64] |
//   abi u64 | registers u64 each                    (in brackets: where a stack is asked for)
//
// Registers are taken by REGS_INTR, not REGS_USER: for an access by user code they are the same, and for one by the kernel
// they are those of the kernel's copy loop, whose destination register tells the bytes of one copy from the next copy.

import { type ArmOrder, u64OfLinear } from '../../facility/index.js';
import { PERF_REGISTER_MASK } from '../../instructions/registers.js';
import { type BreakpointAttributes, packBreakpoint, packTaskClock, packTracker, SAMPLE } from '../../linux/perf-event.js';
import type { Access, Inherit } from '../../model/access.js';

/** enum perf_event_type, as far as it is asked for. */
export const RECORD = { LOST: 2, COMM: 3, EXIT: 4, THROTTLE: 5, UNTHROTTLE: 6, FORK: 7, SAMPLE: 9 } as const;
/** Bits of a record's misc field. */
export const MISC = { CPUMODE: 7, KERNEL: 1, COMM_EXEC: 1 << 13 } as const;
/** Words of the trailer. */
export const TRAILER_WORDS = 6;
/** Word positions in a sample. */
export const AT = { IDENTIFIER: 2, IP: 4, PID: 6, TID: 7, TIME: 8, AFTER_TIME: 10 } as const;

const BASE_SAMPLE = SAMPLE.IDENTIFIER | SAMPLE.TID | SAMPLE.TIME;
const STACK_SAMPLE = SAMPLE.REGS_USER | SAMPLE.STACK_USER;
/** As PERF_REGISTER_MASK, with IP (bit 8) where that has FLAGS (bit 9): the other registers keep their places. */
const USER_REGISTER_MASK = (PERF_REGISTER_MASK & ~(1 << 9)) | (1 << 8);
/** Execute breakpoints take bp_len 8, whatever the instruction's length. */
const EXECUTE_LENGTH = 8;

type Flag = BreakpointAttributes['flags'][number];

const INHERIT_FLAGS: Readonly<Record<Inherit, readonly Flag[]>> = {
  none: [],
  threads: ['inherit', 'inherit_thread'],
  children: ['inherit'],
};

/** Where a breakpoint is, and on what. */
type Spot = Pick<ArmOrder, 'address' | 'length' | 'access'>;

/** What an event needs to know of a piece. */
type Piece = Spot & Pick<ArmOrder, 'inherit' | 'inKernel' | 'stackDepth'>;

/** Bytes of the user's stack that come with a hit where a stack is asked for. */
export const STACK_COPY_BYTES = 8192;

/**
 * The attribute block that arms one piece, each hit a sample in the ring. `disabled`: it waits to be enabled. `copied`: bytes of the stack to
 * copy, where a stack is asked for.
 */
export function breakpointAttributes(piece: Piece, disabled = false, copied = STACK_COPY_BYTES): Uint8Array {
  const { stackDepth } = piece;
  const copies = stackDepth > 0 && copied > 0;
  return packBreakpoint({
    ...spotOf(piece),
    period: 1,
    sampleType: BASE_SAMPLE | SAMPLE.IP | SAMPLE.REGS_INTR | (stackDepth > 0 ? SAMPLE.CALLCHAIN : 0) | (copies ? STACK_SAMPLE : 0),
    flags: [...flagsOf(piece, disabled), 'sample_id_all'],
    userRegisters: copies ? USER_REGISTER_MASK : 0,
    userStackBytes: copies ? copied : 0,
    interruptRegisters: PERF_REGISTER_MASK,
    stackDepth,
  });
}

/** Word positions in a sample of {@link stopAttributes}: the number of the CPU comes between time and registers, and there is no call chain. */
export const STOP_AT = { ...AT, CPU: 10, REGISTERS: 14 } as const;

/** The attribute block that arms one piece in one thread alone, whoever is made by it; each hit a sample of {@link STOP_AT}. */
export function stopAttributes(piece: Spot & Pick<ArmOrder, 'inKernel'>, disabled: boolean): Uint8Array {
  return packBreakpoint({
    ...spotOf(piece),
    period: 1,
    sampleType: BASE_SAMPLE | SAMPLE.IP | SAMPLE.CPU | SAMPLE.REGS_INTR,
    flags: [...flagsOf({ ...piece, inherit: 'none' }, disabled), 'sample_id_all'],
    userRegisters: 0,
    interruptRegisters: PERF_REGISTER_MASK,
    stackDepth: 0,
  });
}

/** The attribute block that arms one piece, each hit a run of the program attached to it; it samples nothing, so it needs no ring. */
export function bpfAttributes(piece: Piece, disabled: boolean): Uint8Array {
  return packBreakpoint({
    ...spotOf(piece),
    period: 1,
    sampleType: 0,
    flags: flagsOf(piece, disabled),
    userRegisters: 0,
    interruptRegisters: 0,
    stackDepth: 0,
  });
}

function flagsOf({ inherit, inKernel }: Pick<ArmOrder, 'inherit' | 'inKernel'>, disabled: boolean): Flag[] {
  const flags: Flag[] = [...INHERIT_FLAGS[inherit], 'remove_on_exec'];
  if (!inKernel) flags.push('exclude_kernel', 'exclude_callchain_kernel');
  if (disabled) flags.push('disabled');
  return flags;
}

function spotOf({ access, address, length }: Spot): { type: Access; address: bigint; length: number } {
  return { type: access, address: u64OfLinear(address), length: access === 'execute' ? EXECUTE_LENGTH : length };
}

/** The attribute block of an event that does nothing but own a ring. */
export function leaderAttributes(): Uint8Array {
  return packTracker({ sampleType: BASE_SAMPLE, flags: ['exclude_kernel', 'sample_id_all'] });
}

/**
 * The attribute block of the events that report threads and execs; they survive an exec, so that the exec is seen.
 *
 * `separate` adds PERF_SAMPLE_READ, which changes nothing in the records of an event that is never sampled. But the kernel then keeps the events of
 * parent and child apart when it switches between them; else it swaps the two sets, and when one thread ends its slots are given back in the
 * name of the other (perf_event_context_sched_out, nr_no_switch_fast). Linux before 6.12 refuses it: EINVAL.
 */
export function trackerAttributes(inherit: Inherit, separate: boolean): Uint8Array {
  return packTracker({
    sampleType: BASE_SAMPLE | (separate ? SAMPLE.READ : 0),
    flags: [...INHERIT_FLAGS[inherit], 'exclude_kernel', 'sample_id_all', 'task', 'comm', 'comm_exec'],
  });
}

/** The attribute block of a breakpoint that never fires and is not inherited: it only takes a slot. */
export function placeholderAttributes(spot: Spot): Uint8Array {
  return packBreakpoint({
    ...spotOf(spot),
    period: 0,
    sampleType: 0,
    flags: ['disabled', 'exclude_kernel', 'remove_on_exec'],
    userRegisters: 0,
    interruptRegisters: 0,
    stackDepth: 0,
  });
}

/** The same, inherited: who was born while it was open has a slot less. */
export function markerAttributes(spot: Spot, inherit: Inherit): Uint8Array {
  return packBreakpoint({
    ...spotOf(spot),
    period: 0,
    sampleType: 0,
    flags: [...INHERIT_FLAGS[inherit], 'disabled', 'exclude_kernel', 'remove_on_exec'],
    userRegisters: 0,
    interruptRegisters: 0,
    stackDepth: 0,
  });
}

/** Nanoseconds on a CPU between two samples of {@link pulseAttributes}. */
const PULSE_PERIOD = 100_000;

/** The attribute block of an event that samples a thread while it runs code of its own, in the layout of {@link AT}. */
export function pulseAttributes(): Uint8Array {
  return packTaskClock({ sampleType: BASE_SAMPLE | SAMPLE.IP, flags: ['exclude_kernel', 'sample_id_all', 'remove_on_exec'] }, PULSE_PERIOD);
}

/** The threads of the birth or end record that starts at word `at`. */
export function taskOf(words: Uint32Array, at: number): { pid: number; tid: number; parentPid: number; parentTid: number } {
  return { pid: words[at + 2] ?? 0, parentPid: words[at + 3] ?? 0, tid: words[at + 4] ?? 0, parentTid: words[at + 5] ?? 0 };
}

/** The size in bytes of the record that starts at word `at`. */
export function recordSize(words: Uint32Array, at: number): number {
  return (words[at + 1] ?? 0) >>> 16;
}

/** The time of the record that starts at word `at`, in ns; exact below 2^53 (104 days of uptime), within 2 ns for years above. */
export function recordTime(words: Uint32Array, at: number): number {
  const position = words[at] === RECORD.SAMPLE ? at + AT.TIME : at + recordSize(words, at) / 4 - 4;
  return (words[position + 1] ?? 0) * 0x1_0000_0000 + (words[position] ?? 0);
}
