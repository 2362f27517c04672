// A machine's state as a few bytes: equal bytes, equal states. For explorers, which meet the same state by many roads.
//
// Everything is a number; most are small. A number below 128 is one byte, larger ones go on in seven-bit groups; of four address
// registers only those that are not 0 are there, named by a mask before them.
//
//   CPU      thread  DR6 reasons  DR7  mask  [lo hi]...  owners x4
//   thread   pid status cpu flags pc call/action rep passes  signals  virtual registers
//   request  id priority flags scope pieces cookies ...     competitor, armed piece, charge: all of their fields
//   effects under way and events that wait for them, word by word     memory bytes
//
// Left out is what follows from the rest, and numbers that are yet to be given: see snapshot.test.ts.
import type { SigCode } from '../facility/rules.js';
import type { VirtualRegisters } from '../facility/virtual/registers.js';
import type { Context, Cpu } from './cpu-state.js';
import type { Stop } from './events.js';
import { writeBroker, writeCharged, writeHold } from './pack-facility.js';
import { begin, packed, put, putSigned, writeBytes, writePlain, writeWords } from './packing.js';
import { type Frame, type MachineState, type SignalInfo, type Signals, signalBit, type Thread, type Trace } from './state.js';

const STATUS = { ready: 0, stopped: 1, exited: 2 } as const;
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

/** The state as bytes: a copy, of the length that it needs. Throws RangeError beyond 64 KiB. */
export function pack(state: MachineState): Uint8Array {
  writeAll(state);
  return packed().slice();
}

/** A 53-bit number that is equal for equal states, and very likely different for others. The broker's part is worked out when that has changed. */
export function hashState(state: MachineState): number {
  const { half } = state;
  if (Number.isNaN(half.brokerDigest)) {
    begin();
    writeBroker(half.broker);
    half.brokerDigest = digest(packed());
  }
  begin();
  write(state);
  put(half.brokerDigest);
  return digest(packed());
}

function digest(bytes: Uint8Array): number {
  let low = 0x811c_9dc5;
  let high = 0x0107_4b1d;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    low = Math.imul(low ^ byte, 0x0100_0193);
    high = Math.imul(high ^ byte ^ (low >>> 24), 0x85eb_ca6b);
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}

/** Whether two states are the same. */
export function sameState(a: MachineState, b: MachineState): boolean {
  const left = pack(a);
  writeAll(b);
  const right = packed();
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

function writeAll(state: MachineState): void {
  begin();
  write(state);
  writeBroker(state.half.broker);
}

/** All but the broker. */
function write(state: MachineState): void {
  for (const [cpu, registers] of state.cpus.entries()) writeCpu(registers, state.half.owners[cpu] ?? [], state.half.loaded[cpu] ?? -1);
  put(state.threads.length);
  for (const thread of state.threads) {
    writeThread(thread);
    const own = state.half.threads[thread.tid];
    if (own !== undefined) writeVirtual(own);
  }
  put(state.half.charged.length);
  for (const one of state.half.charged) writeCharged(one);
  for (const hold of state.half.kwatch) writeHold(hold);
  put(state.half.kwatchBusy * 2 + (state.half.kernelUser ? 1 : 0));
  writePlain(state.held);
  for (const memory of state.spaces) if (memory !== null) writeBytes(memory.bytes);
  writeBytes(state.kernelMemory.bytes);
}

function writeCpu({ dr, dr6, dr7, de, thread }: Cpu, owners: readonly number[], loaded: number): void {
  put(thread + 1);
  put(loaded + 1);
  put(((dr6 ^ 0xffff_0ff0) >>> 0) * 2 + (de ? 1 : 0));
  put((dr7 ^ 0x400) >>> 0);
  writeWords(dr);
  for (const owner of owners) putSigned(owner);
}

function writeThread(thread: Thread): void {
  const { context, signals, trace } = thread;
  put(thread.pid);
  put(thread.parent + 1);
  put(STATUS[thread.status] * 32 + thread.cpu * 4 + (thread.vm86 ? 1 : 0) + (thread.dr7Off ? 2 : 0));
  writeContext(context);
  put(thread.call === null ? 0 : 1 + thread.action);
  writeSignals(signals);
  writeTrace(trace);
  if (thread.status !== 'exited') return;
  put(thread.exitStatus);
  put(thread.killedBy === null ? 0 : signalBit(thread.killedBy));
}

/** 0 alone where there is nothing. */
function writeSignals({ pending, blocked, ignored, swallowed, reasons, infos, frames, handlers }: Signals): void {
  const handled = handlers.some((handler) => handler !== -1);
  const informed = infos.some((info) => info !== null);
  if ((pending | blocked | ignored | swallowed | reasons | frames.length) === 0 && !handled && !informed) {
    put(0);
    return;
  }
  put(1 + (handled ? 2 : 0) + (informed ? 4 : 0));
  put(pending);
  put(blocked);
  put(ignored);
  put(swallowed);
  put(reasons);
  if (informed) writeInfos(infos);
  put(frames.length);
  for (const frame of frames) writeFrame(frame);
  if (handled) for (const handler of handlers) put(handler + 1);
}

/** 0 alone where nobody traces and nothing is left of it. */
function writeTrace({ tracer, stop, stepping, forcedTf, options, inject, eventMessage }: Trace): void {
  const flags = (stepping ? 1 : 0) + (forcedTf ? 2 : 0);
  if (tracer === -1 && stop === null && options.length === 0 && inject === null && flags + eventMessage === 0) {
    put(0);
    return;
  }
  put(tracer + 2);
  writeStop(stop);
  put(flags + options.reduce((bits, option) => bits | (4 << STOPS.indexOf(option)), 0));
  put(inject === null ? 0 : signalBit(inject));
  put(eventMessage);
}

/** A mask of those that are there, then those. */
function writeInfos(infos: readonly (SignalInfo | null)[]): void {
  put(infos.reduce((bits, info, at) => bits | (info === null ? 0 : 1 << at), 0));
  for (const info of infos) if (info !== null) writeInfo(info);
}

function writeInfo({ code, address, event, late }: SignalInfo): void {
  put(codeNumber(code));
  putSigned(address);
  put((event + 1) * 2 + (late ? 1 : 0));
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
