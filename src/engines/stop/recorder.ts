// Looks at a stopped thread: which of its breakpoints were hit since the last look, with registers and values, into the reports.
//
// A counter that has risen is a hit, whatever the stop is for: signals do not queue, and several breakpoints of a thread may be hit at once. A hit
// by the kernel, in a system call of the thread, is seen when the thread is on its way back: then orig_rax holds the call's number; after a hit by
// user code, which came by an exception, it is -1.
import { addressKey } from '../../base/u64.js';
import { REGISTER_COUNT, REGISTER_WORDS } from '../../instructions/registers.js';
import { isErrno } from '../../linux/errno.js';
import { readRegisters, restartableSequences } from '../../linux/ptrace-state.js';
import type { TraceeMemory } from './memory.js';
import { momentOf } from './moment.js';
import type { Piece } from './pieces.js';
import type { ReportWriter } from './report-writer.js';
import { copyStack } from './stack.js';
import type { Tracee } from './tracee.js';

/** Reports of one rise at most; the rest is told as lost. */
const MOST_REPORTS = 1024;

/** Words (of 32 bits) in user_regs_struct. */
const AT = { originalRax: 30, rip: 32 } as const;
/** Where user_regs_struct has what instructions/registers names ax, bx, ... r15, by its words of 64 bits. */
const ORDER = [10, 5, 11, 12, 13, 14, 4, 19, 18, 9, 8, 7, 6, 3, 2, 1, 0];

/** The clock that hits are told by, ns of CLOCK_MONOTONIC. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e9 + nanoseconds;
}

export class Recorder {
  readonly #reports: ReportWriter;
  readonly #memory: TraceeMemory;
  readonly #user = new Uint32Array(54);
  readonly #registers = new Uint32Array(REGISTER_WORDS);
  /** Accesses for which a condition did not hold. */
  filtered = 0;

  constructor(reports: ReportWriter, memory: TraceeMemory) {
    this.#reports = reports;
    this.#memory = memory;
  }

  /** Reports what is new of a stopped thread; returns the cookies of hits that are to stop it. */
  look(tracee: Tracee): readonly number[] {
    let stops: number[] | null = null;
    let known = false;
    for (const one of tracee.pieces) {
      const rise = one.breakpoint.rise();
      if (rise === 0) continue;
      if (!known) this.#readRegisters(tracee);
      known = true;
      if (this.#record(tracee, one.piece, rise)) stops = [...(stops ?? []), one.piece.cookie];
    }
    if (known) tracee.owesSignal = true;
    return stops ?? [];
  }

  #readRegisters(tracee: Tracee): void {
    const user = this.#user;
    readRegisters(tracee.tid, user);
    for (let i = 0; i < REGISTER_COUNT; i++) {
      const from = 2 * (ORDER[i] ?? 0);
      this.#registers[2 * i] = user[from] ?? 0;
      this.#registers[2 * i + 1] = user[from + 1] ?? 0;
    }
    if (tracee.sequences === undefined) tracee.sequences = restartableSequences(tracee.tid);
  }

  /** Returns whether the thread is to stop. */
  #record(tracee: Tracee, piece: Piece, rise: number): boolean {
    const user = this.#user;
    const { tid, process } = tracee;
    const { pid } = process;
    const { prepared } = piece;
    const kernel = (user[AT.originalRax + 1] ?? 0) >>> 31 === 0;
    const { bytes: after, cpu } = this.#memory.read(tracee, piece.range);
    const before = prepared?.last.get(pid) ?? null;
    if (prepared !== null && after !== null) prepared.last.set(pid, after);
    if (prepared !== null && !this.#holds(piece, { tid, pid, cpu, kernel, after, before })) {
      this.filtered += rise;
      return false;
    }
    const time = now();
    const stack =
      piece.order.stackDepth > 0
        ? copyStack(this.#memory, pid, {
            registers: this.#registers,
            depth: piece.order.stackDepth,
            ip: addressKey(user[AT.rip] ?? 0, user[AT.rip + 1] ?? 0),
          })
        : null;
    const hit = { cookie: piece.cookie, pid, tid, cpu, time, kernel, exact: false, registers: this.#registers, after, before, stack };
    const reports = Math.min(rise, MOST_REPORTS);
    for (let i = 0; i < reports; i++) this.#reports.hit({ ...hit, ipLo: user[AT.rip] ?? 0, ipHi: user[AT.rip + 1] ?? 0 });
    if (rise > reports) this.#reports.lost(rise - reports, time);
    return prepared?.handling.keep === 'stops';
  }

  #holds(
    piece: Piece,
    {
      after,
      before,
      ...facts
    }: {
      readonly tid: number;
      readonly pid: number;
      readonly cpu: number;
      readonly kernel: boolean;
      readonly after: Uint8Array | null;
      readonly before: Uint8Array | null;
    },
  ): boolean {
    const { prepared } = piece;
    if (prepared === null || prepared.holds === null) return true;
    const { offset, size } = prepared.handling.value;
    const [newBytes, oldBytes] = [after, before].map((bytes) => bytes?.subarray(offset, offset + size) ?? null);
    const { pid, kernel } = facts;
    const [ipLo = 0, ipHi = 0] = this.#user.subarray(AT.rip);
    const moment = momentOf(this.#memory, pid, { registers: this.#registers, ipLo, ipHi, kernel });
    return prepared.holds({ ...facts, comm: null, oldBytes: oldBytes ?? null, newBytes: newBytes ?? null, moment }) !== 'no';
  }
}

/** Whether a call failed because the thread is gone: killed where it stood. */
export function isGone(error: unknown): boolean {
  return isErrno(error, 'ESRCH');
}
