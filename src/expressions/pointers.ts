// Steps through pointers and references: what they hold is read from the process, and remembered for whoever wants to follow it.
import type { Type } from '../symbols/types.js';
import { NoMemoryError, NullPointerError, UnreadablePointerError } from './errors.js';
import { direct, isReference, type Part, type Place, type WalkContext } from './part.js';

/** Bytes of a pointer of x86-64. */
export const POINTER_SIZE = 8;
const MOST_REFERENCES = 8;

/** What a pointer holds. Throws NoMemoryError, UnreadablePointerError, NullPointerError. */
export function pointerValue(part: Part, context: WalkContext): bigint {
  const target = part.kind === 'value' ? part.value : readPointer(part, context);
  if (target === 0n) throw new NullPointerError(part.display);
  return target;
}

function readPointer({ address, type, display }: Place, context: WalkContext): bigint {
  const size = type?.size || POINTER_SIZE;
  const target = readUnsigned(context, { address, size, display });
  context.followed.push({ address, size, target, display });
  return target;
}

/** The whole number at an address. Throws NoMemoryError, UnreadablePointerError. */
export function readUnsigned(
  context: WalkContext,
  { address, size, display }: { readonly address: bigint; readonly size: number; readonly display: string },
): bigint {
  if (context.memory === null) throw new NoMemoryError(display);
  const bytes = context.memory.read(address, size);
  if (bytes === null || bytes.length < size) throw new UnreadablePointerError(display, address);
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** What a C++ reference stands for; other parts as they are. */
export function behindReferences(part: Part, context: WalkContext): Part {
  let current = part;
  for (let i = 0; i < MOST_REFERENCES && current.type !== null; i++) {
    const type = direct(current.type);
    if (!isReference(type)) return current;
    const { display, prefixed } = current;
    current = { kind: 'place', address: pointerValue(current, context), type: type.target(), bits: null, display, prefixed };
  }
  return current;
}

/** The type `pointer` of what points to `target`. */
export function pointerTo(target: Type): Type {
  const { name } = target;
  return { kind: 'pointer', name: name === '' ? '' : `${name}${name.endsWith('*') ? '' : ' '}*`, size: POINTER_SIZE, target: () => target };
}

/** The type `element [count]`. */
export function arrayOf(element: Type, count: number): Type {
  return { kind: 'array', name: arrayName(element.name, count), size: count * element.size, count, element: () => element };
}

/** As C declares it: the new length comes before other lengths, and within the brackets of pointers to arrays and functions. */
function arrayName(element: string, count: number): string {
  if (element === '') return '';
  const inner = /\(\*+/.exec(element);
  if (inner !== null) return `${element.slice(0, inner.index)}${inner[0]}[${count}]${element.slice(inner.index + inner[0].length)}`;
  const lengths = element.indexOf(' [');
  return lengths < 0 ? `${element} [${count}]` : `${element.slice(0, lengths)} [${count}]${element.slice(lengths + 1)}`;
}

/** The memory that a pointer points to. `type` null where it says nothing about it (`void *`). */
export function targetOf(part: Part, type: Extract<Type, { kind: 'pointer' }>, context: WalkContext): Place {
  const address = pointerValue(part, context);
  return { kind: 'place', address, type: type.target(), bits: null, display: `*${part.display}`, prefixed: true };
}
