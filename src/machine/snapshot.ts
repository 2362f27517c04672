// A machine's state as a few bytes: equal bytes, equal states. For explorers, which meet the same state by many roads.
//
// Everything is a number; most are small. A number below 128 is one byte, larger ones go on in seven-bit groups; of four address
// registers only those that are not 0 are there, named by a mask before them.
//
//   broker   requests, who competes with whom, what is armed, effects under way: pack-facility.ts
//   CPU      thread loaded  DR6 reasons  DR7  mask  owners, with [lo hi] where these do not follow
//   thread   pid parent status cpu  mask of parts  pc  [flags] [repeats] [call] [signals] [handlers] [trace]  virtual registers
//   charges, Kwatch's registers, effects held back  memory bytes
//
// Left out is what follows from the rest, and numbers that are yet to be given: see snapshot.test.ts.
import { linearOf } from '../facility/linear.js';
import type { SigCode } from '../facility/rules.js';
import { pieceOf } from '../facility/state.js';
import type { RegisterHalf } from '../facility/virtual/half.js';
import type { VirtualRegisters } from '../facility/virtual/registers.js';
import type { Context, Cpu } from './cpu-state.js';
import type { Stop } from './events.js';
import { writeBroker, writeCharged, writeHold } from './pack-facility.js';
import { begin, digest, packed, put, putAll, putSigned, writeBytes, writePlain, writeWords } from './packing.js';
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

/** A 53-bit number that is equal for equal states, and very likely different for others. */
export function hashState(state: MachineState): number {
  const { half } = state;
  // Most steps leave the broker as it was, and copies share it.
  if (Number.isNaN(half.brokerDigest)) {
    begin();
    writeBroker(half);
    half.brokerDigest = digest();
  }
  begin();
  put(half.brokerDigest);
  writeMachine(state);
  return digest();
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
  writeBroker(state.half);
  writeMachine(state);
}

/** All but the broker. */
function writeMachine({ cpus, half, threads, held, spaces, kernelMemory }: MachineState): void {
  for (let cpu = 0; cpu < cpus.length; cpu++) {
    const registers = cpus[cpu];
    if (registers !== undefined) writeCpu(registers, half, cpu);
  }
  put(threads.length);
  for (let tid = 0; tid < threads.length; tid++) {
    const thread = threads[tid];
    if (thread !== undefined) writeThread(thread);
    const own = half.threads[tid];
    if (own !== undefined) writeVirtual(own);
  }
  put(half.charged.length);
  for (const one of half.charged) writeCharged(one);
  put((half.kernelUser ? 1 : 0) + (isFree(half.kwatch) ? 0 : 2) + half.kwatchBusy * 4);
  if (!isFree(half.kwatch)) for (const hold of half.kwatch) writeHold(hold);
  put(held.length);
  if (held.length > 0) writePlain(held);
  for (const memory of spaces) if (memory !== null) writeBytes(memory.bytes);
  writeBytes(kernelMemory.bytes);
}

function isFree(kwatch: RegisterHalf['kwatch']): boolean {
  for (let slot = 0; slot < kwatch.length; slot++) if (kwatch[slot] !== null) return false;
  return true;
}

/** A slot's words are there only where they are not what its owner's piece says. */
function writeCpu({ dr, dr6, dr7, de, thread }: Cpu, half: RegisterHalf, cpu: number): void {
  const owners = half.owners[cpu] ?? [];
  put((thread + 1) * 2 + (de ? 1 : 0));
  put((half.loaded[cpu] ?? -1) + 1);
  put((dr6 ^ 0xffff_0ff0) >>> 0);
  put((dr7 ^ 0x400) >>> 0);
  let mask = 0;
  for (let slot = 0; slot < 4; slot++) if (!isAsOwned(half, dr, slot, owners[slot] ?? -1)) mask |= 1 << slot;
  put(mask);
  for (let slot = 0; slot < 4; slot++) {
    putSigned(owners[slot] ?? -1);
    if (((mask >>> slot) & 1) === 0) continue;
    put((dr[2 * slot] ?? 0) >>> 0);
    put((dr[2 * slot + 1] ?? 0) >>> 0);
  }
}

function isAsOwned({ broker }: RegisterHalf, dr: readonly number[], slot: number, owner: number): boolean {
  const lo = dr[2 * slot] ?? 0;
  const hi = dr[2 * slot + 1] ?? 0;
  if (owner < 0) return lo === 0 && hi === 0;
  const piece = pieceOf(broker, owner);
  return piece !== null && linearOf(lo, hi) === piece.address;
}

/** Parts of a thread that most do not have most of the time: a mask names those that are there. */
const PART = { flags: 1, repeats: 2, call: 4, signals: 8, handlers: 16, trace: 32 } as const;

function writeThread(thread: Thread): void {
  const { context, signals, trace, status } = thread;
  const parts = partsOf(thread);
  put(thread.pid);
  put(thread.parent + 1);
  put(STATUS[status] * 8 + thread.cpu);
  put(parts);
  putSigned(context.pc);
  if ((parts & PART.flags) !== 0) writeFlags(thread);
  if ((parts & PART.repeats) !== 0) writeRepeats(context);
  if ((parts & PART.call) !== 0) put(thread.action);
  if ((parts & PART.signals) !== 0) writeSignals(signals);
  if ((parts & PART.handlers) !== 0) for (const handler of signals.handlers) put(handler + 1);
  if ((parts & PART.trace) !== 0) writeTrace(trace);
  if (status !== 'exited') return;
  put(thread.exitStatus);
  put(thread.killedBy === null ? 0 : signalBit(thread.killedBy));
}

function partsOf({ context, signals, trace, call, vm86, dr7Off }: Thread): number {
  let parts = call === null ? 0 : PART.call;
  if (context.tf || context.rf || context.shadow || context.held !== 0 || vm86 || dr7Off) parts |= PART.flags;
  if (context.rep !== 0 || context.passes !== 0 || context.calls.length > 0) parts |= PART.repeats;
  if (isSignalled(signals)) parts |= PART.signals;
  for (let at = 0; at < signals.handlers.length; at++) if (signals.handlers[at] !== -1) parts |= PART.handlers;
  if (trace.tracer !== -1 || trace.stop !== null || trace.inject !== null || trace.eventMessage !== 0) parts |= PART.trace;
  if (trace.stepping || trace.forcedTf || trace.options.length > 0) parts |= PART.trace;
  return parts;
}

function isSignalled({ pending, blocked, ignored, swallowed, reasons, infos, frames }: Signals): boolean {
  if ((pending | blocked | ignored | swallowed | reasons) !== 0 || frames.length > 0) return true;
  for (let at = 0; at < infos.length; at++) if (infos[at] !== null) return true;
  return false;
}

function writeFlags({ context: { tf, rf, shadow, held }, vm86, dr7Off }: Thread): void {
  put((tf ? 1 : 0) + (rf ? 2 : 0) + (shadow ? 4 : 0) + (held & 0xf) * 8 + (vm86 ? 128 : 0) + (dr7Off ? 256 : 0));
}

function writeRepeats({ rep, passes, calls }: Context): void {
  put(rep);
  put(passes);
  putAll(calls);
}

function writeSignals({ pending, blocked, ignored, swallowed, reasons, infos, frames }: Signals): void {
  put(pending);
  put(blocked);
  put(ignored);
  put(swallowed);
  put(reasons);
  for (const info of infos) {
    put(info === null ? 0 : 1);
    if (info !== null) writeInfo(info);
  }
  put(frames.length);
  for (const frame of frames) writeFrame(frame);
}

function writeTrace({ tracer, stop, stepping, forcedTf, options, inject, eventMessage }: Trace): void {
  put((tracer + 1) * 4 + (stepping ? 1 : 0) + (forcedTf ? 2 : 0));
  writeStop(stop);
  put(options.reduce((bits, option) => bits | (1 << STOPS.indexOf(option)), 0));
  put(inject === null ? 0 : signalBit(inject));
  put(eventMessage);
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

/** Of a handler's frame. */
function writeContext(context: Context): void {
  const { pc, tf, rf, shadow, held } = context;
  putSigned(pc);
  put((tf ? 1 : 0) + (rf ? 2 : 0) + (shadow ? 4 : 0) + (held & 0xf) * 8);
  writeRepeats(context);
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
