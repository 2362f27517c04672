// A machine's state as a few bytes: equal bytes, equal states. For explorers, which meet the same state by many roads.
//
// Everything is a number; most are small. A number below 128 is one byte, larger ones go on in seven-bit groups; of four address
// registers only those that are not 0 are there, named by a mask before them.
//
//   CPU      thread  DR6 reasons  DR7  mask  [lo hi]...  owners x4
//   thread   pid status cpu flags pc call/action rep passes  signals  virtual registers
//   request  id age installed planned  address length access ...
//   effects under way, memory bytes
import { highU32, lowU32 } from '../base/u64.js';
import type { ArmedPiece, Request } from '../facility/request.js';
import type { SigCode } from '../facility/rules.js';
import type { Facility } from '../facility/state.js';
import type { Charged } from '../facility/virtual/charges.js';
import type { VirtualRegisters } from '../facility/virtual/registers.js';
import type { Context, Cpu } from './cpu-state.js';
import type { Stop } from './events.js';
import { type Frame, type MachineState, type SignalInfo, signalBit, type Thread } from './state.js';

const ACCESS = { execute: 0, write: 1, readwrite: 3 } as const;
const STATUS = { ready: 0, stopped: 1, exited: 2 } as const;
const PIECE = { arming: 0, armed: 1, moving: 2, disarming: 3 } as const;
const STOPS: readonly Stop['why'][] = ['signal', 'fork', 'vfork', 'clone', 'exec', 'attach'];
const CODES: readonly SigCode[] = [
  'TRAP_BRKPT',
  'TRAP_TRACE',
  'TRAP_HWBKPT',
  'TRAP_PERF',
  'TRAP_DBREG',
  'TRAP_HWWPT',
  'TRAP_EXEC',
  'SI_KERNEL',
  'SEGV_MAPERR',
  'POLL_IN',
];
const INHERIT = { none: 0, threads: 1, children: 2 } as const;

const scratch = new Uint8Array(1 << 16);
let end = 0;

/** The state as bytes: a copy, of the length that it needs. Throws RangeError beyond 64 KiB. */
export function pack(state: MachineState): Uint8Array {
  write(state);
  return scratch.slice(0, end);
}

/** A 53-bit number that is equal for equal states, and very likely different for others. */
export function hashState(state: MachineState): number {
  write(state);
  let low = 0x811c_9dc5;
  let high = 0x0107_4b1d;
  for (let at = 0; at < end; at++) {
    const byte = scratch[at] ?? 0;
    low = Math.imul(low ^ byte, 0x0100_0193);
    high = Math.imul(high ^ byte ^ (low >>> 24), 0x85eb_ca6b);
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}

/** Whether two states are the same. */
export function sameState(a: MachineState, b: MachineState): boolean {
  const left = pack(a);
  write(b);
  if (left.length !== end) return false;
  for (let at = 0; at < end; at++) if (left[at] !== scratch[at]) return false;
  return true;
}

function write(state: MachineState): void {
  end = 0;
  for (const [cpu, registers] of state.cpus.entries()) writeCpu(registers, state.half.owners[cpu] ?? [], state.half.loaded[cpu] ?? -1);
  put(state.threads.length);
  for (const thread of state.threads) {
    writeThread(thread);
    const own = state.half.threads[thread.tid];
    if (own !== undefined) writeVirtual(own);
  }
  writeBroker(state.half.broker);
  put(state.half.charged.length);
  for (const one of state.half.charged) writeCharged(one);
  for (const hold of state.half.kwatch) put(hold === null ? 0 : 1 + hold.handler);
  put(state.half.kernelUser ? 1 : 0);
  put(state.held.length);
  for (const memory of state.spaces) if (memory !== null) writeBytes(memory.bytes);
  writeBytes(state.kernelMemory.bytes);
  if (end > scratch.length) throw new RangeError('the state is too large to be packed');
}

/** An unsigned number below 2^53. */
function put(value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    scratch[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  scratch[end++] = rest;
}

/** A signed number. */
function putSigned(value: number): void {
  put(value < 0 ? -value * 2 - 1 : value * 2);
}

function writeBytes(bytes: Uint8Array): void {
  scratch.set(bytes, end);
  end += bytes.length;
}

function writeCpu({ dr, dr6, dr7, de, thread }: Cpu, owners: readonly number[], loaded: number): void {
  put(thread + 1);
  put(loaded + 1);
  put(((dr6 ^ 0xffff_0ff0) >>> 0) * 2 + (de ? 1 : 0));
  put((dr7 ^ 0x400) >>> 0);
  writeWords(dr);
  for (const owner of owners) putSigned(owner);
}

/** Pairs of halves: a mask of those that are not 0, then those. */
function writeWords(words: readonly number[]): void {
  let mask = 0;
  for (let slot = 0; slot < 4; slot++) if (words[2 * slot] !== 0 || words[2 * slot + 1] !== 0) mask |= 1 << slot;
  scratch[end++] = mask;
  for (let slot = 0; slot < 4; slot++) {
    if (((mask >>> slot) & 1) === 0) continue;
    put((words[2 * slot] ?? 0) >>> 0);
    put((words[2 * slot + 1] ?? 0) >>> 0);
  }
}

function writeThread(thread: Thread): void {
  const { context, signals, trace } = thread;
  put(thread.pid);
  put(
    STATUS[thread.status] * 128 +
      thread.cpu * 16 +
      (thread.vm86 ? 1 : 0) +
      (thread.dr7Off ? 2 : 0) +
      (trace.stepping ? 4 : 0) +
      (trace.forcedTf ? 8 : 0),
  );
  writeContext(context);
  put(thread.call === null ? 0 : 1 + thread.action);
  put(signals.pending);
  put(signals.blocked);
  put(signals.ignored);
  put(signals.swallowed);
  for (const info of signals.infos) writeInfo(info);
  put(signals.reasons);
  put(signals.frames.length);
  for (const frame of signals.frames) writeFrame(frame);
  let handlers = 0;
  for (const handler of signals.handlers) if (handler !== -1) handlers++;
  put(handlers);
  if (handlers > 0) for (const handler of signals.handlers) put(handler + 1);
  put(trace.tracer + 1);
  writeStop(trace.stop);
  put(trace.options.reduce((bits, option) => bits | (1 << STOPS.indexOf(option)), 0));
  put(trace.inject === null ? 0 : signalBit(trace.inject));
}

function writeInfo(info: SignalInfo | null): void {
  put(info === null ? 0 : 1 + codeNumber(info.code));
  if (info === null) return;
  putSigned(info.address);
  put((info.event + 1) * 2 + (info.late ? 1 : 0));
}

function writeFrame({ context, blocked, signal, info }: Frame): void {
  writeContext(context);
  put(blocked);
  put(signalBit(signal));
  writeInfo(info);
}

function writeStop(stop: Stop | null): void {
  put(stop === null ? 0 : 1 + STOPS.indexOf(stop.why));
  if (stop?.why === 'signal') {
    put(signalBit(stop.signal));
    put(codeNumber(stop.code));
    putSigned(stop.address);
    put(stop.reasons ?? 0);
  } else if (stop !== null && 'child' in stop) put(stop.child);
}

function codeNumber(code: SigCode | null): number {
  return code === null ? 0 : 1 + CODES.indexOf(code);
}

function writeContext({ pc, tf, rf, shadow, held, rep, passes, calls }: Context): void {
  putSigned(pc);
  put((tf ? 1 : 0) + (rf ? 2 : 0) + (shadow ? 4 : 0) + (held & 0xf) * 8);
  put(rep);
  put(passes);
  put(calls.length);
  for (const back of calls) putSigned(back);
}

function writeVirtual({ words, dr6Lo, dr6Hi, dr7Lo, dr7Hi, used, reported }: VirtualRegisters): void {
  writeWords(words);
  put((dr6Lo ^ 0xffff_0ff0) >>> 0 < dr6Lo ? ((dr6Lo ^ 0xffff_0ff0) >>> 0) * 2 + 1 : dr6Lo * 2);
  put(dr7Lo);
  put((dr6Hi !== 0 || dr7Hi !== 0 ? 4 : 0) + (used ? 1 : 0) + (reported ? 2 : 0));
  if (dr6Hi === 0 && dr7Hi === 0) return;
  put(dr6Hi);
  put(dr7Hi);
}

function writeBroker(broker: Facility): void {
  put(broker.requests.length);
  for (const request of broker.requests) writeRequest(request);
  put(broker.armed.length);
  for (const piece of broker.armed) writePiece(piece);
  put(broker.outstanding.length);
  put(broker.queue.length);
}

function writeRequest(request: Request): void {
  putSigned(request.id);
  put(request.priority);
  put(
    (request.installed ? 1 : 0) +
      (request.planned ? 2 : 0) +
      (request.callbacks ? 4 : 0) +
      (request.fresh ? 8 : 0) +
      (request.blocked === null ? 0 : 16),
  );
  put(INHERIT[request.inherit]);
  put(request.tids.length);
  for (const tid of request.tids) put(tid);
  for (const { address } of request.pieces) putSigned(address);
}

function writePiece({ cookie, address, length, access, state }: ArmedPiece): void {
  put(cookie);
  putSigned(address);
  put(length * 16 + ACCESS[access] * 4 + PIECE[state]);
}

function writeCharged(one: Charged): void {
  put(one.id);
  put(one.client === 'ptrace' ? 0 : 1);
  put(one.tid + 1);
  put((one.cpu + 1) * 8 + one.index + 1);
  putSigned(one.address);
  put(one.length * 8 + ACCESS[one.access] * 2 + (one.enabled ? 1 : 0));
  put(one.count);
  // A virtual register's charge is in all else as its maker made it.
  if (one.client === 'perf') writeEvent(one);
}

/** Flags, each a bit:  0 inKernel  1 inUser  2 sigtrap  3 removeOnExec  4 enableOnExec  5 asksDisabled  6 dropped  7 frequency */
function writeEvent(one: Charged): void {
  const flags = [
    one.inKernel,
    one.inUser,
    one.sigtrap,
    one.removeOnExec,
    one.enableOnExec,
    one.asksDisabled,
    one.dropped,
    one.rest.frequency,
  ];
  put(flags.reduce((bits, flag, bit) => bits | (flag ? 1 << bit : 0), 0));
  put(INHERIT[one.inherit]);
  put(one.period);
  put(one.sinceOverflow);
  put(one.origin + 1);
  put(one.notify === null ? 0 : 1 + one.notify.tid * 2 + (one.notify.signal === 'SIGIO' ? 1 : 0));
  put(one.rest.preciseIp);
  putU64(one.rest.config);
  putU64(one.signalData);
}

function putU64(value: bigint): void {
  put(lowU32(value));
  put(highU32(value));
}
