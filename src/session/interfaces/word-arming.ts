// Registers that are words on real threads (NetBSD's and FreeBSD's): each enabled register of a thread is one piece of its own.
import { ArmError, FAILURE_CODES } from '../../engines/errors.js';
import { type Code, type Linear, linearOf, type Rules } from '../../facility/index.js';
import { RAW, type RegisterHalf } from '../../facility/virtual/half.js';
import { imageOf } from '../../facility/virtual/image.js';
import { fieldOf, lengthOfField } from '../../facility/virtual/registers.js';
import type { Access } from '../../model/access.js';
import { handlingFor, type Sessions } from './sessions.js';

/** Whose registers are to be armed. */
export interface Loaded {
  readonly tid: number;
  readonly pid: number;
  readonly stepping: boolean;
}

interface Piece {
  readonly cookie: number;
  readonly address: Linear;
  readonly length: number;
  readonly access: Access;
}

type Slot = Piece | null;

/** A register that could not be armed. */
export interface NotLoaded {
  readonly index: number;
  readonly code: Code;
}

/** By R/W bits; 2 is I/O, which has no addresses in memory. */
const ACCESSES: readonly (Access | null)[] = ['execute', 'write', null, 'readwrite'];

export class WordArming {
  readonly #sessions: Sessions;
  readonly #half: RegisterHalf;
  readonly #rules: Rules;
  readonly #slots = new Map<number, Slot[]>();
  #nextCookie = 1;
  #nextEffect = 1;

  constructor(sessions: Sessions, half: RegisterHalf, rules: Rules) {
    this.#sessions = sessions;
    this.#half = half;
    this.#rules = rules;
  }

  /** Arms what the thread's registers say, and disarms what they do not; those that could not be armed. */
  load(thread: Loaded): NotLoaded[] {
    const before = this.#slots.get(thread.tid) ?? [null, null, null, null];
    const wanted = this.#wanted(thread);
    if (before.every((slot, index) => isSame(slot, wanted[index] ?? null))) return [];
    const after: Slot[] = before.map((slot, index) => (isSame(slot, wanted[index] ?? null) ? slot : null));
    this.#disarm(before.filter((slot, index) => slot !== null && after[index] === null));
    const failed: NotLoaded[] = [];
    for (const [index, piece] of wanted.entries()) {
      if (piece === null || after[index] !== null) continue;
      const code = this.#arm(piece, thread);
      if (code === null) after[index] = piece;
      else failed.push({ index, code });
    }
    this.#slots.set(thread.tid, after);
    return failed;
  }

  /** The register whose piece that is; -1 where it is none of the thread's now. */
  indexOf(tid: number, cookie: number): number {
    return (this.#slots.get(tid) ?? []).findIndex((slot) => slot?.cookie === cookie);
  }

  /** Thread `tid` has ended, or runs another program: nothing of it is armed any more. */
  forget(tid: number): void {
    const cookies = (this.#slots.get(tid) ?? []).flatMap((slot) => (slot === null ? [] : [slot.cookie]));
    if (cookies.length > 0) this.#sessions.threads.forget(cookies);
    this.#slots.delete(tid);
  }

  #wanted({ tid, pid, stepping }: Loaded): Slot[] {
    const image = imageOf(this.#half, this.#rules, 0, { tid, pid, stepping, heldBack: [], newKernelPart: true });
    return image.owners.map((owner, index) => {
      const field = fieldOf(image.dr7, index);
      const access = ACCESSES[field & 3] ?? null;
      const address = linearOf(image.words[2 * index] ?? 0, image.words[2 * index + 1] ?? 0);
      if (owner !== RAW || access === null || Number.isNaN(address)) return null;
      const length = access === 'execute' ? 1 : lengthOfField(field);
      // The processor takes no notice of the low bits.
      return { cookie: this.#nextCookie++, address: address - (address % length), length, access };
    });
  }

  #arm(piece: Piece, { tid, pid }: Loaded): Code | null {
    const { threads } = this.#sessions;
    try {
      const order = {
        ...piece,
        ...({ scope: { kind: 'thread', pid, tid }, inherit: 'none', tids: [tid], stackDepth: 0 } as const),
        inKernel: this.#rules.trap.inKernel === 'reported',
        handling: handlingFor(threads, piece, 'stops'),
      };
      const events = threads.apply([{ type: 'arm', effect: this.#nextEffect++, piece: order }]);
      const failed = events.find(({ type }) => type === 'failed');
      return failed?.type === 'failed' ? failed.code : null;
    } catch (error) {
      if (error instanceof ArmError) return FAILURE_CODES[error.failure];
      throw error;
    }
  }

  #disarm(slots: readonly Slot[]): void {
    const cookies = slots.flatMap((slot) => (slot === null ? [] : [slot.cookie]));
    if (cookies.length === 0) return;
    this.#sessions.threads.apply(cookies.map((cookie) => ({ type: 'disarm', effect: this.#nextEffect++, cookie })));
  }
}

function isSame(a: Slot, b: Slot): boolean {
  if (a === null || b === null) return a === b;
  return a.address === b.address && a.length === b.length && a.access === b.access;
}
