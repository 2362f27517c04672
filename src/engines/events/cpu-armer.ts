// Arms pieces on whole CPUs, whatever runs there: for the kernel's own memory.
import type { ArmOrder } from '../../facility/index.js';
import { isErrno } from '../../linux/errno.js';
import type { NotCovered } from '../../model/coverage.js';
import type { Armed } from '../contract.js';
import { ArmError } from '../errors.js';
import type { Batch, BatchArmer } from './batch.js';
import { presentCpus } from './cpus.js';

/** Every thread, where a CPU is named (perf_event_open). */
const EVERY_THREAD = -1;

export class CpuArmer implements BatchArmer {
  readonly #cpus: () => readonly number[];

  /** `cpus`: those that are there, be they online or not. */
  constructor(cpus: () => readonly number[] = presentCpus) {
    this.#cpus = cpus;
  }

  arm(pieces: readonly ArmOrder[], batch: Batch): Armed {
    const cpus = this.#cpus();
    const missed = cpus.filter((cpu) => !armOn(cpu, pieces, batch));
    if (missed.length === cpus.length) throw new ArmError('unsupported', 0, new Error('no CPU is online'));
    const notCovered = missed.map((cpu): NotCovered => `cpu:${cpu}`);
    return { threads: 0, cpus: cpus.length - missed.length, notCovered };
  }
}

/** False where the CPU went offline. */
function armOn(cpu: number, pieces: readonly ArmOrder[], batch: Batch): boolean {
  try {
    return pieces.every((piece) => batch.open(piece, { tid: EVERY_THREAD, cpu }));
  } catch (error) {
    // An offline CPU is ENODEV (perf_event_open(2)); the events opened on it before that hit nothing any more.
    if (isErrno(error, 'ENODEV')) return false;
    throw error;
  }
}
