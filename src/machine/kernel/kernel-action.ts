// What the kernel itself does in a system call: its accesses meet the same debug registers as the thread's own.
import { STEP_BIT } from '../../facility/virtual/registers.js';
import { dataHits, executeHits } from '../hits.js';
import { writeMemory } from '../memory.js';
import type { KernelAction } from '../program.js';
import { cpuOf, type Kernel, spaceOf, threadOf } from './context.js';
import { debugException } from './exception.js';

/** Does one action on `cpu`, for the thread on it. */
export function kernelAction(kernel: Kernel, cpu: number, action: KernelAction): void {
  switch (action.act) {
    case 'read':
    case 'write': {
      const bytes = action.bytewise ? 1 : action.length;
      for (let at = 0; at < action.length; at += bytes) access(kernel, cpu, action, action.at + at, bytes);
      return;
    }
    case 'run': {
      const hit = executeHits(cpuOf(kernel, cpu), action.at);
      if (hit !== 0) debugException(kernel, cpu, { raised: hit, user: false, kprobe: false });
      return;
    }
    case 'kprobe': {
      // The step of the probed instruction, and what the instruction touched, in one exception.
      const hit = action.length > 0 ? touch(kernel, cpu, { kind: 'write', at: action.data, length: action.length, value: 0 }) : 0;
      debugException(kernel, cpu, { raised: hit | STEP_BIT, user: false, kprobe: true });
      return;
    }
    case 'idle':
      return;
  }
}

function access(
  kernel: Kernel,
  cpu: number,
  action: Extract<KernelAction, { readonly act: 'read' | 'write' }>,
  at: number,
  length: number,
): void {
  const value = action.bytewise ? Math.floor(action.value / 256 ** (at - action.at)) % 256 : action.value;
  const hit = touch(kernel, cpu, { kind: action.act, at, length, value });
  if (hit !== 0) debugException(kernel, cpu, { raised: hit, user: false, kprobe: false });
}

interface Touch {
  readonly kind: 'read' | 'write';
  readonly at: number;
  readonly length: number;
  readonly value: number;
}

/** Makes an access of the kernel's; the slots it met. */
export function touch(kernel: Kernel, cpu: number, { kind, at, length, value }: Touch): number {
  const { setup, state } = kernel;
  const registers = cpuOf(kernel, cpu);
  kernel.emit({ type: 'access', cpu, tid: registers.thread, kind, at, length });
  if (kind === 'write') {
    const ofKernel = at < 0;
    const memory = ofKernel ? state.kernelMemory : spaceOf(kernel, threadOf(kernel, registers.thread).pid);
    writeMemory(memory, ofKernel ? setup.kernelLayout : setup.layout, { at, length, value });
  }
  return dataHits(registers, kind, at, length);
}
