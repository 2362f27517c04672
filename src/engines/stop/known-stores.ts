// Instructions that are known to be plain stores: what one has left follows from the registers at its hit, and memory need not be read for it, which
// would be the dearest call of all at a hit.
import type { StoreForm } from '../../instructions/index.js';
import type { HitRange } from '../../linux/hit-memory.js';
import type { SeenHit } from './seen-hit.js';

const WORD = 0x1_0000_0000;
/** Terms of an address beyond this are none of a program's, and sums of smaller ones are exact. */
const MOST = 2 ** 48;
/** Instructions that are kept in mind. */
const MOST_STORES = 1024;

export class KnownStores {
  /** By the address after the instruction, which a hit has. */
  readonly #forms = new Map<number, StoreForm>();
  readonly #words = new Uint32Array(2);
  readonly #views: readonly Uint8Array[];

  constructor() {
    this.#views = Array.from({ length: 9 }, (_, length) => new Uint8Array(this.#words.buffer, 0, length));
  }

  learn(ipLo: number, ipHi: number, form: StoreForm): void {
    if (this.#forms.size < MOST_STORES) this.#forms.set(ipHi * WORD + ipLo, form);
  }

  /** The code may have changed. */
  forget(): void {
    this.#forms.clear();
  }

  /** What the hit's instruction has stored into `range`, all of it and nothing else; null where that is not known. The caller's until the next call. */
  valueOf(seen: SeenHit, range: HitRange): Uint8Array | null {
    if (this.#forms.size === 0 || seen.kernel) return null;
    const form = this.#forms.get(seen.ipHi * WORD + seen.ipLo);
    if (form === undefined || form.size !== range.length || addressOf(form, seen) !== range.hi * WORD + range.lo) return null;
    const { registers, registersAt } = seen;
    const at = registersAt + 2 * form.register;
    this.#words[0] = form.register < 0 ? form.immediateLo : (registers[at] ?? 0);
    this.#words[1] = form.register < 0 ? form.immediateHi : (registers[at + 1] ?? 0);
    return this.#views[form.size] ?? null;
  }
}

/** Where the store went; NaN where that is beyond all that programs have. */
function addressOf({ base, index, scale, dispLo, dispHi }: StoreForm, seen: SeenHit): number {
  const start = base < 0 ? 0 : registerOf(seen, base);
  const offset = index < 0 ? 0 : registerOf(seen, index) * scale;
  const displacement = signed(dispLo, dispHi);
  const isNear = Math.abs(start) < MOST && Math.abs(offset) < MOST && Math.abs(displacement) < MOST;
  return isNear ? start + offset + displacement : Number.NaN;
}

function registerOf({ registers, registersAt }: SeenHit, index: number): number {
  const at = registersAt + 2 * index;
  return signed(registers[at] ?? 0, registers[at + 1] ?? 0);
}

/** 64 bits as a signed number; of a large one about as much. */
function signed(lo: number, hi: number): number {
  return (hi | 0) * WORD + (lo >>> 0);
}
