// Context switches, and what they do to the debug registers.
import { cpuOf, type Kernel, runningOn, threadOf } from './context.js';
import { loadCpu } from './load.js';

/**
 * Lets `cpu` run thread `tid`; -1: nothing. `between`: what the kernel does in the middle of the switch, when addresses are written and the
 * control register is not. A thread that runs elsewhere migrates.
 */
export function switchTo(kernel: Kernel, cpu: number, tid: number, between?: () => void): void {
  const registers = cpuOf(kernel, cpu);
  const from = registers.thread;
  if (from === tid) return;
  const elsewhere = tid === -1 ? -1 : runningOn(kernel, tid);
  if (elsewhere !== -1) switchTo(kernel, elsewhere, -1);
  registers.thread = tid;
  kernel.emit({ type: 'switch', cpu, from, to: tid });
  if (tid !== -1) {
    const thread = threadOf(kernel, tid);
    thread.cpu = cpu;
    // A switch restores what an exception took: that is why ptrace stops lose nothing by it.
    thread.dr7Off = false;
  }
  if (isLoadedBy(kernel, tid)) loadCpu(kernel, cpu, 'switch', { between });
  else between?.();
}

function isLoadedBy({ setup, state }: Kernel, tid: number): boolean {
  switch (setup.rules.loading) {
    case 'switch':
      return true;
    case 'lazy':
      return tid !== -1 && (state.half.threads[tid]?.used ?? false);
    case 'return-to-user':
      return false;
  }
}

/** Loads again wherever thread `tid` runs: its registers have changed. */
export function reload(kernel: Kernel, tid: number): void {
  const cpu = runningOn(kernel, tid);
  if (cpu !== -1) loadCpu(kernel, cpu, 'change');
}

/** Loads again on all CPUs: the kernel's part has changed. */
export function reloadAll(kernel: Kernel): void {
  for (let cpu = 0; cpu < kernel.state.cpus.length; cpu++) loadCpu(kernel, cpu, 'change', { newKernelPart: true });
}
