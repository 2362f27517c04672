// Which calls the compiler has inlined around an instruction: read from a function's entry when an address in it is first asked for.
import type { SourceLine } from '../debug-info.js';
import { At } from './codes/attributes.js';
import { Tag } from './codes/tags.js';
import { Die } from './dies/die.js';
import type { LineTable } from './lines/table.js';
import { readCodeRanges } from './ranges/code-ranges.js';
import { functionName, linkageName } from './units/names.js';
import type { Unit } from './units/unit.js';

/** A call that was inlined. */
export interface InlinedCall {
  /** The function called: mangled where it has such a name, else qualified; null where it has none. */
  readonly name: string | null;
  /** Where it was called from. */
  readonly call: SourceLine | null;
}

/** Nested blocks and calls gone into; deeper ones are left out. */
const DEEPEST = 256;
/** Entries of one function looked at; a broken file may have any number. */
const MOST_ENTRIES = 500_000;

/** The inlined calls of one function. */
export class FunctionInlines {
  readonly #unit: Unit;
  readonly #lines: LineTable | null;
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  /** Of each range, its call. */
  readonly #node: number[] = [];
  readonly #offsets: number[] = [];
  readonly #parents: number[] = [];
  readonly #depths: number[] = [];
  readonly #calls = new Map<number, InlinedCall>();
  #entries = 0;

  /** The function whose entry is at `offset`; `lines`: its unit's, for the names of files. Throws DwarfError. */
  constructor(unit: Unit, offset: number, lines: LineTable | null) {
    this.#unit = unit;
    this.#lines = lines;
    this.#walk(new Die(unit, offset), -1, 0);
  }

  /** The calls around `address` (an address key), innermost first. Throws DwarfError. */
  at(address: number): InlinedCall[] {
    let innermost = -1;
    for (let i = 0; i < this.#low.length; i++) {
      const isInside = (this.#low[i] ?? 0) <= address && address < (this.#high[i] ?? 0);
      const node = this.#node[i] ?? -1;
      if (isInside && (innermost < 0 || (this.#depths[node] ?? 0) > (this.#depths[innermost] ?? 0))) innermost = node;
    }
    const calls: InlinedCall[] = [];
    for (let node = innermost; node >= 0; node = this.#parents[node] ?? -1) calls.push(this.#callOf(node));
    return calls;
  }

  #walk(die: Die, parent: number, depth: number): void {
    if (depth > DEEPEST) return;
    for (const child of die.children()) {
      if (++this.#entries > MOST_ENTRIES) return;
      if (child.tag === Tag.inlinedSubroutine) this.#walk(child, this.#add(child, parent), depth + 1);
      else if (child.tag === Tag.lexicalBlock) this.#walk(child, parent, depth + 1);
    }
  }

  #add(die: Die, parent: number): number {
    const node = this.#offsets.length;
    this.#offsets.push(die.offset);
    this.#parents.push(parent);
    this.#depths.push(parent < 0 ? 1 : (this.#depths[parent] ?? 0) + 1);
    const code = { low: die.attribute(At.lowPc), high: die.attribute(At.highPc), ranges: die.attribute(At.ranges) };
    readCodeRanges(this.#unit, code, (low, high) => {
      this.#low.push(low);
      this.#high.push(high);
      this.#node.push(node);
    });
    return node;
  }

  #callOf(node: number): InlinedCall {
    let call = this.#calls.get(node);
    if (call === undefined) {
      const die = new Die(this.#unit, this.#offsets[node] ?? 0);
      call = { name: linkageName(die) ?? functionName(die), call: this.#siteOf(die) };
      this.#calls.set(node, call);
    }
    return call;
  }

  #siteOf(die: Die): SourceLine | null {
    const line = die.unsigned(At.callLine);
    const file = die.unsigned(At.callFile);
    if (line === null || line === 0 || this.#lines === null) return null;
    return { file: file === null ? '' : this.#lines.path(file), line };
  }
}
