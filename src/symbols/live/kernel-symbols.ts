// The kernel's own names and addresses, from /proc/kallsyms: read when first asked for, kept as the bytes read and sorted addresses.
import { readFileSync } from 'node:fs';
import { HwbkptError } from '../../base/errors.js';
import { addressKey, addressKeyOf } from '../../base/u64.js';
import { sortedOrder } from '../elf/sorted-order.js';
import { type CodePlace, NOWHERE } from './place.js';

/** The kernel shows zeros in place of its addresses, or no list at all. */
export class KernelAddressesHiddenError extends HwbkptError {
  readonly code = 'kernel-addresses-hidden';

  constructor(what: string, cause?: unknown) {
    super(what, { cause, hint: 'Run as root or with CAP_SYSLOG, with kernel.kptr_restrict at 0 or 1 (`sysctl kernel.kptr_restrict`).' });
  }
}

export interface KernelSymbol {
  readonly name: string;
  readonly address: bigint;
  readonly kind: 'function' | 'object';
  /** Bytes to the next symbol: the size or a little more; null for the last one. */
  readonly room: number | null;
  /** `[kernel]`, or a kernel module's name in brackets. */
  readonly module: string;
}

interface Table {
  readonly text: Buffer;
  /** Ascending, as {@link addressKeyOf}. */
  readonly keys: Float64Array;
  /** Where the line of each key starts in `text`. */
  readonly lines: Float64Array;
}

const KERNEL = '[kernel]';
/** Of nm's letters: code and weak code. */
const CODE = 'TtWw';
/** Code farther from any symbol is in nobody's list: what BPF and trampolines have made since. */
const LARGEST_FUNCTION = 1 << 20;
const NEWLINE = 0x0a;
const TAB = 0x09;

// A line:  0 sixteen digits  16 space  17 kind  18 space  19 name ...  [tab, module in brackets]  newline
const NAME_AT = 19;

export class KernelSymbols {
  readonly #path: string;
  #table: Table | undefined;

  /** Nothing is read yet. `path` is another one only in tests. */
  constructor(path = '/proc/kallsyms') {
    this.#path = path;
  }

  /** All symbols of this name (kernel modules repeat names). Throws {@link KernelAddressesHiddenError}. */
  find(name: string): KernelSymbol[] {
    const { text } = this.#load();
    const wanted = Buffer.from(` ${name}`);
    const found: KernelSymbol[] = [];
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      const line = at - NAME_AT + 1;
      const after = text[at + wanted.length];
      if (isLineStart(text, line) && (after === NEWLINE || after === TAB)) found.push(this.#symbolOfLine(line));
    }
    return found;
  }

  /** The symbol at or before `address`, or null. Throws {@link KernelAddressesHiddenError}. */
  at(address: bigint): KernelSymbol | null {
    const { keys, lines } = this.#load();
    const position = lastUpTo(keys, addressKeyOf(address));
    const line = lines[position];
    return line === undefined ? null : this.#symbolOfLine(line);
  }

  /** Where in the kernel `address` is; only the module where addresses are hidden. Never throws. */
  place(address: bigint): CodePlace {
    const symbol = this.#tryAt(address);
    const offset = symbol === null ? 0 : Number(address - symbol.address);
    if (symbol === null || offset > LARGEST_FUNCTION) return { ...NOWHERE, module: KERNEL };
    if (symbol.kind !== 'function') return { ...NOWHERE, module: symbol.module };
    return { ...NOWHERE, function: symbol.name, module: symbol.module, offset };
  }

  /** Names of this kind, for suggestions. Throws {@link KernelAddressesHiddenError}. */
  *names(kind: KernelSymbol['kind']): Generator<string> {
    const { lines } = this.#load();
    for (const line of lines) {
      const symbol = this.#symbolOfLine(line);
      if (symbol.kind === kind) yield symbol.name;
    }
  }

  #tryAt(address: bigint): KernelSymbol | null {
    try {
      return this.at(address);
    } catch (error) {
      if (error instanceof KernelAddressesHiddenError) return null;
      throw error;
    }
  }

  #symbolOfLine(line: number): KernelSymbol {
    const { text, keys } = this.#load();
    const end = text.indexOf(NEWLINE, line);
    const [written = '', module = KERNEL] = text.toString('latin1', line, end < 0 ? text.length : end).split('\t');
    const address = BigInt(`0x${written.slice(0, 16)}`);
    const key = addressKeyOf(address);
    const next = keys[lastUpTo(keys, key) + 1];
    const kind = CODE.includes(written.charAt(17)) ? 'function' : 'object';
    return { name: written.slice(NAME_AT), address, kind, room: next === undefined ? null : next - key, module };
  }

  #load(): Table {
    this.#table ??= readTable(this.#path);
    return this.#table;
  }
}

function readTable(path: string): Table {
  let text: Buffer;
  try {
    text = readFileSync(path);
  } catch (cause) {
    throw new KernelAddressesHiddenError(`${path} cannot be read, so the kernel's names have no addresses`, cause);
  }
  const lines = lineStarts(text);
  const unsorted = lines.map((line) => addressKey(hexAt(text, line + 8), hexAt(text, line)));
  if (unsorted.every((key) => key === 0)) throw new KernelAddressesHiddenError(`${path} shows no addresses to this user`);
  const order = sortedOrder(unsorted);
  const pick = (from: Float64Array) => Float64Array.from(order, (position) => from[position] ?? 0);
  return { text, keys: pick(unsorted), lines: pick(lines) };
}

function lineStarts(text: Buffer): Float64Array {
  const starts: number[] = [];
  for (let at = 0; at + NAME_AT < text.length; ) {
    starts.push(at);
    const end = text.indexOf(NEWLINE, at);
    if (end < 0) break;
    at = end + 1;
  }
  return Float64Array.from(starts);
}

/** The number that eight digits write. */
function hexAt(text: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 8; i++) {
    const digit = text[i] ?? 0;
    // '0' is 0x30, 'a' is 0x61.
    value = value * 16 + (digit >= 0x61 ? digit - 0x57 : digit - 0x30);
  }
  return value;
}

function isLineStart(text: Buffer, at: number): boolean {
  return at === 0 || (at > 0 && text[at - 1] === NEWLINE);
}

/** Position of the last key that is not above `key`; -1: all are. */
function lastUpTo(keys: Float64Array, key: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? 0) <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
