// The bpf engine: hardware breakpoints that run a program in the kernel at each hit; never stops the target.

import { Assembler, BpfProgram, BpfRing, R0, R1, R2, R3, R7, SharedArray } from '../../linux/bpf/index.js';
import { PAGE_SIZE } from '../../linux/mapping.js';
import { PerfEvent, packBreakpoint } from '../../linux/perf-event.js';
import { raiseFileLimit } from '../../linux/scheduling.js';
import type { Capabilities, Engine, EngineSession, EngineTarget } from '../contract.js';
import { armErrorOf } from '../events/arm-failure.js';
import { PROCESS_CAPABILITIES } from './capabilities.js';
import { RepeatFilter } from './repeats.js';
import { BpfSession } from './session.js';
import { Tables } from './tables.js';
import { type Watched, WatchedKernel, WatchedProcess } from './watched.js';

export class BpfEngine implements Engine {
  readonly capabilities: Capabilities = PROCESS_CAPABILITIES;

  readonly #patience: number | undefined;

  /** `patience`: milliseconds until a process that makes threads all the time is armed as far as it goes. */
  constructor(patience?: number) {
    this.#patience = patience;
  }

  open(target: EngineTarget): EngineSession {
    return openSession(target.pid, (repeats) => new WatchedProcess(target, repeats, this.#patience));
  }

  openKernel(): EngineSession {
    return openSession(0, () => new WatchedKernel());
  }

  /** What keeps this engine from working here, found out by trying all that it needs; null: nothing. LinuxError, VerifierError. */
  static try(): Error | null {
    try {
      using ring = new BpfRing('hwbkpt_trial', PAGE_SIZE);
      using block = new SharedArray('hwbkpt_trial', PAGE_SIZE);
      using program = new BpfProgram({ type: 'perfEvent', name: 'hwbkpt_trial', code: trialProgram(ring.fd, block.fd) });
      using event = PerfEvent.open(trialAttributes(), { tid: 0, cpu: -1 });
      event.attach(program.fd);
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

function openSession(pid: number, watch: (repeats: RepeatFilter) => Watched): EngineSession {
  try {
    raiseFileLimit();
    const tables = new Tables();
    try {
      const repeats = new RepeatFilter();
      return new BpfSession({ watched: watch(repeats), tables, repeats });
    } catch (error) {
      tables[Symbol.dispose]();
      throw error;
    }
  } catch (error) {
    throw armErrorOf(error, pid);
  }
}

/** Swaps, reads user memory and writes to the ring: what a kernel might not allow. */
function trialProgram(ring: number, block: number): Uint8Array {
  const asm = new Assembler();
  const none = asm.label();
  asm.mapValue(R1, block).move(R2, 1).exchange({ base: R1, offset: 0 }, R2);
  asm.map(R1, ring).move(R2, 8).move(R3, 0).call('ringbuf_reserve').jumpIf(R0, '==', 0, none).move(R7, R0);
  asm.move(R1, R7).move(R2, 8).move(R3, 0).call('probe_read_user');
  asm.move(R1, R7).move(R2, 0).call('ringbuf_discard');
  return asm.place(none).exit(0).assemble();
}

/** A breakpoint that is never enabled. */
function trialAttributes(): Uint8Array {
  const spot = { type: 'write', address: 0n, length: 8 } as const;
  return packBreakpoint({ ...spot, period: 1, sampleType: 0, flags: ['disabled'], userRegisters: 0, interruptRegisters: 0, stackDepth: 0 });
}
