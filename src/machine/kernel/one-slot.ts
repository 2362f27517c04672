// The quick way for the commonest change: a kernel's piece that comes to be the last of the kernel's, or was it, changes one register of each
// CPU and moves no other. Whatever is not that goes the long way, by a whole image.

import type { HardwareEffect } from '../../facility/events.js';
import { highHalf, lowHalf } from '../../facility/linear.js';
import type { ArmedPiece } from '../../facility/request.js';
import { pieceOf } from '../../facility/state.js';
import { NOBODY } from '../../facility/virtual/half.js';
import { clearSlot, type Image, inListOrder, putPiece } from '../../facility/virtual/image.js';
import { moveToDr } from '../cpu.js';
import type { Cpu } from '../cpu-state.js';
import type { Kernel } from './context.js';
import { emitLoad } from './load.js';

const OFF = 0x400;
const scratch: Image = { words: [0, 0, 0, 0, 0, 0, 0, 0], dr7: OFF, owners: [NOBODY, NOBODY, NOBODY, NOBODY] };

/** Carries out the arming or disarming of a kernel's piece on all CPUs. False, and nothing done, where more than one register changes. */
export function changeOneSlot(kernel: Kernel, effect: HardwareEffect): boolean {
  const { state, setup } = kernel;
  if (effect.type === 'move' || setup.rules.sharing !== 'priority' || setup.rules.trap.dr6AtLoad !== 'kept' || state.held.length > 0)
    return false;
  const before = kernelCookies(kernel);
  const cookie = effect.type === 'arm' ? before.pop() : effect.cookie;
  if (cookie === undefined || (effect.type === 'arm' && cookie !== effect.piece.cookie)) return false;
  const slot = before.length;
  const owner = effect.type === 'arm' ? NOBODY : cookie;
  for (const owners of state.half.owners) if (owners[slot] !== owner || !isPlacedBefore(owners, before)) return false;
  const piece = effect.type === 'arm' ? pieceOf(state.half.broker, cookie) : null;
  if (effect.type === 'arm' && piece === null) return false;
  for (let cpu = 0; cpu < state.cpus.length; cpu++) change(kernel, cpu, slot, piece);
  return true;
}

/** Cookies of the kernel's pieces in the order of their registers, each once. */
function kernelCookies({ state }: Kernel): number[] {
  const cookies: number[] = [];
  for (const request of inListOrder(state.half.broker.kernelChosen)) {
    for (const cookie of request.cookies) if (!cookies.includes(cookie)) cookies.push(cookie);
  }
  return cookies;
}

function isPlacedBefore(owners: readonly number[], cookies: readonly number[]): boolean {
  for (let slot = 0; slot < cookies.length; slot++) if (owners[slot] !== cookies[slot]) return false;
  return true;
}

/** Off, address, on: as in every load. `piece` null: off. */
function change(kernel: Kernel, cpu: number, slot: number, piece: ArmedPiece | null): void {
  const registers = kernel.state.cpus[cpu];
  const owners = kernel.state.half.owners[cpu];
  if (registers === undefined || owners === undefined) return;
  scratch.dr7 = registers.dr7;
  clearSlot(scratch, slot);
  if (piece !== null) putPiece(scratch, slot, piece.cookie, piece);
  if ((scratch.dr7 & 0xff) === 0) scratch.dr7 = OFF;
  write(registers, slot, piece);
  owners[slot] = piece?.cookie ?? NOBODY;
  emitLoad(kernel, cpu, 'change');
}

function write(cpu: Cpu, slot: number, piece: ArmedPiece | null): void {
  if (piece === null) moveToDr(cpu, 7, scratch.dr7 >>> 0, 0);
  moveToDr(cpu, slot, piece === null ? 0 : lowHalf(piece.address), piece === null ? 0 : highHalf(piece.address));
  if (piece !== null) moveToDr(cpu, 7, scratch.dr7 >>> 0, 0);
}
