// A tracer of any host's threads, who speaks each kernel's own language: the same wish goes by POKEUSER, PT_WRITE_WATCHPOINT or PT_SETDBREGS.

import { highU32, lowU32 } from '../base/u64.js';
import { type Linear, u64OfLinear } from '../facility/linear.js';
import { lengthBits } from '../facility/virtual/image.js';
import { STEP_BIT, TRAP_BITS } from '../facility/virtual/registers.js';
import type { Access } from '../model/access.js';
import { accessCode } from '../registers/access.js';
import { getDbRegs as freebsdGet, setDbRegs as freebsdSet } from './freebsd-dbregs/index.js';
import { bad, type Host, type Result } from './host.js';
import { attach, detach, getEventMessage, getSignalInfo, resume, type SignalInfo, setOptions } from './linux-ptrace/control.js';
import { offsetOf, peekUser, pokeUser } from './linux-ptrace/registers.js';
import { checkLwp, type DbReg, getDbRegs, setDbRegs } from './netbsd-dbregs/index.js';
import { writeWatchpoint } from './netbsd-watchpoint/index.js';

/** One slot as a tracer wants it. */
export interface SlotWish {
  readonly address: Linear;
  /** Bytes. */
  readonly length: number;
  readonly access: Access;
}

/** What a tracer can read of a hit. */
export interface DebugStatus {
  /** Virtual registers that were hit, as bits. */
  readonly hits: number;
  readonly step: boolean;
}

export class HostTracer {
  readonly number: number;
  readonly privileged: boolean;
  readonly #host: Host;

  /** `number`: the tracer's own; `privileged`: root, or what a kernel wants instead. */
  constructor(host: Host, number: number, privileged = true) {
    this.number = number;
    this.privileged = privileged;
    this.#host = host;
  }

  #call(tid: number): { readonly tracer: number; readonly tid: number } {
    return { tracer: this.number, tid };
  }

  attach(tid: number): Result<null> {
    return attach(this.#host, this.#call(tid));
  }

  detach(tid: number, signal: string | null = null): Result<null> {
    return detach(this.#host, this.#call(tid), signal);
  }

  continue(tid: number, signal: string | null = null): Result<null> {
    return resume(this.#host, this.#call(tid), 'cont', signal);
  }

  step(tid: number, signal: string | null = null): Result<null> {
    return resume(this.#host, this.#call(tid), 'step', signal);
  }

  signalInfo(tid: number): Result<SignalInfo> {
    return getSignalInfo(this.#host, this.#call(tid));
  }

  setOptions(tid: number, options: Parameters<Host['tracing']['setOptions']>[1]): Result<null> {
    return setOptions(this.#host, this.#call(tid), options);
  }

  eventMessage(tid: number): Result<number> {
    return getEventMessage(this.#host, this.#call(tid));
  }

  /** Virtual register `index` (0-7). */
  peek(tid: number, index: number): Result<bigint> {
    switch (this.#host.rules.kernel) {
      case 'hwbkpt':
      case 'linux-2.6.20':
      case 'linux':
        return peekUser(this.#host, this.#call(tid), offsetOf(index));
      // The mail gives nobody the registers.
      case 'netbsd-2016':
        return bad('ENOSYS');
      case 'netbsd': {
        const all = getDbRegs(this.#host, this.number, tid);
        return all.ok ? { ok: true, value: all.value[index] ?? 0n } : all;
      }
      case 'freebsd': {
        const all = freebsdGet(this.#host, this.number, tid);
        return all.ok ? { ok: true, value: all.value[index] ?? 0n } : all;
      }
    }
  }

  /** Writes virtual register `index`; the BSDs write all of them at once, the others as they are. */
  poke(tid: number, index: number, value: bigint): Result<null> {
    switch (this.#host.rules.kernel) {
      case 'hwbkpt':
      case 'linux-2.6.20':
      case 'linux':
        return pokeUser(this.#host, this.#call(tid), offsetOf(index), value);
      case 'netbsd-2016':
        return bad('ENOSYS');
      case 'netbsd':
      case 'freebsd':
        return this.#pokeAll(tid, (registers) => registers.with(index, value));
    }
  }

  #pokeAll(tid: number, change: (registers: DbReg) => DbReg): Result<null> {
    const isNetbsd = this.#host.rules.kernel === 'netbsd';
    const before = isNetbsd ? getDbRegs(this.#host, this.number, tid) : freebsdGet(this.#host, this.number, tid);
    if (!before.ok) return before;
    const after = change(before.value);
    if (!isNetbsd) return freebsdSet(this.#host, this.number, tid, after);
    return setDbRegs(this.#host, { tracer: this.number, tid, privileged: this.privileged }, after);
  }

  /** Sets slot `index`, or unsets it (null), in the way of this kernel. The first error stops it; what was set before stays. */
  setSlot(tid: number, index: number, wish: SlotWish | null): Result<null> {
    const { kernel } = this.#host.rules;
    if (kernel === 'netbsd-2016') return this.#writeWatchpoint(tid, index, wish);
    const field = wish === null ? 0 : ((lengthBits(wish.access === 'execute' ? 1 : wish.length) << 2) | accessCode(wish.access)) >>> 0;
    const mask = BigInt((3 << (2 * index)) >>> 0) | (0xfn << BigInt(16 + 4 * index));
    const on = wish === null ? 0n : BigInt(1 << (2 * index)) | (BigInt(field) << BigInt(16 + 4 * index));
    if (kernel === 'netbsd' || kernel === 'freebsd') {
      return this.#pokeAll(tid, (registers) => {
        const dr7 = ((registers[7] ?? 0n) & ~mask) | on;
        return registers.with(index, wish === null ? 0n : u64OfLinear(wish.address)).with(7, dr7);
      });
    }
    return this.#pokeSlot(tid, index, { mask, on, address: wish === null ? null : u64OfLinear(wish.address) });
  }

  /** Off with an empty field, address, on: what works on every Linux (N-1). */
  #pokeSlot(
    tid: number,
    index: number,
    { mask, on, address }: { readonly mask: bigint; readonly on: bigint; readonly address: bigint | null },
  ): Result<null> {
    const before = this.peek(tid, 7);
    if (!before.ok) return before;
    const off = before.value & ~mask;
    if (off !== before.value) {
      const cleared = this.poke(tid, 7, off);
      if (!cleared.ok) return cleared;
    }
    if (address === null) return { ok: true, value: null };
    const placed = this.poke(tid, index, address);
    return placed.ok ? this.poke(tid, 7, off | on) : placed;
  }

  #writeWatchpoint(tid: number, index: number, wish: SlotWish | null): Result<null> {
    const md = { type: 'dbregs', address: wish?.address ?? 0, condition: wish === null ? 0 : accessCode(wish.access) } as const;
    const length = wish === null || wish.access === 'execute' ? 0 : lengthBits(wish.length);
    return writeWatchpoint(this.#host, this.number, { index, lwp: tid, md: { ...md, length } });
  }

  #statusOfStop(tid: number): Result<DebugStatus> {
    const error = checkLwp(this.#host, this.number, tid);
    if (error !== null) return bad(error);
    const reasons = this.#host.tracing.stopOf(tid)?.reasons ?? 0;
    return { ok: true, value: { hits: reasons & TRAP_BITS, step: (reasons & STEP_BIT) !== 0 } };
  }

  /** What virtual DR6 says; without registers, what the stop is about: siginfo of the interface's last days has as much. */
  status(tid: number): Result<DebugStatus> {
    if (this.#host.rules.kernel === 'netbsd-2016') return this.#statusOfStop(tid);
    const dr6 = this.peek(tid, 6);
    if (!dr6.ok) return dr6;
    const low = lowU32(dr6.value);
    return { ok: true, value: { hits: low & TRAP_BITS, step: (low & STEP_BIT) !== 0 && highU32(dr6.value) === 0 } };
  }

  /** The value; throws where `result` is an error: for scripts that expect none. */
  static demand<T>(result: Result<T>): T {
    if (!result.ok) throw new Error(`the kernel answered ${result.errno}`);
    return result.value;
  }
}
