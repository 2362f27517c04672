// How gdb shares and splits debug registers: a client of the machine's tracer, written after the comment at the head of gdb/i386-nat.c.

import type { Tracer } from '../../src/machine/tracer.js';
import type { Access } from '../../src/model/access.js';

interface Register {
  readonly address: number;
  readonly length: number;
  readonly access: Access;
  users: number;
}

/** gdb's mirror of one thread's registers. */
export class GdbRegisters {
  readonly #registers: (Register | null)[] = [null, null, null, null];
  readonly #tracer: Tracer;
  readonly #tid: number;
  readonly #longest: 4 | 8;

  /** `longest`: 8 on 64-bit hosts. */
  constructor(tracer: Tracer, tid: number, longest: 4 | 8) {
    this.#tracer = tracer;
    this.#tid = tid;
    this.#longest = longest;
  }

  /** How many users each register has. */
  get users(): number[] {
    return this.#registers.map((one) => one?.users ?? 0);
  }

  /** Watches `length` bytes, up to 16, by as many aligned registers as it takes. False where they are not there, and nothing has changed. */
  insert(address: number, length: number, access: Access): boolean {
    const done: { readonly address: number; readonly length: number }[] = [];
    for (const part of this.#parts(address, length)) {
      if (!this.#insertPart(part.address, part.length, access)) {
        for (const one of done) this.#removePart(one.address, one.length, access);
        return false;
      }
      done.push(part);
    }
    return true;
  }

  /** Undoes one insert. */
  remove(address: number, length: number, access: Access): void {
    for (const part of this.#parts(address, length)) this.#removePart(part.address, part.length, access);
  }

  #parts(address: number, length: number): { readonly address: number; readonly length: number }[] {
    const parts: { readonly address: number; readonly length: number }[] = [];
    for (let at = address; at < address + length; at += parts.at(-1)?.length ?? 1) {
      const fits = [8, 4, 2, 1].find((bytes) => bytes <= this.#longest && at % bytes === 0 && at + bytes <= address + length);
      parts.push({ address: at, length: fits ?? 1 });
    }
    return parts;
  }

  #insertPart(address: number, length: number, access: Access): boolean {
    const same = this.#find(address, length, access);
    const known = this.#registers[same];
    if (known !== null && known !== undefined) {
      known.users++;
      return true;
    }
    // From DR0 up.
    const free = this.#registers.indexOf(null);
    if (free === -1 || !this.#tracer.setSlot(this.#tid, free, { address, length, access }).ok) return false;
    this.#registers[free] = { address, length, access, users: 1 };
    return true;
  }

  #removePart(address: number, length: number, access: Access): void {
    const at = this.#find(address, length, access);
    const known = this.#registers[at];
    if (known === null || known === undefined) return;
    known.users--;
    if (known.users > 0) return;
    this.#registers[at] = null;
    this.#tracer.setSlot(this.#tid, at, null);
  }

  #find(address: number, length: number, access: Access): number {
    return this.#registers.findIndex((one) => one?.address === address && one.length === length && one.access === access);
  }
}
