// Names of pieces of code that come and go: of what overlaps, the latest counts.

/** Pieces kept; a program that makes more of them begins anew. */
const MOST_PIECES = 2_000_000;
/** Pieces looked at for one address: those that begin before it. */
const MOST_LOOKED_AT = 256;

export class CodeNames {
  #starts: number[] = [];
  #ends: number[] = [];
  #names: string[] = [];
  /** Numbers of pieces by start, then age; null: to be sorted again. */
  #order: Uint32Array | null = null;

  /** One line of a list, `START SIZE NAME`; others are left out. */
  addLine(line: string): void {
    const match = /^(?:0x)?([0-9a-fA-F]+) (?:0x)?([0-9a-fA-F]+) (.+)$/.exec(line);
    if (match === null) return;
    const start = Number.parseInt(match[1] ?? '', 16);
    const size = Number.parseInt(match[2] ?? '', 16);
    if (!(Number.isSafeInteger(start + size) && size > 0)) return;
    if (this.#starts.length >= MOST_PIECES) this.#forget();
    this.#starts.push(start);
    this.#ends.push(start + size);
    this.#names.push(match[3] ?? '');
    this.#order = null;
  }

  /** What `address` belongs to, or null. */
  at(address: number): { readonly name: string; readonly start: number } | null {
    const order = this.#sorted();
    let found = -1;
    const last = this.#lastUpTo(order, address);
    for (let i = last; i >= 0 && i > last - MOST_LOOKED_AT; i--) {
      const piece = order[i] ?? 0;
      if ((this.#ends[piece] ?? 0) > address) found = Math.max(found, piece);
    }
    return found < 0 ? null : { name: this.#names[found] ?? '', start: this.#starts[found] ?? 0 };
  }

  #lastUpTo(order: Uint32Array, address: number): number {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[order[middle] ?? 0] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #sorted(): Uint32Array {
    this.#order ??= Uint32Array.from(this.#starts.keys()).sort((a, b) => (this.#starts[a] ?? 0) - (this.#starts[b] ?? 0) || a - b);
    return this.#order;
  }

  #forget(): void {
    this.#starts = [];
    this.#ends = [];
    this.#names = [];
  }
}
