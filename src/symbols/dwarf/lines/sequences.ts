// The sequences of a line table: runs of rows with ascending addresses, each covering one run of code.
import { lastAtMost, NumberList } from '../bytes/growable.js';
import { IntervalMap } from '../ranges/interval-map.js';
import { isLiveCode } from '../ranges/live.js';

/** Addresses of rows, grouped by sequence. Add rows to the list, call {@link end} behind each sequence, then {@link seal}. */
export class Sequences {
  /** First row of each sequence. */
  readonly #first = new NumberList();
  /** Row behind the last one: the end mark, whose address is the sequence's end. */
  readonly #end = new NumberList();
  readonly #byAddress = new IntervalMap();
  #addresses: Float64Array = new Float64Array(0);
  /** For sequences whose rows were not in order: position -> row. */
  #reordered: Uint32Array | null = null;
  #start = 0;

  /** Ends a sequence at the last row of `addresses`. */
  end(addresses: NumberList): void {
    const last = addresses.length - 1;
    this.#first.push(this.#start);
    this.#end.push(last);
    this.#start = last + 1;
  }

  /** Puts everything in order. Rows behind the last end mark belong to no sequence. */
  seal(addresses: NumberList): void {
    this.#addresses = addresses.toArray();
    for (let i = 0; i < this.#first.length; i++) this.#sort(this.#first.at(i), this.#end.at(i));
    for (let i = 0; i < this.#first.length; i++) {
      const low = this.#addresses[this.#first.at(i)] ?? 0;
      const high = this.#addresses[this.#end.at(i)] ?? 0;
      if (isLiveCode(low, high)) this.#byAddress.add(low, high, i);
    }
    this.#byAddress.seal();
  }

  /** The last row whose address is at most `address`, in a sequence that covers it; or -1. */
  rowAt(address: number): number {
    const found = this.#byAddress.find(address);
    if (found < 0) return -1;
    const sequence = this.#byAddress.value(found);
    const position = lastAtMost(this.#addresses, address, this.#first.at(sequence), this.#end.at(sequence));
    return position < 0 || this.#reordered === null ? position : (this.#reordered[position] ?? -1);
  }

  each(sink: (low: number, high: number) => void): void {
    this.#byAddress.each(sink);
  }

  /** Each row that covers code, with its first address and the first one behind it: ascending within a sequence. */
  eachRow(sink: (row: number, low: number, high: number) => void): void {
    for (let i = 0; i < this.#first.length; i++) {
      const end = this.#end.at(i);
      if (!isLiveCode(this.#addresses[this.#first.at(i)] ?? 0, this.#addresses[end] ?? 0)) continue;
      for (let position = this.#first.at(i); position < end; position++) {
        const low = this.#addresses[position] ?? 0;
        const high = this.#addresses[position + 1] ?? 0;
        if (low < high) sink(this.#reordered?.[position] ?? position, low, high);
      }
    }
  }

  /** Sorts the addresses of rows `first` to `end` where they are not ascending; equal ones keep their order. */
  #sort(first: number, end: number): void {
    const addresses = this.#addresses;
    let row = first + 1;
    while (row < end && (addresses[row - 1] ?? 0) <= (addresses[row] ?? 0)) row++;
    if (row >= end) return;
    this.#reordered ??= Uint32Array.from({ length: addresses.length }, (_, i) => i);
    const order = this.#reordered.subarray(first, end);
    const unsorted = addresses.slice(first, end);
    order.sort((a, b) => (unsorted[a - first] ?? 0) - (unsorted[b - first] ?? 0) || a - b);
    for (let i = first; i < end; i++) addresses[i] = unsorted[(this.#reordered[i] ?? 0) - first] ?? 0;
  }
}
