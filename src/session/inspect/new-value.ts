// A new value for a variable or register: as it is typed, or as what another expression holds now.
import { BadValueError, encodeValue, wholeText } from './encode-value.js';
import { evaluate, type FrameContext } from './evaluate.js';
import { FrameMemory } from './frame-memory.js';
import { type Item, valueTypeOfItem } from './item.js';
import type { ProcessView } from './process-view.js';

/** What is wanted, and the frame whose names it may use; null: only the program's. */
interface Wanted {
  readonly text: string;
  readonly context: FrameContext | null;
}

/** The bytes of `item` with the new value in them; null where it cannot be read. Throws BadValueError. */
export function newBytes(view: ProcessView, item: Item, { text, context }: Wanted): Uint8Array | null {
  const before = item.memory.read(item.at, item.size);
  if (before === null) return null;
  const type = valueTypeOfItem(item);
  try {
    return encodeValue(text, type, before);
  } catch (error) {
    const meant = error instanceof BadValueError ? valueNamed(view, text, context) : null;
    if (meant === null) throw error;
    return encodeValue(meant, type, before);
  }
}

/** `item` as it is when it holds `bytes`: for what is in no memory. */
export function itemWith(view: ProcessView, item: Item, bytes: Uint8Array): Item {
  const memory = new FrameMemory(view);
  return { ...item, memory, at: memory.keep(bytes) };
}

/** The single value that `text` names, as text; null where it names none. */
function valueNamed(view: ProcessView, text: string, context: FrameContext | null): string | null {
  try {
    const item = evaluate(view, text, context);
    const bytes = item.memory.read(item.at, item.size);
    return bytes === null ? null : wholeText(bytes, valueTypeOfItem(item));
  } catch {
    // What is wrong with the text as a value says more.
    return null;
  }
}
