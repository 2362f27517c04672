// Comparisons of characters with a text: arrays of char, and what pointers to char lead to.
import { type Condition, MOST_TEXT_BYTES, type TextPlace, utf8 } from '../conditions/index.js';
import { called, type Meaning, type Subject } from './condition-meaning.js';
import { problem } from './condition-problem.js';
import { isCharacter } from './condition-scalar.js';
import { direct } from './part.js';

interface Sides {
  readonly comparison: '==' | '!=';
  readonly left: Meaning;
  readonly right: Meaning;
}

/** The comparison of a text with the other side. Throws ConditionError where that is none of characters. */
export function texts({ comparison, left, right }: Sides, subject: Subject): Condition {
  const [text, other] = left.type === 'text' ? [left, right] : [right, left];
  const of = charactersOf(other);
  if (text.type !== 'text' || of === null)
    throw problem(subject, other.type === 'text' ? other.at : text.at, {
      what: `a text is compared with characters, and the other side is ${called(other)}`,
      hint: "One character stands between single quotes: new == 'a'.",
    });
  const bytes = utf8(text.text);
  if (bytes.includes(0)) throw problem(subject, text.at, { what: 'no text holds a \\0: it ends there' });
  if (bytes.length > MOST_TEXT_BYTES)
    throw problem(subject, text.at, { what: `this text has ${bytes.length} bytes, and ${MOST_TEXT_BYTES} are compared at most` });
  if (of.size !== null && bytes.length > of.size)
    throw problem(subject, text.at, { what: `this text has ${bytes.length} bytes, and there is room for ${of.size}` });
  return { kind: 'text', comparison, of, text: bytes };
}

/** Null for what holds no characters and leads to none. */
function charactersOf(meaning: Meaning): TextPlace | null {
  const { place } = meaning;
  if (meaning.type === 'bytes' && place !== undefined && place.type !== null) {
    const type = direct(place.type);
    return type.kind === 'array' && isCharacter(type.element()) ? { ...place.where, size: type.size } : null;
  }
  if (meaning.type !== 'whole' || meaning.typed == null) return null;
  const type = direct(meaning.typed);
  const target = type.kind === 'pointer' ? type.target() : null;
  return target !== null && isCharacter(target) ? { kind: 'memory', address: meaning.operand, size: null } : null;
}
