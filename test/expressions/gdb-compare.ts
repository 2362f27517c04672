// What we make of an expression in a running process, set against gdb's answer.
import { HwbkptError } from '../../src/base/errors.js';
import { type Resolved, resolve } from '../../src/expressions/index.js';
import { valueToJson } from '../../src/model/format-value.js';
import type { JsonValue } from '../../src/model/messages.js';
import { shownType } from '../../src/session/resolve.js';
import { readProcessMemory } from '../../src/symbols/live/memory.js';
import type { ProcessImage } from '../../src/symbols/live/process-image.js';
import type { GdbAnswer, GdbValue } from './gdb-values.js';
import type { MadePath } from './path-maker.js';

function resolved(image: ProcessImage, text: string): Resolved {
  const read = (address: bigint, length: number) => {
    const bytes = readProcessMemory(image.pid, address, length);
    return bytes?.length === length ? bytes : null;
  };
  return resolve(text, image, { memory: { read } });
}

/** What `text` means; null where that is an error. */
export function meaning(image: ProcessImage, text: string): Resolved | null {
  try {
    return resolved(image, text);
  } catch (error) {
    if (error instanceof HwbkptError) return null;
    throw error;
  }
}

/** How our answer differs from gdb's; null where it does not. */
export function difference(image: ProcessImage, { ours, gdb }: MadePath, theirs: GdbAnswer): string | null {
  let own: Resolved;
  try {
    own = resolved(image, ours);
  } catch (error) {
    if (!(error instanceof HwbkptError)) throw error;
    return theirs.kind === 'error' ? null : `${ours}: ${error.code}, but gdb: ${gdb} at ${theirs.address}`;
  }
  if (theirs.kind === 'error')
    return readable(image, own) ? `${ours} is at 0x${own.address.toString(16)}, but gdb says ${theirs.error}` : null;
  const value = shownValue(image, own);
  if (own.bits === null && `0x${own.address.toString(16)}` !== theirs.address)
    return `${ours}: at 0x${own.address.toString(16)}, gdb: ${theirs.address}`;
  if (own.bits === null && own.size !== theirs.size) return `${ours}: ${own.size} bytes, gdb: ${theirs.size}`;
  if (spelled(own.type?.name ?? '') !== spelled(theirs.type)) return `${ours}: ${own.type?.name}, gdb: ${theirs.type}`;
  return theirs.value === null || agree(value, theirs.value)
    ? null
    : `${ours} is ${JSON.stringify(value)}, gdb: ${JSON.stringify(theirs.value)}`;
}

function readable(image: ProcessImage, { address, size }: Resolved): boolean {
  return readProcessMemory(image.pid, address, size)?.length === size;
}

function shownValue(image: ProcessImage, own: Resolved): JsonValue {
  return valueToJson(readProcessMemory(image.pid, own.address, own.size), shownType(own, { access: 'write', as: null }));
}

/** Whether both say the same; gdb's numbers are text, floating-point ones in a member `~`. */
function agree(ours: JsonValue, theirs: GdbValue): boolean {
  if (typeof theirs === 'string') return String(ours) === theirs;
  if (Array.isArray(theirs))
    return Array.isArray(ours) && ours.length === theirs.length && theirs.every((one, i) => agree(ours[i] ?? null, one));
  if (typeof theirs !== 'object' || theirs === null) return ours === theirs;
  if ('~' in theirs) return sameFloat(ours, String(theirs['~']));
  if (typeof ours !== 'object' || ours === null) return false;
  const own = new Map<string, JsonValue>(Object.entries(ours).map(([name, value]) => [spelled(name), value]));
  const names = Object.entries(theirs);
  return (
    own.size === names.length && names.every(([name, value]) => own.has(spelled(name)) && agree(own.get(spelled(name)) ?? null, value))
  );
}

/** To single precision, in which gdb's 9 digits and our fewer ones are the same. */
function sameFloat(ours: JsonValue, text: string): boolean {
  if (/nan/i.test(text)) return ours === 'NaN';
  if (/inf/i.test(text)) return ours === (text.startsWith('-') ? '-Infinity' : 'Infinity');
  // JSON has no negative zero.
  return Math.fround(Number(text)) + 0 === Math.fround(Number(ours)) + 0;
}

/** gdb writes anonymous types as `{...}`, C's numbers as the compiler does or shorter, and template arguments in its own way. */
function spelled(name: string): string {
  return name
    .replace(/^(struct|union|enum|class) \{\.\.\.\}/, '')
    .replace(/\b(short|long) int\b/g, '$1')
    .replace(/\b(short|long|long long) unsigned int\b/g, 'unsigned $1')
    .replace(/\bconst ([\w:]+)/g, '$1 const')
    .replace(/(\d)(UL|ul)\b/g, '$1')
    .replaceAll(' ', '');
}
