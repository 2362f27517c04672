// The rules of writing debug registers, R-506 to R-521, once more in as few lines as they need: what random scripts are held against.
import { TASK_SIZE_MAX } from './words.js';

/** A slot as the kernel keeps it. `nibble`: LENi R/Wi. */
interface KeptSlot {
  readonly address: bigint;
  readonly nibble: number;
  readonly enabled: boolean;
}

const SLOTS = 4;
const STUB_NIBBLE = 1;
/** Bytes of LEN 0 to 3. */
const LENGTHS = [1n, 2n, 8n, 4n];
const NO_REASON = 0xffff_0ff0n;

/** One thread's registers by the rules alone. */
export class RuleBook {
  #slots: (KeptSlot | null)[] = [null, null, null, null];
  #rivals = 0;
  #dr6 = NO_REASON;
  #dr7 = 0n;

  read(register: number): bigint {
    if (register < SLOTS) return this.#slots[register]?.address ?? 0n;
    if (register === 6) return this.#dr6;
    return register === 7 ? this.#dr7 : 0n;
  }

  /** The answer to PTRACE_POKEUSER. */
  write(register: number, value: bigint): string | null {
    if (register < SLOTS) return this.#writeAddress(register, value);
    if (register === 6) this.#dr6 = value;
    if (register === 7) return this.#writeControl(value);
    return register === 6 ? null : 'EIO';
  }

  takeSlot(): string | null {
    if (this.#isFull()) return 'ENOSPC';
    this.#rivals += 1;
    return null;
  }

  releaseSlot(): void {
    this.#rivals -= 1;
  }

  /** The slots that an access to these bytes hits. */
  hits(address: bigint, length: bigint, access: 'read' | 'write'): number[] {
    return this.#slots.flatMap((slot, index) => {
      if (slot === null || !slot.enabled || (slot.nibble & 3) === 0) return [];
      const sees = access === 'write' || (slot.nibble & 3) === 3;
      return sees && slot.address < address + length && address < slot.address + lengthOf(slot.nibble) ? [index] : [];
    });
  }

  #isFull(): boolean {
    return this.#slots.filter((slot) => slot !== null).length + this.#rivals >= SLOTS;
  }

  #writeAddress(index: number, address: bigint): string | null {
    const old = this.#slots[index] ?? null;
    // room is asked for before the address is looked at.
    if (old === null && this.#isFull()) return 'ENOSPC';
    const kept = { ...(old ?? { nibble: STUB_NIBBLE, enabled: false }), address };
    if (!isPossible(kept)) return 'EINVAL';
    this.#slots[index] = kept;
    return null;
  }

  #writeControl(value: bigint): string | null {
    const before = this.#slots;
    const error = this.#applyAll(value);
    if (error === null) {
      this.#dr7 = value;
      return null;
    }
    // the second pass knows the enabled slots only; all others that are there become disabled execute slots.
    this.#slots = this.#slots.map((slot, index) => {
      const old = before[index];
      if (slot === null) return null;
      return old?.enabled === true ? old : { address: slot.address, nibble: 0, enabled: false };
    });
    return error;
  }

  /** Slots 0 to 3, to the first that is wrong. */
  #applyAll(value: bigint): string | null {
    this.#slots = [...this.#slots];
    for (let index = 0; index < SLOTS; index++) {
      const enabled = ((value >> BigInt(2 * index)) & 3n) !== 0n;
      const old = this.#slots[index] ?? null;
      if (old === null && !enabled) continue;
      const wanted = { address: old?.address ?? 0n, nibble: Number((value >> BigInt(16 + 4 * index)) & 15n), enabled };
      if (!isField(wanted.nibble)) return 'EINVAL';
      if (old === null && this.#isFull()) return 'ENOSPC';
      if (!isPossible(wanted)) return 'EINVAL';
      this.#slots[index] = wanted;
    }
    return null;
  }
}

function lengthOf(nibble: number): bigint {
  return LENGTHS[nibble >> 2] ?? 1n;
}

/** No I/O; execute has length 1. */
function isField(nibble: number): boolean {
  return (nibble & 3) !== 2 && ((nibble & 3) !== 0 || nibble >> 2 === 0);
}

/** The address suits the length and ends within user space. */
function isPossible({ address, nibble }: KeptSlot): boolean {
  const length = lengthOf(nibble);
  return address % length === 0n && address + length <= TASK_SIZE_MAX;
}
