// The register half of the facility as plain data: virtual registers of threads, who owns each physical slot of each CPU, and the books of
// the kernels that share slots in another way than by priority.

import type { Rules } from '../rules.js';
import { copyFacility, type Facility, newFacility, SLOTS } from '../state.js';
import type { Charged } from './charges.js';
import { copyRegisters, freshRegisters, type VirtualRegisters } from './registers.js';

/** Owner of a physical slot: nobody. */
export const NOBODY = -1;
/** Owner of a physical slot: the raw register of the same number of the thread that is loaded. */
export const RAW = -2;

/** A register that Kwatch holds on all CPUs. */
export interface KwatchHold {
  readonly address: number;
  readonly length: number;
  /** R/W code: 0 execute, 1 write, 2 I/O, 3 read or write. */
  readonly type: number;
  readonly handler: number;
}

/** State beside the broker's. Threads and CPUs are small numbers from 0. */
export interface RegisterHalf {
  /** Not to be changed but through {@link ownBroker}: copies of a state share it until one of them changes it. */
  broker: Facility;
  brokerIsShared: boolean;
  /** A digest of the broker, kept by whoever hashes states; NaN: not known. */
  brokerDigest: number;
  readonly threads: VirtualRegisters[];
  /** For each CPU, by slot: a cookie (`priority`), the id of a {@link Charged}, a Kwatch handler's number, {@link RAW} or {@link NOBODY}. */
  readonly owners: number[][];
  /** For each CPU: the thread whose registers it holds; -1 for none. */
  readonly loaded: number[];
  charged: Charged[];
  nextCharged: number;
  /** By physical register. */
  readonly kwatch: (KwatchHold | null)[];
  /** Bits of registers whose Kwatch handler is running; 0 but while one runs. */
  kwatchBusy: number;
  /** An in-kernel user has taken all registers of all CPUs: threads get none. */
  kernelUser: boolean;
}

/** A register half of `cpus` CPUs without threads. */
export function newHalf(cpus: number): RegisterHalf {
  return {
    broker: newFacility(),
    brokerIsShared: false,
    brokerDigest: Number.NaN,
    threads: [],
    owners: Array.from({ length: cpus }, () => new Array<number>(SLOTS).fill(NOBODY)),
    loaded: new Array<number>(cpus).fill(-1),
    charged: [],
    nextCharged: 1,
    kwatch: [null, null, null, null],
    kwatchBusy: 0,
    kernelUser: false,
  };
}

/** The broker, to be changed by the caller. */
export function ownBroker(half: RegisterHalf): Facility {
  if (half.brokerIsShared) half.broker = copyFacility(half.broker);
  half.brokerIsShared = false;
  half.brokerDigest = Number.NaN;
  return half.broker;
}

/** An independent copy. Most steps of a machine change nothing of the broker, so it is copied only when it is changed. */
export function copyHalf(half: RegisterHalf): RegisterHalf {
  half.brokerIsShared = true;
  return {
    broker: half.broker,
    brokerIsShared: true,
    brokerDigest: half.brokerDigest,
    threads: half.threads.map(copyRegisters),
    owners: half.owners.map((owners) => owners.slice()),
    loaded: half.loaded.slice(),
    charged: half.charged.length === 0 ? [] : half.charged.map((one) => ({ ...one })),
    nextCharged: half.nextCharged,
    kwatch: half.kwatch.slice(),
    kwatchBusy: half.kwatchBusy,
    kernelUser: half.kernelUser,
  };
}

/** Virtual registers of thread `tid`, made when it has none. */
export function registersOf(half: RegisterHalf, rules: Rules, tid: number): VirtualRegisters {
  const known = half.threads[tid];
  if (known !== undefined) return known;
  const made = freshRegisters(rules);
  half.threads[tid] = made;
  return made;
}
