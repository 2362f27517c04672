// A stopped thread's registers of user code, in the layout that hits have (instructions/registers).
import { REGISTER_COUNT, REGISTER_WORDS } from '../../instructions/registers.js';
import { readRegisters } from '../../linux/ptrace-state.js';

/** 32-bit words in struct user_regs_struct (linux/ptrace-control.ts draws it). */
const AT = { originalRax: 30, rip: 32 } as const;
const USER_WORDS = 54;
/** Where that struct has what the layout names ax, bx, ... r15, by its words of 64 bits. */
const ORDER = [10, 5, 11, 12, 13, 14, 4, 19, 18, 9, 8, 7, 6, 3, 2, 1, 0];

export class UserRegisters {
  readonly #user = new Uint32Array(USER_WORDS);
  readonly words = new Uint32Array(REGISTER_WORDS);

  /** Throws LinuxError. */
  read(tid: number): void {
    readRegisters(tid, this.#user);
    for (let i = 0; i < REGISTER_COUNT; i++) {
      const from = 2 * (ORDER[i] ?? 0);
      this.words[2 * i] = this.#user[from] ?? 0;
      this.words[2 * i + 1] = this.#user[from + 1] ?? 0;
    }
  }

  get ipLo(): number {
    return this.#user[AT.rip] ?? 0;
  }

  get ipHi(): number {
    return this.#user[AT.rip + 1] ?? 0;
  }

  /** The thread is on its way back from a system call, whose number orig_rax holds; after an exception it is -1. */
  get isInSystemCall(): boolean {
    return (this.#user[AT.originalRax + 1] ?? 0) >>> 31 === 0;
  }
}
