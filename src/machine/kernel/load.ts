// Writing a CPU's debug registers, always in an order that never arms half a slot, unless the kernel's rules say otherwise.

import { NOBODY } from '../../facility/virtual/half.js';
import { copyImage, type Image, imageOf, keepSlots } from '../../facility/virtual/image.js';
import { TRAP_BITS } from '../../facility/virtual/registers.js';
import { moveToDr } from '../cpu.js';
import type { Cpu } from '../cpu-state.js';
import type { LoadReason } from '../events.js';
import { cpuOf, type Kernel, threadOf } from './context.js';

const NONE: readonly number[] = [];

/** How a CPU is loaded. */
export interface Loading {
  /** Runs when the addresses are written and the control register is not. */
  readonly between?: (() => void) | undefined;
  /** The kernel's part has changed. */
  readonly newKernelPart?: boolean;
}

/** Gives `cpu` what the plan says for the thread on it. */
export function loadCpu(kernel: Kernel, cpu: number, why: LoadReason, { between, newKernelPart = false }: Loading = {}): void {
  const { setup, state } = kernel;
  const tid = cpuOf(kernel, cpu).thread;
  const thread = tid === -1 ? null : threadOf(kernel, tid);
  const heldBack = state.held.length === 0 ? NONE : state.held.flatMap((effect) => (effect.type === 'arm' ? [effect.piece.cookie] : []));
  const run = { tid, pid: thread?.pid ?? -1, stepping: thread?.trace.stepping ?? false, heldBack, newKernelPart };
  // What happens in between may load another.
  const shared = imageOf(state.half, setup.rules, cpu, run);
  const image = between === undefined ? shared : copyImage(shared);
  state.half.loaded[cpu] = tid;
  loadDr6(kernel, cpu, tid);
  const owners = state.half.owners[cpu] ?? [];
  const before = setup.rules.loadOrder === 'disable-first' ? owners : null;
  const registers = cpuOf(kernel, cpu);
  if (isOther(registers, image)) {
    writeRegisters(registers, image, before, between);
    setOwners(owners, image.owners);
    emitLoad(kernel, cpu, why);
  } else {
    // What is the same for the newcomer is the newcomer's at once.
    setOwners(owners, image.owners);
    between?.();
  }
}

/** The thread's own DR6, or none of its hits in somebody else's. */
function loadDr6({ setup, state }: Kernel, cpu: number, tid: number): void {
  const registers = state.cpus[cpu];
  if (registers === undefined || setup.rules.trap.dr6AtLoad === 'kept') return;
  const own = tid === -1 ? undefined : state.half.threads[tid];
  const isOwn = setup.rules.trap.dr6AtLoad === 'own' && own?.used === true;
  moveToDr(registers, 6, isOwn ? own.dr6Lo : (registers.dr6 & ~TRAP_BITS) >>> 0, 0);
}

/** DR7 while addresses are written. A breakpoint that stays as it is stays armed: the kernel's own see what happens in a switch too. */
function disabledFirst(cpu: Cpu, { words, dr7, owners }: Image, before: readonly number[]): number {
  const old = cpu.dr7;
  return keepSlots(old, (slot) => {
    const mask = (3 << (2 * slot)) | (0xf << (16 + 4 * slot));
    const owner = owners[slot] ?? NOBODY;
    const isSame = owner >= 0 && owner === before[slot] && (old & mask) === (dr7 & mask);
    return isSame && words[2 * slot] === cpu.dr[2 * slot] && words[2 * slot + 1] === cpu.dr[2 * slot + 1];
  });
}

function isOther(cpu: Cpu, { words, dr7 }: Image): boolean {
  let changes = cpu.dr7 !== dr7;
  for (let at = 0; at < words.length && !changes; at++) changes = words[at] !== cpu.dr[at];
  return changes;
}

/** Disable, addresses, enable; `before` null: addresses under the old control register. */
function writeRegisters(cpu: Cpu, image: Image, before: readonly number[] | null, between?: () => void): void {
  const { words, dr7 } = image;
  if (before !== null && (cpu.dr7 & 0xff) !== 0) moveToDr(cpu, 7, disabledFirst(cpu, image, before) >>> 0, 0);
  for (let slot = 0; slot < 4; slot++) moveToDr(cpu, slot, words[2 * slot] ?? 0, words[2 * slot + 1] ?? 0);
  between?.();
  moveToDr(cpu, 7, dr7 >>> 0, 0);
}

function setOwners(owners: number[], by: readonly number[]): void {
  for (let slot = 0; slot < by.length; slot++) owners[slot] = by[slot] ?? NOBODY;
}

/** Switches off the slots that `isKept` does not name. */
export function keepOnly(kernel: Kernel, cpu: number, why: LoadReason, isKept: (slot: number) => boolean): void {
  const registers = cpuOf(kernel, cpu);
  const dr7 = keepSlots(registers.dr7, isKept);
  if (dr7 === registers.dr7) return;
  moveToDr(registers, 7, dr7 >>> 0, 0);
  emitLoad(kernel, cpu, why);
}

/** Nobody owns the slots that are off. */
export function disown(kernel: Kernel, cpu: number): void {
  const owners = kernel.state.half.owners[cpu] ?? [];
  for (const [slot] of owners.entries()) if (((cpuOf(kernel, cpu).dr7 >>> (2 * slot)) & 3) === 0) owners[slot] = NOBODY;
}

/** Notes what `cpu` holds now. */
export function emitLoad(kernel: Kernel, cpu: number, why: LoadReason): void {
  if (kernel.isSilent) return;
  const { dr, dr7, thread } = cpuOf(kernel, cpu);
  kernel.emit({ type: 'load', cpu, tid: thread, words: dr.slice(), dr7, why });
}
