// Takes what the breakpoints of a stopped thread have caught since the last look into the reports, with values, as far as conditions hold.
//
// All of a thread's breakpoints are looked at whatever it has stopped for: signals do not queue, and several may be hit at once.
import { REGISTER_WORDS } from '../../instructions/registers.js';
import { isErrno } from '../../linux/errno.js';
import { threadName } from '../../linux/procfs/process.js';
import { restartableSequences } from '../../linux/ptrace-state.js';
import { affinity, setAffinity } from '../../linux/scheduling.js';
import type { BreakpointMaker, ThreadPiece } from './breakpoints.js';
import { KnownStores } from './known-stores.js';
import type { TraceeMemory } from './memory.js';
import { momentOf } from './moment.js';
import type { Piece, Prepared } from './pieces.js';
import { Placement, type PlacementParts } from './placement.js';
import type { ReportWriter } from './report-writer.js';
import { SeenHit, type SeenStack } from './seen-hit.js';
import { copyStack } from './stack.js';
import type { Tracee } from './tracee.js';
import { UserRegisters } from './user-registers.js';

/** Reports of one look at a piece at most, where nothing tells its hits apart; the rest is told as lost. */
const MOST_REPORTS = 1024;
const WORD = 0x1_0000_0000;

/** The clock that hits are told by, ns of CLOCK_MONOTONIC. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e9 + nanoseconds;
}

/** What is known of a hit beforehand. */
interface Known {
  /** The kernel has found the condition to hold. */
  readonly isTested: boolean;
  /** What its instruction has stored; null: memory is to be read. */
  readonly stored: Uint8Array | null;
}

export class Recorder {
  readonly #reports: ReportWriter;
  readonly #memory: TraceeMemory;
  readonly #maker: BreakpointMaker;
  readonly #placement = new Placement(placementOfCaller());
  readonly #user = new UserRegisters();
  readonly #seen = new SeenHit();
  #stops: number[] = [];
  readonly stores = new KnownStores();
  /** Accesses for which a condition did not hold. */
  filtered = 0;

  constructor(reports: ReportWriter, memory: TraceeMemory, maker: BreakpointMaker) {
    this.#reports = reports;
    this.#memory = memory;
    this.#maker = maker;
  }

  /** Reports what is new of a stopped thread; returns the cookies of hits that are to stop it. */
  look(tracee: Tracee): readonly number[] {
    if (this.#stops.length > 0) this.#stops = [];
    const { delivered } = this.#reports;
    const before = delivered + this.filtered;
    this.#seen.pid = tracee.process.pid;
    this.#seen.tid = tracee.tid;
    if (this.#maker.look === undefined) this.#lookByCounters(tracee);
    else this.#maker.look(tracee, this);
    if (this.#reports.delivered + this.filtered > before) tracee.owesSignal = true;
    return this.#stops;
  }

  #lookByCounters(tracee: Tracee): void {
    for (const one of tracee.pieces) {
      const rise = one.breakpoint.rise();
      if (rise > 0) this.counted(tracee, one, rise);
    }
  }

  /** A breakpoint has been hit `rise` times, and the thread's state is all that tells how. */
  counted(tracee: Tracee, { piece }: ThreadPiece, rise: number): void {
    const [seen, user] = [this.#seen, this.#user];
    user.read(tracee.tid);
    if (tracee.sequences === undefined) tracee.sequences = restartableSequences(tracee.tid);
    const time = now();
    seen.cpu = this.#memory.cpuOf(tracee);
    seen.timeLo = time >>> 0;
    seen.timeHi = Math.floor(time / WORD);
    seen.ipLo = user.ipLo;
    seen.ipHi = user.ipHi;
    seen.kernel = user.isInSystemCall;
    seen.registers = user.words;
    seen.registersAt = 0;
    const reports = Math.min(rise, MOST_REPORTS);
    for (let i = 0; i < reports; i++) this.#record(tracee, piece, { isTested: false, stored: null });
    if (rise > reports) this.#reports.lost(rise - reports, time);
  }

  /** One hit of a breakpoint, of which `seen` tells all but whose it is. */
  sampled(tracee: Tracee, { piece, breakpoint }: ThreadPiece): void {
    // Of a thread that is to stand, memory is what others look at too.
    const stored = piece.prepared?.handling.keep === 'stops' ? null : this.stores.valueOf(this.#seen, piece.range);
    this.#record(tracee, piece, { isTested: breakpoint.isFiltered === true && piece.filter?.tests === true, stored });
  }

  /** To be filled before {@link sampled}. */
  get seen(): SeenHit {
    return this.#seen;
  }

  #record(tracee: Tracee, piece: Piece, { isTested, stored }: Known): void {
    const { prepared } = piece;
    const { pid } = tracee.process;
    this.#seen.cookie = piece.cookie;
    this.#seen.exact = stored !== null;
    const after = stored ?? this.#memory.read(pid, piece.range);
    const before = isTested ? (this.#seen.kernel ? null : passedBefore(tracee, piece)) : (prepared?.last.get(pid) ?? null);
    if (prepared !== null && !isTested && !this.#holds(prepared, after, before)) this.filtered++;
    else {
      this.#reports.hit(this.#seen, { after, before }, piece.order.stackDepth > 0 ? this.#stack(tracee, piece) : null);
      if (prepared?.handling.keep === 'stops' && !this.#stops.includes(piece.cookie)) this.#stops.push(piece.cookie);
    }
    if (prepared !== null && after !== null) keepLast(prepared, pid, after);
    this.#placement.note(tracee.tid, this.#seen.cpu);
  }

  #holds({ holds, handling, mentioned }: Prepared, after: Uint8Array | null, before: Uint8Array | null): boolean {
    if (holds === null) return true;
    const { tid, pid, cpu, kernel, ipLo, ipHi, registers, registersAt } = this.#seen;
    const { offset, size } = handling.value;
    const newBytes = after?.subarray(offset, offset + size) ?? null;
    const oldBytes = before?.subarray(offset, offset + size) ?? null;
    const comm = mentioned.comm ? threadName(pid, tid) : null;
    const own = registers.subarray(registersAt, registersAt + REGISTER_WORDS);
    const moment = mentioned.memory || mentioned.registers ? momentOf(this.#memory, pid, { registers: own, ipLo, ipHi, kernel }) : null;
    return holds({ tid, pid, cpu, kernel, comm, oldBytes, newBytes, moment }) !== 'no';
  }

  /** The user code's stack; where the kernel hit, from where the system call was made. */
  #stack({ tid, process: { pid } }: Tracee, { order }: Piece): SeenStack {
    const user = this.#user;
    user.read(tid);
    const ip = (user.ipHi & 0xffff) * WORD + user.ipLo;
    return copyStack(this.#memory, pid, { registers: user.words, depth: order.stackDepth, ip });
  }
}

/** The tracing thread, which calls this. */
function placementOfCaller(): PlacementParts {
  const all = affinity(0);
  return {
    now,
    confine: (cpu) => {
      // A CPU that it may not be on is none that helps.
      if (cpu === null || all.includes(cpu)) setAffinity(0, cpu === null ? all : [cpu]);
    },
  };
}

/** The filter tells of the last hit that passed: this one, where no other thread can have hit since. */
function passedBefore({ process }: Tracee, { filter }: Piece): Uint8Array | null {
  return process.threads.size === 1 ? (filter?.before() ?? null) : null;
}

function keepLast({ last }: Prepared, pid: number, bytes: Uint8Array): void {
  const kept = last.get(pid);
  if (kept?.length === bytes.length) kept.set(bytes);
  else last.set(pid, bytes.slice());
}

/** Whether a call failed because the thread is gone: killed where it stood. */
export function isGone(error: unknown): boolean {
  return isErrno(error, 'ESRCH');
}
