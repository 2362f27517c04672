// The handlings that a session was given, by number, and what each means for the program of a piece.
import { mentions } from '../../conditions/index.js';
import type { ArmOrder } from '../../facility/index.js';
import { cannotHandle } from '../errors.js';
import type { Handling } from '../handling.js';
import { canCompile } from './condition-code.js';
import { RANGE_BYTES } from './frame.js';
import type { ValuePlan } from './plan.js';

/** Bytes of the widest value that programs compute with. */
const WORD_BYTES = 8;

export class Handlings {
  readonly #byNumber: Handling[] = [];
  readonly #numbers = new Map<string, number>();

  /** Its number, from 1. Throws ArmError for what a program cannot do. */
  add(handling: Handling, pid: number): number {
    if (handling.keep === 'stops' || handling.range.length > RANGE_BYTES) throw cannotHandle(pid);
    if (usesValue(handling) && handling.value.size > WORD_BYTES) throw cannotHandle(pid);
    if (handling.condition !== null && !canCompile(handling.condition)) throw cannotHandle(pid);
    const key = JSON.stringify(handling, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#byNumber.push(handling));
    return this.#byNumber.length;
  }

  /** Null for 0: each hit is reported as it is. */
  of({ handling }: Pick<ArmOrder, 'handling'>): Handling | null {
    return this.#byNumber[handling - 1] ?? null;
  }
}

/** Whether the condition speaks of the value. */
export function usesValue({ condition }: Pick<Handling, 'condition'>): boolean {
  if (condition === null) return false;
  const { old, new: now } = mentions(condition);
  return old || now;
}

/** What the program of `order` reads; null: nothing. A read of ours that would be a hit itself is made only for a condition. */
export function valuePlan(order: ArmOrder, handling: Handling | null, memory: ValuePlan['memory']): ValuePlan | null {
  const { access, length, inKernel } = order;
  if (access === 'execute') return null;
  const readsAreHits = access === 'readwrite' && memory === 'user' && inKernel;
  if (readsAreHits && (handling === null || !usesValue(handling))) return null;
  if (handling === null) return { rangeLength: length, offset: 0, size: length, memory, readsAreHits };
  return { rangeLength: handling.range.length, ...handling.value, memory, readsAreHits };
}
