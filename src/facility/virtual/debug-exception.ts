// Whose debug exception is it? Each slot's bit goes to its owner; what kernel-level users do not consume collects in the thread's virtual
// DR6, and a SIGTRAP is owed to the thread.

import type { Rules } from '../rules.js';
import { pieceOf, SLOTS } from '../state.js';
import type { Charged } from './charges.js';
import { NOBODY, RAW, type RegisterHalf, registersOf } from './half.js';
import { rawIndexOf } from './raw-requests.js';
import { isEnabled, STEP_BIT, TRAP_BITS, type VirtualRegisters } from './registers.js';

/** One debug exception as the handler finds it. */
export interface Exception {
  readonly cpu: number;
  readonly tid: number;
  /** DR6, positive: a 1 is a reason. What a kprobe caused is taken out already. */
  readonly reasons: number;
  /** DR7 at that moment, signed 32-bit. */
  readonly dr7: number;
  /** Taken in user mode. */
  readonly user: boolean;
}

/** What the handler found, and what the kernel owes. */
export interface Finding {
  /** A SIGTRAP is owed to the thread, for this reason. */
  owes: 'data' | 'execute' | 'step' | 'icebp' | null;
  /** The saved flags get RF, so that the instruction is passed once. */
  setsRf: boolean;
  /** The registers are another thread's leftovers: switch them off. */
  stale: boolean;
  /** Slots of the thread's that reported, as bits. */
  threadSlots: number;
  /** What the owed SIGTRAP is about, as bits of virtual DR6: B0-B3 and BS. */
  reasons: number;
  /** Register of the Kwatch handler that was told, or -1. */
  kwatchSlot: number;
  /** Perf events whose period is full, in slot order: ids. */
  readonly overflows: number[];
  /** Hits that somebody was told of, in slot order. */
  readonly told: Told[];
}

/** Somebody's hit: number of the request, perf event or Kwatch handler. */
export interface Told {
  readonly who: 'request' | 'perf' | 'kwatch';
  readonly id: number;
  readonly answer: 'consumed' | 'passed' | 'counted' | 'ignored';
}

interface Slot {
  readonly slot: number;
  readonly owner: number;
  readonly exception: Exception;
}

/** Sorts `exception` out. Changes virtual DR6 and counts, and nothing of the hardware. */
export function sortOut(half: RegisterHalf, rules: Rules, exception: Exception): Finding {
  const finding: Finding = { owes: null, setsRf: false, stale: false, threadSlots: 0, reasons: 0, kwatchSlot: -1, overflows: [], told: [] };
  const own = registersOf(half, rules, exception.tid);
  let virtualBits = 0;
  let claimed = false;
  for (let slot = 0; slot < SLOTS; slot++) {
    // A bit of a slot that is not enabled means nothing.
    if (((exception.reasons >>> slot) & 1) === 0 || !isEnabled(exception.dr7, slot)) continue;
    const owner = half.owners[exception.cpu]?.[slot] ?? NOBODY;
    if (rules.sharing === 'kwatch' && half.kwatch[slot] !== null) {
      // Kwatch deals with the lowest set bit only.
      if ((exception.reasons & ((1 << slot) - 1)) !== 0) continue;
      tellKwatch(finding, half, slot);
      claimed = true;
      continue;
    }
    virtualBits |= claim(half, rules, { slot, owner, exception }, finding);
  }
  if (isStale(rules, own, exception, claimed)) {
    finding.stale = true;
    return finding;
  }
  settleThread(rules, own, { exception, virtualBits, claimed }, finding);
  return finding;
}

function tellKwatch(finding: Finding, half: RegisterHalf, slot: number): void {
  const hold = half.kwatch[slot];
  if (hold === null || hold === undefined) return;
  if (hold.type === 0) finding.setsRf = true;
  // Its own handler touched what it watches: swallowed.
  if (((half.kwatchBusy >>> slot) & 1) !== 0) return;
  finding.kwatchSlot = slot;
  finding.told.push({ who: 'kwatch', id: hold.handler, answer: 'consumed' });
}

/** Gives one slot's bit to its owner. Returns the bit of virtual DR6 that it becomes, 0 for none. */
function claim(half: RegisterHalf, rules: Rules, { slot, owner, exception }: Slot, finding: Finding): number {
  if (owner === NOBODY) return 0;
  if (owner === RAW) return claimRaw(rules, { slot, owner, exception }, finding);
  if (rules.sharing === 'charges') return claimCharged(half, rules, { slot, owner, exception }, finding);
  return claimRequests(half, rules, { slot, owner, exception }, finding);
}

/** The thread's own register of that number. In kernel mode it is not reported, where the rules say so. */
function claimRaw({ trap }: Rules, { slot, exception }: Slot, finding: Finding): number {
  if (!exception.user && trap.inKernel === 'ignored') return 0;
  owe(finding, isExecute(exception.dr7, slot) ? 'execute' : 'data');
  if (isExecute(exception.dr7, slot) && trap.executeSetsRf) finding.setsRf = true;
  finding.threadSlots |= 1 << slot;
  return 1 << slot;
}

function claimCharged(half: RegisterHalf, { trap }: Rules, { slot, owner, exception }: Slot, finding: Finding): number {
  const event = half.charged.find(({ id }) => id === owner);
  if (event === undefined) return 0;
  const isExec = event.access === 'execute';
  // Step first: the breakpoint is met again, for the instruction has not run.
  if (isExec && trap.stepHidesExecute && (exception.reasons & STEP_BIT) !== 0) return 0;
  if (isExec && trap.executeSetsRf) finding.setsRf = true;
  const inKernel = event.client === 'ptrace' ? trap.inKernel === 'reported' : event.inKernel;
  if (exception.user ? !event.inUser : !inKernel) {
    if (event.client === 'perf') finding.told.push({ who: 'perf', id: event.id, answer: 'ignored' });
    return 0;
  }
  if (event.client === 'perf') {
    if (countUp(half.charged, event)) finding.overflows.push(event.id);
    finding.told.push({ who: 'perf', id: event.id, answer: 'counted' });
    return 0;
  }
  owe(finding, isExec ? 'execute' : 'data');
  finding.threadSlots |= 1 << slot;
  return 1 << event.index;
}

/** A copy's count adds into its original's too; its period is its own. True where that is full. */
function countUp(charged: readonly Charged[], event: Charged): boolean {
  event.count++;
  const origin = event.origin === -1 ? undefined : charged.find(({ id }) => id === event.origin);
  if (origin !== undefined) origin.count++;
  event.sinceOverflow = event.period === 0 ? 0 : (event.sinceOverflow + 1) % event.period;
  return event.period !== 0 && event.sinceOverflow === 0;
}

function claimRequests({ broker }: RegisterHalf, { trap }: Rules, { slot, owner, exception }: Slot, finding: Finding): number {
  const piece = pieceOf(broker, owner);
  const ofKernel = piece?.scope.kind === 'kernel';
  if (piece?.access === 'execute' && trap.executeSetsRf) finding.setsRf = true;
  let bits = 0;
  for (const request of broker.requests) {
    if (!request.cookies.includes(owner)) continue;
    if (!ofKernel && !exception.user && (trap.inKernel === 'ignored' || !request.inKernel)) continue;
    finding.told.push({ who: 'request', id: request.id, answer: request.answer });
    if (request.answer === 'consumed') continue;
    owe(finding, piece?.access === 'execute' ? 'execute' : 'data');
    finding.threadSlots |= 1 << slot;
    const index = rawIndexOf(request.id);
    if (index >= 0) bits |= 1 << index;
  }
  return bits;
}

function isExecute(dr7: number, slot: number): boolean {
  return ((dr7 >>> (16 + 4 * slot)) & 3) === 0;
}

function owe(finding: Finding, what: NonNullable<Finding['owes']>): void {
  if (finding.owes === null) finding.owes = what;
}

/** The thread's own control register enables nothing, and nobody else claims the hit. */
function isStale({ trap }: Rules, own: VirtualRegisters, { reasons }: Exception, claimed: boolean): boolean {
  return trap.dropsStale && !claimed && (reasons & TRAP_BITS) !== 0 && (own.dr7Lo & 0xff) === 0;
}

interface ThreadPart {
  readonly exception: Exception;
  readonly virtualBits: number;
  readonly claimed: boolean;
}

function settleThread(rules: Rules, own: VirtualRegisters, { exception, virtualBits, claimed }: ThreadPart, finding: Finding): void {
  const { reasons, user } = exception;
  const step = user ? reasons & STEP_BIT : 0;
  if (step !== 0 && (finding.owes === null || rules.trap.stepWithHit === 'step')) finding.owes = 'step';
  finding.reasons = virtualBits | step;
  if (reasons === 0 && !claimed) finding.owes = 'icebp';
  collect(rules, own, { ...exception, virtualBits, step });
}

function collect({ trap }: Rules, own: VirtualRegisters, hit: Exception & { readonly virtualBits: number; readonly step: number }): void {
  switch (trap.dr6) {
    case 'gathered':
      if (hit.virtualBits === 0 && hit.step === 0) return;
      // What has been reported makes room for the next report; BS stays until the tracer takes it.
      if (own.reported) own.dr6Lo = (own.dr6Lo & ~(TRAP_BITS | (trap.stepBit === 'last' ? STEP_BIT : 0))) >>> 0;
      own.dr6Lo = (own.dr6Lo | hit.virtualBits | hit.step) >>> 0;
      own.reported = false;
      return;
    case 'last':
      if (!hit.user && hit.virtualBits === 0) return;
      own.dr6Lo = (0xffff_0ff0 | hit.step | hit.virtualBits) >>> 0;
      own.dr6Hi = 0;
      return;
    case 'hardware':
      if (!hit.user && trap.inKernel === 'ignored') return;
      own.dr6Lo = (hit.reasons ^ 0xffff_0ff0) >>> 0;
      own.dr6Hi = 0;
  }
}
