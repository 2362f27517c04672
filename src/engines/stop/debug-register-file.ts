// The debug registers of one stopped thread as its tracer fills them: which piece is in which, and in what order words are written.
//
// The order is that of N-1: the control word with the register off and its nibble 0, then the address, then the control word with it on. A thread
// keeps the charge for every register that was ever used in it (N-2), so one that was used is taken before one that was not. What the kernel reads
// back from a thread just born is its maker's and lies (N-3): nothing is read here but the status word.
import type { Slot } from '../../base/brand.js';
import {
  type Dr7Fields,
  type Dr7SlotFields,
  decodeDr6,
  encodeDr7,
  perSlot,
  type SlotAccess,
  type SlotLength,
} from '../../registers/index.js';

/** Writes and reads DR0 to DR3, DR6 and DR7 of one stopped thread. Throws LinuxError (ENOSPC: the kernel has no register left for it). */
export interface RegisterPort {
  write(index: number, value: bigint): void;
  readStatus(): bigint;
}

/** What one register is to watch. */
export interface RegisterPiece {
  readonly address: bigint;
  /** 1 for instructions. */
  readonly length: SlotLength;
  readonly access: Exclude<SlotAccess, 'io'>;
}

interface Held extends RegisterPiece {
  readonly cookie: number;
  readonly paused: boolean;
}

const DR7 = 7;
const OFF: Dr7SlotFields = { local: false, global: false, access: 'execute', length: 1 };

/** All registers are taken, by pieces of ours. */
export class NoRegisterError extends Error {
  constructor() {
    super('all four debug registers of the thread are taken');
  }
}

/** One thread's registers. Every call is for a thread that stands; one that throws has changed nothing that counts. */
export class DebugRegisterFile {
  readonly #port: RegisterPort;
  readonly #held: (Held | null)[] = [null, null, null, null];
  readonly #used = [false, false, false, false];

  constructor(port: RegisterPort) {
    this.#port = port;
  }

  /** How many more it takes, as far as this tracer knows. */
  get free(): number {
    return this.#held.filter((held) => held === null).length;
  }

  /** How many of these it has used before, and has the charge for. */
  get freeAgain(): number {
    return this.#held.filter((held, index) => held === null && this.#used[index]).length;
  }

  /** Throws NoRegisterError, LinuxError (ENOSPC, EINVAL). */
  arm(cookie: number, piece: RegisterPiece, paused = false): void {
    const index = this.#choose();
    this.#place(index, { ...piece, cookie, paused });
  }

  /** Puts what is in the register of `cookie` elsewhere, as what it is then. Throws LinuxError; it is where it was then. */
  move(cookie: number, piece: RegisterPiece): void {
    const index = this.#indexOf(cookie);
    const before = this.#held[index];
    if (before === undefined || before === null) return;
    try {
      this.#place(index, { ...before, ...piece });
    } catch (error) {
      this.#place(index, before);
      throw error;
    }
  }

  /** Does nothing where it is not armed. */
  pause(cookie: number, paused: boolean): void {
    const index = this.#indexOf(cookie);
    const before = this.#held[index];
    if (before === undefined || before === null) return;
    this.#held[index] = { ...before, paused };
    this.#writeControl();
  }

  /** Does nothing where it is not armed. */
  disarm(cookie: number): void {
    const index = this.#indexOf(cookie);
    if (index < 0) return;
    this.#held[index] = null;
    this.#writeControl();
  }

  /** Cookies of the pieces that the last debug exception was for, which the kernel tells anew at each (N-4). Only at a stop that one has made. */
  hits(): number[] {
    const { hits } = decodeDr6(this.#port.readStatus());
    return this.#held.flatMap((held, index) => (held !== null && !held.paused && hits[index] === true ? [held.cookie] : []));
  }

  /** One that was used and is free, else one that was not. */
  #choose(): number {
    const free = this.#held.flatMap((held, index) => (held === null ? [index] : []));
    const index = free.find((candidate) => this.#used[candidate]) ?? free[0];
    if (index === undefined) throw new NoRegisterError();
    return index;
  }

  #place(index: number, held: Held): void {
    this.#held[index] = null;
    this.#writeControl();
    this.#port.write(index, held.address);
    this.#used[index] = true;
    this.#held[index] = held;
    try {
      this.#writeControl();
    } catch (error) {
      this.#held[index] = null;
      this.#writeControl();
      throw error;
    }
  }

  #indexOf(cookie: number): number {
    return this.#held.findIndex((held) => held?.cookie === cookie);
  }

  #writeControl(): void {
    const slots = perSlot((slot) => this.#fields(slot));
    const rest: Omit<Dr7Fields, 'slots'> = {
      localExact: false,
      globalExact: false,
      bit10: false,
      rtm: false,
      generalDetect: false,
      reserved: 0n,
    };
    this.#port.write(DR7, encodeDr7({ slots, ...rest }));
  }

  #fields(slot: Slot): Dr7SlotFields {
    const held = this.#held[slot] ?? null;
    return held === null || held.paused ? OFF : { local: true, global: false, access: held.access, length: held.length };
  }
}
