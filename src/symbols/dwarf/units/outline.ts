// The frame of one unit, read in one walk: its namespaces, classes and functions as nested intervals of entries,
// and where the code of the functions is.
import { Slot } from '../abbrev/program.js';
import { lastAtMost, NumberList, U32List } from '../bytes/growable.js';
import { isC } from '../codes/languages.js';
import { isClassTag, mayHoldDefinitions, Tag } from '../codes/tags.js';
import { DieScanner } from '../dies/scanner.js';
import { readCodeRanges } from '../ranges/code-ranges.js';
import { IntervalMap } from '../ranges/interval-map.js';
import type { Unit } from './unit.js';

/** A namespace, class or function that encloses other entries. */
export interface Scope {
  /** Of its entry. */
  readonly offset: number;
  readonly tag: number;
  /** Number of the enclosing scope, -1 at the unit's top level. */
  readonly parent: number;
}

/** Scopes are numbered in the order of the file. */
export class UnitOutline {
  readonly #offsets: Float64Array;
  readonly #ends: Float64Array;
  readonly #parents: Uint32Array;
  readonly #tags: Uint32Array;
  /** Address key -> offset of the function's entry. */
  readonly functions: IntervalMap;

  private constructor(walk: Walk) {
    this.#offsets = walk.offsets.toArray();
    this.#ends = walk.ends.toArray();
    this.#parents = walk.parents.toArray();
    this.#tags = walk.tags.toArray();
    this.functions = walk.functions;
  }

  /** Walks over `unit`. What comes behind a broken entry is left out and told to the file's problems. */
  static of(unit: Unit): UnitOutline {
    const walk = new Walk(unit);
    unit.file.problems.guard(
      () => unit.describe(),
      undefined,
      () => walk.run(),
    );
    walk.finish();
    return new UnitOutline(walk);
  }

  /** Number of the innermost scope around (not at) the entry at `offset`, or -1. */
  around(offset: number): number {
    let scope = lastAtMost(this.#offsets, offset - 1);
    while (scope >= 0 && (this.#ends[scope] ?? 0) <= offset) scope = this.#parent(scope);
    return scope;
  }

  scope(number: number): Scope {
    return { offset: this.#offsets[number] ?? 0, tag: this.#tags[number] ?? 0, parent: this.#parent(number) };
  }

  #parent(scope: number): number {
    return (this.#parents[scope] ?? 0) - 1;
  }
}

/** The walk, with the stack of scopes that are open. */
class Walk {
  readonly offsets = new NumberList();
  readonly ends = new NumberList();
  /** Parent's number + 1. */
  readonly parents = new U32List();
  readonly tags = new U32List();
  readonly functions = new IntervalMap();
  readonly #unit: Unit;
  readonly #open: number[] = [];
  readonly #depths: number[] = [];

  constructor(unit: Unit) {
    this.#unit = unit;
  }

  run(): void {
    // All entries: where a scope ends is seen at the first one behind it.
    const scanner = new DieScanner(this.#unit, 'all');
    const plainC = isC(this.#unit.language);
    while (scanner.next()) {
      this.#close(scanner.depth, scanner.offset);
      const { tag } = scanner;
      if (!mayHoldDefinitions(tag) || (plainC && isClassTag(tag))) {
        scanner.skipChildren();
        continue;
      }
      if (tag === Tag.subprogram) this.#addCode(scanner);
      if (scanner.hasChildren && isScope(tag)) this.#enter(scanner);
    }
  }

  /** Closes what is still open at the end of the unit (or of its readable part), and puts functions in order. */
  finish(): void {
    this.#close(0, this.#unit.end);
    this.functions.seal();
  }

  #enter(scanner: DieScanner): void {
    const parent = this.#open[this.#open.length - 1] ?? -1;
    this.#open.push(this.offsets.length);
    this.#depths.push(scanner.depth);
    this.offsets.push(scanner.offset);
    this.ends.push(0);
    this.parents.push(parent + 1);
    this.tags.push(scanner.tag);
  }

  #close(depth: number, offset: number): void {
    for (let top = this.#open.length - 1; top >= 0 && (this.#depths[top] ?? 0) >= depth; top--) {
      this.ends.set(this.#open[top] ?? 0, offset);
      this.#open.pop();
      this.#depths.pop();
    }
  }

  #addCode(scanner: DieScanner): void {
    if (!scanner.has(Slot.lowPc) && !scanner.has(Slot.ranges)) return;
    const { offset } = scanner;
    const code = { low: scanner.attribute(Slot.lowPc), high: scanner.attribute(Slot.highPc), ranges: scanner.attribute(Slot.ranges) };
    this.#unit.file.problems.guard(
      () => `function at 0x${offset.toString(16)}`,
      undefined,
      () => readCodeRanges(this.#unit, code, (low, high) => this.functions.add(low, high, offset)),
    );
  }
}

function isScope(tag: number): boolean {
  return tag === Tag.namespace || tag === Tag.module || tag === Tag.subprogram || isClassTag(tag);
}
