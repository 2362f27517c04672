// The machine's kernel as the interfaces need it.
import type { Host } from '../../interfaces/host.js';
import type { SignalSink } from '../../interfaces/utrace/index.js';
import { SIGNALS, signalBit } from '../state.js';
import { type Kernel, threadOf } from './context.js';
import { feed } from './life.js';
import { reload, reloadAll } from './switch.js';
import { tracingOf } from './tracing.js';

/** A view of `kernel` that every interface works with; it follows what the kernel does. */
export function hostOf(kernel: Kernel): Host & SignalSink {
  return {
    rules: kernel.setup.rules,
    get half() {
      return kernel.state.half;
    },
    exists: (tid) => kernel.state.threads[tid] !== undefined && threadOf(kernel, tid).status !== 'exited',
    pidOf: (tid) => threadOf(kernel, tid).pid,
    feed: (event) => feed(kernel, event),
    changed: (tid) => {
      if (tid === -1) reloadAll(kernel);
      else if (kernel.setup.rules.loading !== 'return-to-user') reload(kernel, tid);
    },
    enableIoBreakpoints: () => {
      for (const cpu of kernel.state.cpus) cpu.de = true;
      return true;
    },
    tracing: tracingOf(kernel),
    swallow: (tid, name, swallow) => {
      const { signals } = threadOf(kernel, tid);
      const bit = SIGNALS.filter((signal) => signal === name).reduce((bits, signal) => bits | signalBit(signal), 0);
      signals.swallowed = swallow ? signals.swallowed | bit : signals.swallowed & ~bit;
    },
  };
}
