// Whether characters, in the value or in memory, are a given text.
import type { Condition, TextPlace } from './condition.js';
import { memoryReader, operandOf, type Reads } from './evaluate-operands.js';
import { bytesOf, type HitFacts } from './fields.js';

type TextCondition = Extract<Condition, { kind: 'text' }>;

/** Tells whether the text is there, the comparison aside. */
export function textMatcher({ of, text }: TextCondition, reads: Reads): (hit: HitFacts) => boolean {
  if (of.kind === 'value')
    return (hit) => isText(bytesOf(hit, of.which)?.subarray(of.offset, of.offset + of.size) ?? new Uint8Array(0), text);
  const { size } = of;
  if (size === null) return stringMatcher(of, text, reads);
  const read = memoryReader(of.address, reads);
  return (hit) => isText(read(hit, Math.min(size, text.length + 1)), text);
}

const PAGE_BYTES = 4096n;

/** A string may end where the next page is not mapped: what lies there is needed only where it is not decided before. */
function stringMatcher(
  { address }: Extract<TextPlace, { kind: 'memory' }>,
  text: readonly number[],
  reads: Reads,
): (hit: HitFacts) => boolean {
  const addressIn = operandOf(address, reads);
  return (hit) => {
    const at = BigInt.asUintN(64, BigInt(addressIn(hit)));
    const { moment } = hit;
    if (reads.failed) return false;
    const length = text.length + 1;
    const whole = moment?.read(at, length) ?? null;
    if (whole !== null) return isText(whole, text);
    const before = Number(PAGE_BYTES - (at % PAGE_BYTES));
    const begin = before < length ? (moment?.read(at, before) ?? null) : null;
    reads.failed = begin === null || begin.every((byte, i) => byte === text[i]);
    return false;
  };
}

/** A text that fills all of its array has no NUL behind it. */
function isText(bytes: Uint8Array, text: readonly number[]): boolean {
  if (text.length > bytes.length || text.some((byte, i) => bytes[i] !== byte)) return false;
  return text.length === bytes.length || bytes[text.length] === 0;
}
